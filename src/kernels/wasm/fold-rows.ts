/**
 * The loop of folds whose inner axis is folded away. A row is taken in blocks of some groups: lanes of vectors accumulate a block, the
 * lanes merge into scalar partials, these into the state of the row's cell. The elements after the last group join the last block.
 */

import { advance } from './access.js';
import { br, brIf, type Code, f64, i32, i64x2, type Local, loop, select, v128, when } from './assembler.js';
import { loadSlots, type PlacedFold, slotLocals, storeSlots } from './cells.js';
import { CELL_STEP, CELLS_AT } from './frame.js';
import type { Form } from './lane-types.js';
import { lanesOf } from './lanes.js';
import type { Row } from './row.js';
import { scalarType } from './scalar-lanes.js';
import type { Values } from './values.js';

/** Groups in a block where sums round: so many elements each lane adds before the state takes them exactly. Else in any block. */
const SHORT_BLOCK = 32;
const LONG_BLOCK = 4096;

/** One fold's registers. */
interface Working {
  readonly fold: PlacedFold;
  /** Partials of each part of a group. */
  readonly vectors: readonly (readonly Local[])[];
  readonly partial: readonly Local[];
  readonly state: readonly Local[];
}

export function foldRows(row: Row, placed: readonly PlacedFold[]): void {
  new RowFolds(row, placed).emit();
}

class RowFolds {
  readonly #row: Row;
  readonly #folds: readonly Working[];
  /** Groups left in the row, those in this block, and elements in this block. */
  readonly #left: Local;
  readonly #taken: Local;
  readonly #count: Local;
  /** Where folds want their first elements twice: whether they have had them (i32). */
  readonly #primed: Local | undefined;

