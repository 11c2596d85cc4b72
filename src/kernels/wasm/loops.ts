/** The loops of fused kernels: maps, folds along rows, folds of columns. */

import { type DType, itemsize } from '../dtype.js';
import { advance, loadPart, loadScalar, storePart, storeScalar, times } from './access.js';
import {
  br,
  brIf,
  type Code,
  doWhile,
  type FunctionBuilder,
  f64,
  i32,
  type Local,
  loop,
  ModuleBuilder,
  select,
  v128,
  when,
} from './assembler.js';
import { type FoldCode, foldCode, type Slot } from './folds.js';
import {
  CELL_COUNT,
  CELL_STEP,
  CELLS_AT,
  COUNT,
  FIRST_CELL,
  type Frame,
  frameOf,
  SLOT_BYTES,
} from './frame.js';
import { lanesOf, scalarType } from './lanes.js';
import type { Mode } from './layout.js';
import { Library } from './library.js';
import type { Program } from './program.js';
import { Row } from './row.js';
import type { Values } from './values.js';

/** Groups between flushes of a row's partials: each lane adds so many elements before the state takes them exactly. */
const BLOCK = 32;

/** A fold with where its slots lie behind the cells' address: partials first. */
interface Placed extends FoldCode {
  readonly width: number;
  readonly partialAt: readonly number[];
  readonly stateAt: readonly number[];
}

function place(program: Program): Placed[] {
  let slots = 0;
  const offsets = (list: readonly Slot[]): number[] => list.map(() => SLOT_BYTES * slots++);
  return program.folds.map((fold) => {
    const code = foldCode(fold, program.nodes[fold.node]!.dtype);
    return {
      ...code,
      width: itemsize(code.partial[0]!.dtype),
      partialAt: offsets(code.partial),
      stateAt: offsets(code.state),
    };
  });
}

/** Bytes of cells that the folds of a program need. */
export function cellBytes(program: Program): number {
  return place(program).reduce((sum, f) => sum + SLOT_BYTES * (f.partial.length + f.state.length), 0);
}

/** dtypes of all output blocks, in order. */
export const outputsOf = (program: Program): DType[] => [
  ...program.maps.map((m) => m.dtype),
  ...place(program).flatMap((f) => f.outputs),
];

/** The module for loops whose operands stay the same along rows where `fixed` says so. It exports `run`, and for folds `init`, `prime`, `flush` and `finish`. */
export function buildKernel(
  program: Program,
  mode: Mode,
  fixed: readonly boolean[],
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder().importMemory();
  const library = new Library(module);
  const folds = place(program);
  const frame = frameOf(program, outputsOf(program).length);
  module.function({ export: 'run', params: ['i32'] }, (f, [base]) => {
    const row = new Row(f, library, program, frame, base!, fixed);
    if (mode === 'map') map(row);
    else if (mode === 'rows') foldRows(row, folds);
    else foldColumns(row, folds);
    return undefined;
  });
  if (mode !== 'map') cellFunctions(module, folds, frame);
  return module.bytes();
}

/** Emits a loop over all rows. */
function everyRow(row: Row, body: () => void): void {
  const { f, rows } = row;
  const code = f.collect(() => {
    body();
    return undefined;
  });
  f.emit(doWhile(code, rows.tee(i32.sub(rows, i32.const(1)))));
}

function map(row: Row): void {
  const { f, program, frame } = row;
  const outputs = program.maps.map(({ node, dtype }, k) => ({
    node,
    dtype,
    width: itemsize(dtype),
    to: row.cursor(`output${k}`, frame.output(k), itemsize(dtype)).at,
  }));
  everyRow(row, () => {
    row.begin();
    f.emit(
      row.vectors(row.groups, (values) => {
        for (const { node, dtype, width, to } of outputs)
          for (let part = 0; part < values.parts(width); part++) {
            const bytes = v128.const(0x0101010101010101n, 0x0101010101010101n);
            const value =
              dtype === 'bool' ? v128.and(values.mask(node, part, 1), bytes) : values.value(node, part);
            f.emit(storePart(to, value, part, width * program.group));
          }
      }),
      row.scalars(row.tail, (values) => {
        for (const { node, dtype, to } of outputs) {
          const value = dtype === 'bool' ? values.mask(node, 0, 1) : values.value(node, 0);
          f.emit(storeScalar(dtype, to, value));
        }
      }),
    );
    row.next();
  });
}

