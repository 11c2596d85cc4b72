/** What all loops share: operands that advance along a row and from row to row, and values that do not change within one. */

import { itemsize } from '../dtype.js';
import { advance, loadPart, loadScalar, times } from './access.js';
import {
  type Code,
  doWhile,
  type FunctionBuilder,
  f64,
  f64x2,
  i8x16,
  i32,
  i64,
  i64x2,
  type Local,
  pooled,
  v128,
} from './assembler.js';
import { COLUMNS, type Frame, ROWS } from './frame.js';
import { lanesOf } from './lanes.js';
import type { Library } from './library.js';
import type { Node, Program } from './program.js';
import { type Invariant, Values } from './values.js';
import { doublePair } from './vector-lanes.js';

/** A pointer that moves along a row, `width` bytes an element, from where `row` points to. */
interface Cursor {
  readonly at: Local;
  readonly row: Local;
  readonly rowStep: Local;
  readonly width: number;
}

/** The position along an axis, counted along a row. */
interface Counter {
  readonly at: Local;
  readonly row: Local;
  readonly rowStep: Local;
  readonly isInt: boolean;
}

/**
 * Code for the rows of one loop. `fixed` says of each operand (inputs, then index axes) whether it stays the same along a row; such
 * operands, and all that is computed from them alone, are evaluated once a row.
 */
export class Row {
  readonly #cursors = new Map<string, Cursor>();
  readonly #counters = new Map<number, Counter>();
  readonly #invariants = new Map<number, Invariant>();
  readonly #fixedNodes = new Map<number, boolean>();
  readonly rows: Local;
  readonly columns: Local;
  /** Groups in a row, and elements after them. */
  readonly groups: Local;
  readonly tail: Local;

  constructor(
    readonly f: FunctionBuilder,
    readonly library: Library,
    readonly program: Program,
    readonly frame: Frame,
    readonly base: Local,
    readonly fixed: readonly boolean[],
  ) {
    const { group } = program;
    this.rows = f.let('i32', i32.load(base, ROWS));
    this.columns = f.let('i32', i32.load(base, COLUMNS));
    this.groups = f.let('i32', i32.shrU(this.columns, i32.const(Math.log2(group))));
    this.tail = f.let('i32', i32.and(this.columns, i32.const(group - 1)));
    for (const id of program.used) this.#declare(id);
  }

  /** A pointer whose address and row step lie in the frame at `offset`. */
  cursor(key: string, offset: number, width: number): Cursor {
    let cursor = this.#cursors.get(key);
    if (cursor === undefined) {
      const { f, base } = this;
      cursor = {
        at: f.local('i32'),
        row: f.let('i32', i32.load(base, offset)),
        rowStep: f.let('i32', i32.load(base, offset + 4)),
        width,
      };
      this.#cursors.set(key, cursor);
    }
    return cursor;
  }