  constructor(row: Row, placed: readonly PlacedFold[]) {
    const { f, program } = row;
    this.#row = row;
    this.#folds = placed.map((fold) => ({
      fold,
      vectors: Array.from({ length: Math.max(1, (program.group * fold.width) / 16) }, () =>
        fold.partial.map(() => f.local('v128')),
      ),
      partial: slotLocals(f, fold.partial),
      state: slotLocals(f, fold.state),
    }));
    this.#left = f.local('i32');
    this.#taken = f.local('i32');
    this.#count = f.local('f64');
    this.#primed = placed.some((fold) => fold.prime) ? f.local('i32') : undefined;
  }

  emit(): void {
    const { f, base } = this.#row;
    const cells = f.let('i32', i32.load(base, CELLS_AT));
    const cell = f.local('i32');
    const cellStep = f.let('i32', i32.load(base, CELL_STEP));
    const addressOf = ({ width }: PlacedFold): Local =>
      f.let('i32', i32.add(cells, i32.mul(cell, i32.const(width))));
    this.#row.loop(() => {
      for (const { fold, state } of this.#folds)
        f.emit(loadSlots(fold.state, addressOf(fold), fold.stateAt, state));
      this.#startPriming();
      f.emit(this.#left.set(this.#row.groups), this.#blocks());
      for (const { fold, state } of this.#folds)
        f.emit(storeSlots(fold.state, addressOf(fold), fold.stateAt, state));
      f.emit(advance(cell, cellStep));
    });
  }

  #startPriming(): void {
    if (this.#primed === undefined) return;
    const fresh = this.#folds.flatMap(({ fold, state }) => (fold.fresh ? [fold.fresh(state)] : []));
    this.#row.f.emit(this.#primed.set(i32.eqz(fresh.reduce((a, b) => i32.or(a, b)))));
  }

  /** All blocks of a row. The first is taken twice where folds have to be primed. */
  #blocks(): Code {
    const { f, groups } = this.#row;
    const block = this.#collect(() => this.#block());
    const flush = this.#collect(() => {
      for (const { fold, partial, state } of this.#folds) f.emit(fold.flush(f, partial, state, this.#count));
    });
    const primed = this.#primed;
    if (primed === undefined) return loop((again) => [block, flush, brIf(again, this.#left)]);
    const prime = this.#collect(() => {
      for (const { fold, partial, state } of this.#folds)
        if (fold.prime && fold.fresh) {
          const code = f.collect(() => fold.prime?.(f, partial, state, this.#count));
          f.emit(when(fold.fresh(state), code));
        }
      f.emit(primed.set(i32.const(1)), this.#left.set(groups));
      this.#row.rewind();
    });
    return loop((again) => [block, when(primed, flush, [prime, br(again)]), brIf(again, this.#left)]);
  }

  #collect(body: () => void): Code {
    return this.#row.f.collect(() => {
      body();
      return undefined;
    });
  }

  /** Emits: one block, into partials. The very first is short: it need only give a shift. */
  #block(): void {
    const { f, program, tail } = this.#row;
    const [left, taken] = [this.#left, this.#taken];
    const full = i32.const(this.#folds.some(({ fold }) => fold.rounds) ? SHORT_BLOCK : LONG_BLOCK);
    const most = f.let('i32', this.#primed ? select(full, i32.const(1), this.#primed) : full);
    f.emit(taken.set(select(left, most, i32.ltU(left, most))), left.set(i32.sub(left, taken)));
    for (const { fold, vectors, state } of this.#folds)
      for (const lanes of vectors)
        for (const [s, { dtype, identity }] of fold.partial.entries()) {
          const l = lanesOf(dtype, 'vector');
          f.emit(lanes[s]!.set(fold.idempotent ? l.splat(state[s]!) : l.constant(identity)));
        }
    f.emit(this.#row.vectors(taken, this.#takeVectors()));
    for (const working of this.#folds) this.#mergeLanes(working);
    f.emit(
      this.#count.set(f64.convertI32U(i32.mul(taken, i32.const(program.group)))),
      when(i32.eqz(left), [
        this.#count.set(f64.add(this.#count, f64.convertI32U(tail))),
        this.#row.scalars(tail, (values) => this.#takeScalars(values)),
      ]),
    );
  }

  #takeVectors(): (values: Values) => void {
    const { f } = this.#row;
    const shifts = this.#folds.map((working) => f.let('v128', read(working, 'vector')));
    return (values) => {
      for (const [k, { fold, vectors }] of this.#folds.entries()) {
        const take = (from: Values): void => {
          for (const [part, lanes] of vectors.entries()) {
            const x = fold.nodes.map((id) => from.value(id, part));
            f.scope(() => f.emit(fold.accumulate('vector', f, lanes, x, shifts[k]!)));
          }
        };
        if (fold.loses === undefined) take(values);
        else
          f.emit(
            when(
              this.#anyWins(fold, vectors, values),
              this.#collect(() => take(values.fork())),
            ),
          );
      }
    };
  }

  /** True (i32) unless no element of a group can change a fold of 64-bit lanes. */
  #anyWins(fold: PlacedFold, vectors: Working['vectors'], values: Values): Code {
    const losers = vectors.map(
      (lanes, part) => fold.loses?.(lanes, values.value(fold.nodes[0]!, part)) ?? [],
    );
    return i32.ne(i64x2.bitmask(losers.reduce((a, b) => v128.and(a, b))), i32.const(3));
  }

  #takeScalars(values: Values): void {
    const { f } = this.#row;
    for (const working of this.#folds) {
      const { fold, partial } = working;
      const x = fold.nodes.map((id) => values.value(id, 0));
      f.emit(fold.accumulate('scalar', f, partial, x, read(working, 'scalar')));
    }
  }

  /** Emits: the vectors merged in pairs, then pairs of pairs, then their lanes merged into the scalar partials. */
  #mergeLanes({ fold, vectors, partial }: Working): void {
    const { f, program } = this.#row;
    f.scope(() => {
      let level = vectors;
      while (level.length > 1) {
        for (let k = 0; k + 1 < level.length; k += 2)
          f.emit(fold.merge('vector', f, level[k]!, level[k + 1]!));
        level = level.filter((_, k) => k % 2 === 0);
      }
      const lane = (k: number): Code[] =>
        fold.partial.map(({ dtype }, s) => lanesOf(dtype, 'vector').extract(level[0]![s]!, k));
      for (const [s, value] of lane(0).entries()) f.emit(partial[s]!.set(value));
      for (let k = 1; k < Math.min(16 / fold.width, program.group); k++) {
        const other = lane(k).map((value, s) => f.let(scalarType(fold.partial[s]!.dtype), value));
        f.emit(fold.merge('scalar', f, partial, other));
      }
    });
  }
}

/** The state that a fold reads while it accumulates, in every lane; anything if it reads none. */
function read({ fold, state }: Working, form: Form): Code {
  const slot = fold.reads;
  if (slot === undefined) return form === 'vector' ? lanesOf('int64', 'vector').constant(0) : [];
  return lanesOf(fold.state[slot]!.dtype, form).splat(state[slot]!);
}