const locals = (f: FunctionBuilder, slots: readonly Slot[]): Local[] =>
  slots.map(({ dtype }) => f.local(scalarType(dtype)));

/** The nodes' values in one part, each asked for before it is used. */
const elements = (values: Values, fold: FoldCode, part: number): Code[] =>
  fold.nodes.map((id) => values.value(id, part));

function foldRows(row: Row, folds: readonly Placed[]): void {
  const { f, base, program } = row;
  const { group } = program;
  const cells = f.let('i32', i32.load(base, CELLS_AT));
  const cell = f.local('i32');
  const cellStep = f.let('i32', i32.load(base, CELL_STEP));
  const partials = folds.map((fold) => locals(f, fold.partial));
  const states = folds.map((fold) => locals(f, fold.state));
  const vectors = folds.map((fold) =>
    Array.from({ length: Math.max(1, (group * fold.width) / 16) }, () =>
      fold.partial.map(() => f.local('v128')),
    ),
  );
  const primes = folds.some((fold) => fold.prime);
  const primed = f.let('i32', i32.const(1));
  const left = f.local('i32');
  const taken = f.local('i32');
  const count = f.local('f64');

  const read = (k: number, form: 'vector' | 'scalar'): Code => {
    const slot = folds[k]!.reads;
    if (slot === undefined) return [];
    return lanesOf(folds[k]!.state[slot]!.dtype, form).splat(states[k]![slot]!);
  };
  const addressOf = (fold: Placed): Code => i32.add(cells, i32.mul(cell, i32.const(fold.width)));

  everyRow(row, () => {
    row.begin();
    folds.forEach((fold, k) => {
      const at = f.let('i32', addressOf(fold));
      fold.state.forEach(({ dtype }, s) =>
        f.emit(states[k]![s]!.set(loadScalar(dtype, at, fold.stateAt[s]))),
      );
    });
    if (primes) {
      const fresh = folds.flatMap((fold, k) => (fold.fresh ? [fold.fresh(states[k]!)] : []));
      f.emit(primed.set(i32.eqz(fresh.reduce((a, b) => i32.or(a, b)))));
    }
    const again = (start: Code): Code =>
      loop((blocks) => {
        const oneBlock = f.collect(() => {
          const limit = primes ? select(i32.const(BLOCK), i32.const(1), primed) : i32.const(BLOCK);
          const most = f.let('i32', limit);
          f.emit(taken.set(select(left, most, i32.ltU(left, most))), left.set(i32.sub(left, taken)));
          folds.forEach((fold, k) => {
            for (const lanes of vectors[k]!)
              fold.partial.forEach(({ dtype, identity }, s) =>
                f.emit(lanes[s]!.set(lanesOf(dtype, 'vector').constant(identity))),
              );
          });
          const shifts = folds.map((fold, k) =>
            fold.reads === undefined ? [] : f.let('v128', read(k, 'vector')),
          );
          f.emit(
            row.vectors(taken, (values) => {
              folds.forEach((fold, k) => {
                vectors[k]!.forEach((lanes, part) => {
                  const x = elements(values, fold, part);
                  f.scope(() => f.emit(fold.accumulate('vector', f, lanes, x, shifts[k]!)));
                });
              });
            }),
          );
          folds.forEach((fold, k) => mergeLanes(f, fold, vectors[k]!, partials[k]!, group));
          f.emit(count.set(f64.convertI32U(i32.mul(taken, i32.const(group)))));
          f.emit(
            when(i32.eqz(left), [
              count.set(f64.add(count, f64.convertI32U(row.tail))),
              row.scalars(row.tail, (values) => {
                folds.forEach((fold, k) => {
                  const x = elements(values, fold, 0);
                  f.emit(fold.accumulate('scalar', f, partials[k]!, x, read(k, 'scalar')));
                });
              }),
            ]),
          );
          return undefined;
        });
        const flush = f.collect(() => {
          folds.forEach((fold, k) => f.emit(fold.flush(f, partials[k]!, states[k]!, count)));
          return undefined;
        });
        const prime = f.collect(() => {
          folds.forEach((fold, k) => {
            if (!fold.prime) return;
            const body = f.collect(() => fold.prime!(f, partials[k]!, states[k]!, count));
            f.emit(when(fold.fresh!(states[k]!), body));
          });
          f.emit(primed.set(i32.const(1)));
          return undefined;
        });
        return [
          oneBlock,
          primes ? when(primed, flush, [prime, start, br(blocks)]) : flush,
          brIf(blocks, left),
        ];
      });
    const start = f.collect(() => {
      row.rewind();
      return left.set(row.groups);
    });
    f.emit(left.set(row.groups), again(start));
    folds.forEach((fold, k) => {
      const at = f.let('i32', addressOf(fold));
      fold.state.forEach(({ dtype }, s) => f.emit(storeScalar(dtype, at, states[k]![s]!, fold.stateAt[s])));
    });
    f.emit(advance(cell, cellStep));
    row.next();
  });
}

