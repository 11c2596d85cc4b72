/** Copies strided elements into contiguous tiles, so that the loops proper only ever meet contiguous operands. */

import { type DType, itemsize } from '../dtype.js';
import type { WasmMemory } from '../wasm-memory.js';
import { advance, times } from './access.js';
import {
  type Code,
  doWhile,
  type FunctionBuilder,
  i32,
  i64,
  type Local,
  ModuleBuilder,
  memory,
  when,
} from './assembler.js';
import type { Layout } from './layout.js';
import { tileSizes } from './scratch.js';

/** Axes that one call of a pack function iterates over. */
const AXES = 4;

/** How elements of an itemsize move. */
const MOVES: Record<
  number,
  { load: (a: Code, o?: number) => Code; store: (a: Code, v: Code, o?: number) => Code }
> = {
  1: { load: i32.load8U, store: i32.store8 },
  2: { load: i32.load16U, store: i32.store16 },
  4: { load: i32.load, store: i32.store },
  8: { load: i64.load, store: i64.store },
};

/**
 * `pack1` … `pack8` by itemsize, each (to, from, then for each of four axes, outermost first: extent, step of `to`, step of `from`),
 * steps in bytes, extents at least 1.
 */
function buildPack(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder().importMemory();
  const params = Array.from({ length: 2 + 3 * AXES }, () => 'i32' as const);
  for (const size of [1, 2, 4, 8])
    module.function({ export: `pack${size}`, params }, (f, all) => {
      const [to, from, ...axes] = all as [Local, Local, ...Local[]];
      return nest(f, size, to, from, axes);
    });
  return module.bytes();
}

function nest(f: FunctionBuilder, size: number, to: Local, from: Local, axes: readonly Local[]): Code {
  const [extent, toStep, fromStep, ...inner] = axes as [Local, Local, Local, ...Local[]];
  if (inner.length === 0) return innermost(f, size, to, from, extent, toStep, fromStep);
  const [t, s] = [f.local('i32'), f.local('i32')];
  return [
    t.set(to),
    s.set(from),
    times(f, extent, [nest(f, size, t, s, inner), advance(t, toStep), advance(s, fromStep)]),
  ];
}

function innermost(
  f: FunctionBuilder,
  size: number,
  to: Local,
  from: Local,
  extent: Local,
  toStep: Local,
  fromStep: Local,
): Code {
  const { load, store } = MOVES[size]!;
  const [t, s, left] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const one = [store(t, load(s)), advance(t, toStep), advance(s, fromStep)];
  // four at a time: loads first, so that they wait for memory together
  const held = Array.from({ length: 4 }, () => f.local(size === 8 ? 'i64' : 'i32'));
  const four = [
    held.map((h) => [h.set(load(s)), advance(s, fromStep)]),
    held.map((h) => [store(t, h), advance(t, toStep)]),
  ];
  const contiguous = i32.and(i32.eq(toStep, i32.const(size)), i32.eq(fromStep, i32.const(size)));
  return when(contiguous, memory.copy(to, from, i32.mul(extent, i32.const(size))), [
    t.set(to),
    s.set(from),
    left.set(i32.shrU(extent, i32.const(2))),
    when(left, doWhile(four, left.tee(i32.sub(left, i32.const(1))))),
    times(f, i32.and(extent, i32.const(3)), one),
  ]);
}

type Pack = (to: number, from: number, ...axes: number[]) => void;

let compiled: WebAssembly.Module | undefined;
const instances = new WeakMap<WasmMemory, Readonly<Record<string, Pack>>>();

function packFunction(memory: WasmMemory, bytes: number): Pack {
  let exports = instances.get(memory);
  if (exports === undefined) {
    compiled ??= new WebAssembly.Module(buildPack());
    exports = new WebAssembly.Instance(compiled, { env: { memory: memory as WebAssembly.Memory } })
      .exports as Record<string, Pack>;
    instances.set(memory, exports);
  }
  return exports[`pack${bytes}`]!;
}