  #declare(id: number): void {
    const node = this.program.nodes[id]!;
    const which = node.which!;
    if (node.op === 'input') this.cursor(`input${which}`, this.frame.input(which), itemsize(node.dtype));
    if (node.op !== 'index') return;
    const { f, base } = this;
    const offset = this.frame.axis(this.program.axes.indexOf(which));
    const isInt = node.dtype === 'int64';
    const type = isInt ? 'i64' : 'f64';
    const read = (at: number): Local =>
      f.let(type, isInt ? i64.truncSatF64S(f64.load(base, at)) : f64.load(base, at));
    this.#counters.set(id, { at: f.local(type), row: read(offset), rowStep: read(offset + 8), isInt });
  }

  /** Remembered, as nodes are shared: the paths through an expression may be exponentially many. */
  #isFixed(id: number): boolean {
    let known = this.#fixedNodes.get(id);
    if (known === undefined) {
      known = this.#findFixed(id);
      this.#fixedNodes.set(id, known);
    }
    return known;
  }

  #findFixed(id: number): boolean {
    const { op, args, which } = this.program.nodes[id]!;
    if (op === 'const' || op === 'param') return true;
    if (op === 'input') return this.fixed[which!]!;
    if (op === 'index') return this.fixed[this.program.inputs.length + this.program.axes.indexOf(which!)]!;
    return args.every((a) => this.#isFixed(a));
  }

  /** Emits a loop over all rows. */
  loop(body: () => void): void {
    const { f, rows } = this;
    const code = f.collect(() => {
      this.#begin();
      body();
      this.#next();
      return undefined;
    });
    f.emit(doWhile(code, rows.tee(i32.sub(rows, i32.const(1)))));
  }

  /** Emits the start of a row: its invariants, and pointers at its first element. */
  #begin(): void {
    const { f, program } = this;
    const wanted = new Set<number>(program.roots);
    for (const id of program.used)
      if (!this.#isFixed(id)) for (const a of program.nodes[id]!.args) wanted.add(a);
    const values = new Values(f, this.library, program, 'scalar', {
      load: (node) => this.#loadFixed(node),
      invariants: new Map(),
    });
    for (const id of wanted) {
      const { op, dtype } = program.nodes[id]!;
      if (op === 'const' || !this.#isFixed(id)) continue;
      if (dtype === 'bool') {
        const scalar = f.let('i32', values.mask(id, 0, 1));
        this.#invariants.set(id, {
          scalar,
          vector: f.let('v128', i8x16.splat(i32.sub(i32.const(0), scalar))),
        });
      } else {
        const scalar = f.let(lanesOf(dtype, 'scalar').type, values.value(id, 0));
        this.#invariants.set(id, { scalar, vector: f.let('v128', lanesOf(dtype, 'vector').splat(scalar)) });
      }
    }
    this.rewind();
  }

  #loadFixed(node: Node): Code {
    if (node.op === 'param') {
      const value = f64.load(this.base, this.frame.param(node.which!));
      return node.dtype === 'int64' ? i64.truncSatF64S(value) : value;
    }
    if (node.op === 'index') {
      const id = this.program.nodes.indexOf(node);
      return this.#counters.get(id)!.row;
    }
    return loadScalar(node.dtype, this.#cursors.get(`input${node.which}`)!.row);
  }

  /** Emits: back to the first element of the row. */
  rewind(): void {
    for (const { at, row } of this.#cursors.values()) this.f.emit(at.set(row));
    for (const { at, row } of this.#counters.values()) this.f.emit(at.set(row));
  }

  /** Emits: on to the next row. */
  #next(): void {
    for (const { row, rowStep } of this.#cursors.values()) this.f.emit(advance(row, rowStep));
    for (const { row, rowStep, isInt } of this.#counters.values())
      this.f.emit(row.set(isInt ? i64.add(row, rowStep) : f64.add(row, rowStep)));
  }

  #advance(elements: number): void {
    for (const { at, width } of this.#cursors.values()) this.f.emit(advance(at, i32.const(elements * width)));
    for (const { at, isInt } of this.#counters.values())
      this.f.emit(
        at.set(isInt ? i64.add(at, i64.const(BigInt(elements))) : f64.add(at, f64.const(elements))),
      );
  }

  /** Code that runs `body` on `count` groups from where the pointers are. */
  vectors(count: Code, body: (values: Values) => void): Code {
    return times(this.f, count, this.#pass('vector', this.program.group, body));
  }

  /** Code that runs `body` on `count` single elements. */
  scalars(count: Code, body: (values: Values) => void): Code {
    return times(this.f, count, this.#pass('scalar', 1, body));
  }

  #pass(form: 'vector' | 'scalar', elements: number, body: (values: Values) => void): Code {
    const { f } = this;
    return f.collect(() => {
      f.scope(() => {
        const leaves = {
          load: (node: Node, part: number) =>
            form === 'vector' ? this.#loadVector(node, part) : this.#loadScalar(node),
          invariants: this.#invariants,
        };
        body(new Values(f, this.library, this.program, form, leaves));
        this.#advance(elements);
      });
      return [];
    });
  }

  #loadScalar(node: Node): Code {
    if (node.op === 'index') return this.#counters.get(this.program.nodes.indexOf(node))!.at;
    return loadScalar(node.dtype, this.#cursors.get(`input${node.which}`)!.at);
  }

  #loadVector(node: Node, part: number): Code {
    if (node.op === 'index') {
      const { at, isInt } = this.#counters.get(this.program.nodes.indexOf(node))!;
      const k = BigInt(2 * part);
      if (isInt) return i64x2.add(i64x2.splat(at), pooled(k, k + 1n));
      return f64x2.add(f64x2.splat(at), doublePair(2 * part, 2 * part + 1));
    }
    const { at, width } = this.#cursors.get(`input${node.which}`)!;
    const loaded = loadPart(at, part, width * this.program.group);
    return node.dtype === 'bool' ? i8x16.ne(loaded, v128.const(0n, 0n)) : loaded;
  }
}