/** Emits: the vectors' lanes combined into scalars. */
function mergeLanes(
  f: FunctionBuilder,
  fold: Placed,
  vectors: readonly (readonly Local[])[],
  partial: readonly Local[],
  group: number,
): void {
  const [first, ...others] = vectors;
  f.scope(() => {
    // pairs, then pairs of pairs
    let level = [first!, ...others];
    while (level.length > 1) {
      const next: (readonly Local[])[] = [];
      for (let k = 0; k < level.length; k += 2) {
        next.push(level[k]!);
        if (level[k + 1] !== undefined) f.emit(fold.merge('vector', f, level[k]!, level[k + 1]!));
      }
      level = next;
    }
    const lane = (k: number): Code[] =>
      fold.partial.map(({ dtype }, s) => lanesOf(dtype, 'vector').extract(first![s]!, k));
    lane(0).forEach((value, s) => f.emit(partial[s]!.set(value)));
    for (let k = 1; k < Math.min(16 / fold.width, group); k++) {
      const other = lane(k).map((value, s) => f.let(scalarType(fold.partial[s]!.dtype), value));
      f.emit(fold.merge('scalar', f, partial, other));
    }
  });
}

function foldColumns(row: Row, folds: readonly Placed[]): void {
  const { f, base, program } = row;
  const cells = f.let('i32', i32.load(base, CELLS_AT));
  const cell = f.local('i32');
  const cellStep = f.let('i32', i32.load(base, CELL_STEP));
  const at = folds.map(() => f.local('i32'));
  const step = (elements: number): Code =>
    folds.map((fold, k) => advance(at[k]!, i32.const(elements * fold.width)));

  everyRow(row, () => {
    row.begin();
    folds.forEach((fold, k) => f.emit(at[k]!.set(i32.add(cells, i32.mul(cell, i32.const(fold.width))))));
    f.emit(
      row.vectors(row.groups, (values) => {
        folds.forEach((fold, k) => {
          const bytes = fold.width * program.group;
          for (let part = 0; part < values.parts(fold.width); part++) {
            const x = elements(values, fold, part);
            f.scope(() => {
              const load = (offset: number): Local => f.let('v128', loadPart(at[k]!, part, bytes, offset));
              const partial = fold.partialAt.map(load);
              const read = fold.reads === undefined ? [] : load(fold.stateAt[fold.reads]!);
              f.emit(fold.accumulate('vector', f, partial, x, read));
              partial.forEach((p, s) => f.emit(storePart(at[k]!, p, part, bytes, fold.partialAt[s])));
            });
          }
        });
        f.emit(step(program.group));
      }),
      row.scalars(row.tail, (values) => {
        folds.forEach((fold, k) => {
          const x = elements(values, fold, 0);
          const partial = locals(f, fold.partial);
          fold.partial.forEach(({ dtype }, s) =>
            f.emit(partial[s]!.set(loadScalar(dtype, at[k]!, fold.partialAt[s]))),
          );
          const slot = fold.reads;
          const read =
            slot === undefined ? [] : loadScalar(fold.state[slot]!.dtype, at[k]!, fold.stateAt[slot]);
          f.emit(fold.accumulate('scalar', f, partial, x, read));
          fold.partial.forEach(({ dtype }, s) =>
            f.emit(storeScalar(dtype, at[k]!, partial[s]!, fold.partialAt[s])),
          );
        });
        f.emit(step(1));
      }),
      advance(cell, cellStep),
    );
    row.next();
  });
}