/** One axis of a tile: its extent unless it is the rows or the columns, and the operand's step. */
interface TileAxis {
  readonly which: 'rows' | 'columns' | 'behind';
  readonly extent: number;
  readonly from: number;
  /** Elements of the tile from one position to the next, unless it is the rows. */
  readonly step: number;
}

/** Copies one operand's part of each tile. */
export class Packer {
  readonly #axes: readonly TileAxis[];
  readonly #pack: Pack;
  readonly #args: number[] = new Array(2 + 3 * AXES).fill(0);
  readonly #rowsFixed: boolean;
  readonly #behind: number;
  #last = -1;
  #lastRows = 0;
  #lastColumns = 0;

  constructor(
    memory: WasmMemory,
    layout: Layout,
    k: number,
    readonly tile: number,
    readonly bytes: number,
  ) {
    const [columns, ...behind] = layout.inner;
    this.#pack = packFunction(memory, bytes);
    this.#rowsFixed = layout.row.steps[k] === 0;
    let step = 1;
    const rest = behind.toReversed().map((level): TileAxis => {
      const axis = { which: 'behind', extent: level.extent, from: level.steps[k]!, step } as const;
      step *= level.extent;
      return axis;
    });
    this.#behind = step;
    const axes: TileAxis[] = [...rest, { which: 'columns', extent: 0, from: columns!.steps[k]!, step }];
    if (!this.#rowsFixed) axes.push({ which: 'rows', extent: 0, from: layout.row.steps[k]!, step: 0 });
    // the innermost loop reads along the operand's own shortest step
    this.#axes = axes.sort((a, b) => Math.abs(b.from) - Math.abs(a.from));
  }

  /** Bytes from one row of the tile to the next. */
  rowStep(columns: number): number {
    return this.#rowsFixed ? 0 : columns * this.#behind * this.bytes;
  }

  /** Makes the tile hold the elements from `address` on (unless it does already); returns its own address. */
  pack(address: number, rows: number, columns: number): number {
    if (address === this.#last && rows === this.#lastRows && columns === this.#lastColumns) return this.tile;
    this.#last = address;
    this.#lastRows = rows;
    this.#lastColumns = columns;
    this.#nest(0, this.tile, address, rows, columns);
    return this.tile;
  }

  /** Loops over the axes that are too many for one call. */
  #nest(depth: number, to: number, from: number, rows: number, columns: number): void {
    const axes = this.#axes;
    const extentOf = (axis: TileAxis): number =>
      axis.which === 'rows' ? rows : axis.which === 'columns' ? columns : axis.extent;
    const toOf = (axis: TileAxis): number =>
      axis.which === 'rows' ? this.rowStep(columns) : axis.step * this.bytes;
    if (axes.length - depth > AXES) {
      const axis = axes[depth]!;
      for (let i = 0; i < extentOf(axis); i++)
        this.#nest(depth + 1, to + i * toOf(axis), from + i * axis.from, rows, columns);
      return;
    }
    const args = this.#args;
    args[0] = to;
    args[1] = from;
    const absent = AXES - (axes.length - depth);
    for (let a = 0; a < AXES; a++) {
      const axis = a < absent ? undefined : axes[depth + a - absent]!;
      args[2 + 3 * a] = axis ? extentOf(axis) : 1;
      args[3 + 3 * a] = axis ? toOf(axis) : 0;
      args[4 + 3 * a] = axis ? axis.from : 0;
    }
    this.#pack(...(args as [number, number, ...number[]]));
  }
}

/** For each input: what packs it, if it has to be. Tiles lie one behind the other from `address` on. */
export function packersOf(
  memory: WasmMemory,
  layout: Layout,
  inputs: readonly DType[],
  address: number,
  elements: number,
): (Packer | undefined)[] {
  const sizes = tileSizes(inputs, elements);
  let at = address;
  return inputs.map((dtype, k) => {
    const tile = at;
    at += sizes[k]!;
    return layout.packed[k] ? new Packer(memory, layout, k, tile, itemsize(dtype)) : undefined;
  });
}