/** `init`, `prime`, `flush` and `finish`: loops over cells. */
function cellFunctions(module: ModuleBuilder, folds: readonly Placed[], frame: Frame): void {
  type Cell = { f: FunctionBuilder; base: Local; at: readonly Local[] };
  const add = (
    name: string,
    body: (cell: Cell) => void,
    before?: (f: FunctionBuilder, base: Local) => Code,
  ): void => {
    module.function({ export: name, params: ['i32'] }, (f, [base]) => {
      const at = folds.map((fold) =>
        f.let(
          'i32',
          i32.add(i32.load(base!, CELLS_AT), i32.mul(i32.load(base!, FIRST_CELL), i32.const(fold.width))),
        ),
      );
      if (before) f.emit(before(f, base!));
      return times(
        f,
        i32.load(base!, CELL_COUNT),
        f.collect(() => {
          body({ f, base: base!, at });
          return folds.map((fold, k) => advance(at[k]!, i32.const(fold.width)));
        }),
      );
    });
  };
  const load = (f: FunctionBuilder, slots: readonly Slot[], at: Local, offsets: readonly number[]): Local[] =>
    slots.map(({ dtype }, s) => f.let(scalarType(dtype), loadScalar(dtype, at, offsets[s])));
  const store = (
    slots: readonly Slot[],
    at: Local,
    offsets: readonly number[],
    values: readonly Code[],
  ): Code => slots.map(({ dtype }, s) => storeScalar(dtype, at, values[s]!, offsets[s]));
  const identities = (slots: readonly Slot[]): Code[] =>
    slots.map(({ dtype, identity }) => lanesOf(dtype, 'scalar').constant(identity));

  add('init', ({ f, at }) => {
    folds.forEach(({ partial, state, partialAt, stateAt }, k) => {
      f.emit(store(partial, at[k]!, partialAt, identities(partial)));
      f.emit(store(state, at[k]!, stateAt, identities(state)));
    });
  });
  const takePartials = (name: 'flush' | 'prime') =>
    add(name, ({ f, base, at }) => {
      folds.forEach((fold, k) => {
        const take = fold[name];
        const p = load(f, fold.partial, at[k]!, fold.partialAt);
        if (take) {
          const s = load(f, fold.state, at[k]!, fold.stateAt);
          f.emit(take(f, p, s, f64.load(base, COUNT)), store(fold.state, at[k]!, fold.stateAt, s));
        }
        f.emit(store(fold.partial, at[k]!, fold.partialAt, identities(fold.partial)));
      });
    });
  takePartials('flush');
  if (folds.some((fold) => fold.prime)) takePartials('prime');

  const outputs = folds.flatMap((fold) => fold.outputs);
  let to: Local[] = [];
  add(
    'finish',
    ({ f, base, at }) => {
      let k = 0;
      folds.forEach((fold, j) => {
        const state = load(f, fold.state, at[j]!, fold.stateAt);
        for (const value of fold.finish(f, state)) {
          f.emit(storeScalar(outputs[k]!, to[k]!, value));
          f.emit(advance(to[k]!, i32.load(base, frame.output(k) + 4)));
          k++;
        }
      });
    },
    (f, base) => {
      to = outputs.map(() => f.local('i32'));
      return to.map((local, k) => local.set(i32.load(base, frame.output(k))));
    },
  );
}
