/** Drives a compiled loop over the tiles of one block. */

import { itemsize } from '../dtype.js';
import type { KernelExports, Prepared } from '../fused.js';
import type { FusedCall } from '../spec.js';
import { CELL_COUNT, CELL_STEP, CELLS_AT, COLUMNS, COUNT, FIRST_CELL, ROWS } from './frame.js';
import type { Layout, Level } from './layout.js';
import { outputsOf } from './loops.js';
import { buildPack, PACK_AXES } from './pack.js';

type Pack = (to: number, from: number, ...axes: number[]) => void;

let packModule: WebAssembly.Module | undefined;
const packs = new WeakMap<WebAssembly.Memory, Record<string, Pack>>();

function packOf(memory: WebAssembly.Memory, bytes: number): Pack {
  let exports = packs.get(memory);
  if (exports === undefined) {
    packModule ??= new WebAssembly.Module(buildPack());
    exports = new WebAssembly.Instance(packModule, { env: { memory } }).exports as Record<string, Pack>;
    packs.set(memory, exports);
  }
  return exports[`pack${bytes}`]!;
}

/** Where a tile starts along an axis, and how far it reaches. */
interface Span {
  start: number;
  length: number;
}

/** How many times column cells may be added to before their partials are flushed, when each run adds one element. */
const RUNS_PER_FLUSH = 32;

export class Run {
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #base: number;
  readonly #levels: readonly Level[];
  readonly #spans: Span[];
  readonly #tiles: number[] = [];
  readonly #packed: string[] = [];
  readonly #outputs: readonly number[];
  #unflushed = 0;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly call: FusedCall,
    readonly layout: Layout,
    readonly kernel: KernelExports,
    readonly prepared: Prepared,
  ) {
    const { frame, program, tilesAt } = prepared;
    this.#base = call.scratch.address;
    this.#i32 = new Int32Array(memory.buffer, this.#base, Math.ceil(frame.bytes / 4));
    this.#f64 = new Float64Array(memory.buffer, this.#base, Math.ceil(frame.bytes / 8));
    this.#levels = [...layout.outer, layout.row, layout.inner[0]!];
    this.#spans = this.#levels.map(() => ({ start: 0, length: 0 }));
    this.#outputs = outputsOf(program).map(itemsize);
    let at = this.#base + tilesAt;
    const elements = Math.min(
      4096,
      call.shape.reduce((n, extent) => n * extent, 1),
    );
    for (const dtype of program.inputs) {
      this.#tiles.push(at);
      at += Math.ceil((elements * itemsize(dtype)) / 64) * 64;
    }
    call.params.forEach((value, k) => {
      if (k < program.params) this.#f64[frame.param(k) / 8] = value;
    });
  }

  all(): void {
    const kept = this.#levels.flatMap((level, k) => (level.reduced ? [] : [k]));
    const reduced = this.#levels.flatMap((level, k) => (level.reduced ? [k] : []));
    if (this.layout.mode === 'map') this.#each(kept, 0, () => this.#tile());
    else this.#each(kept, 0, () => this.#fold(reduced));
  }

  /** Calls `body` for every tile of the levels listed. */
  #each(levels: readonly number[], depth: number, body: () => void): void {
    const at = levels[depth];
    if (at === undefined) return body();
    const { extent, tile } = this.#levels[at]!;
    const span = this.#spans[at]!;
    for (let start = 0; start < extent; start += tile) {
      span.start = start;
      span.length = Math.min(tile, extent - start);
      this.#each(levels, depth + 1, body);
    }
  }

  get #rows(): number {
    return this.#spans[this.#spans.length - 2]!.length;
  }

  get #columns(): number {
    return this.#spans[this.#spans.length - 1]!.length;
  }

  /** Accumulates over the reduced levels into the cells of one tile of the kept ones. */
  #fold(reduced: readonly number[]): void {
    const { layout, kernel, prepared } = this;
    const inColumns = layout.mode === 'columns';
    const rowsKept = !layout.row.reduced;
    const columns = inColumns ? this.#columns : 1;
    const cells = columns * (rowsKept ? this.#rows : 1);
    this.#i32[CELLS_AT / 4] = this.#base + prepared.cellsAt;
    this.#i32[CELL_STEP / 4] = rowsKept ? columns : 0;
    this.#i32[CELL_COUNT / 4] = cells;
    this.#i32[FIRST_CELL / 4] = 0;
    kernel.init(this.#base);
    let first = true;
    this.#unflushed = 0;
    this.#each(reduced, 0, () => {
      if (!inColumns) return this.#tile();
      if (first && kernel.prime) this.#prime(kernel.prime);
      first = false;
      const taken = rowsKept ? 1 : this.#rows;
      this.#tile();
      this.#unflushed += taken;
      if (this.#unflushed >= RUNS_PER_FLUSH) this.#flush();
    });
    if (this.#unflushed > 0) this.#flush();
    this.#finish(columns, rowsKept ? this.#rows : 1);
  }

  #flush(): void {
    this.#f64[COUNT / 8] = this.#unflushed;
    this.kernel.flush(this.#base);
    this.#unflushed = 0;
  }

  /** Runs the first rows of the first tile for the sake of the shifts that moments need. */
  #prime(prime: (frame: number) => void): void {
    const span = this.#spans[this.#spans.length - 2]!;
    const all = span.length;
    if (this.layout.row.reduced) span.length = Math.min(8, all);
    this.#tile();
    this.#f64[COUNT / 8] = this.layout.row.reduced ? span.length : 1;
    prime(this.#base);
    span.length = all;
  }

  /** Writes the results of the cells of a tile. */
  #finish(columns: number, rows: number): void {
    const { kernel, layout, prepared, call } = this;
    const k = layout.fixed.length - 1;
    const at = this.#offset(k);
    const [rowStep, columnStep] = [layout.row.steps[k]!, layout.inner[0]!.steps[k]!];
    const inColumns = layout.mode === 'columns';
    const contiguous = !inColumns || rows === 1 || rowStep === columns * columnStep;
    const step = inColumns ? columnStep : rowStep;
    const cells = contiguous ? columns * rows : columns;
    for (let row = 0; row < (contiguous ? 1 : rows); row++) {
      this.#outputs.forEach((bytes, o) => {
        const slot = prepared.frame.output(o) / 4;
        this.#i32[slot] = call.outputs[o]! + (at + row * rowStep) * bytes;
        this.#i32[slot + 1] = step * bytes;
      });
      this.#i32[CELL_COUNT / 4] = cells;
      this.#i32[FIRST_CELL / 4] = row * columns;
      kernel.finish(this.#base);
    }
  }

  /** An operand's offset at the start of the tile, in its own units. */
  #offset(k: number): number {
    let offset = this.layout.shift[k]!;
    this.#levels.forEach((level, l) => {
      offset += this.#spans[l]!.start * level.steps[k]!;
    });
    return offset;
  }

  /** Runs the loop on the current tile. */
  #tile(): void {
    const { layout, prepared, call } = this;
    const { frame, program } = prepared;
    const behind = layout.inner.slice(1).reduce((n, level) => n * level.tile, 1);
    this.#i32[ROWS / 4] = this.#rows;
    this.#i32[COLUMNS / 4] = this.#columns * behind;
    program.inputs.forEach((dtype, k) => {
      const slot = frame.input(k) / 4;
      const address = call.inputs[k]!.address + this.#offset(k);
      if (layout.packed[k]) {
        this.#pack(k, address, itemsize(dtype));
        this.#i32[slot] = this.#tiles[k]!;
        const rowIsFixed = layout.row.steps[k] === 0;
        this.#i32[slot + 1] = rowIsFixed ? 0 : this.#columns * behind * itemsize(dtype);
      } else {
        this.#i32[slot] = address;
        this.#i32[slot + 1] = layout.row.steps[k]!;
      }
    });
    program.axes.forEach((_, a) => {
      const k = program.inputs.length + a;
      const slot = frame.axis(a) / 8;
      this.#f64[slot] = this.#offset(k);
      this.#f64[slot + 1] = layout.row.steps[k]!;
    });
    if (layout.mode === 'map') {
      const k = layout.fixed.length - 1;
      const at = this.#offset(k);
      this.#outputs.forEach((bytes, o) => {
        const slot = frame.output(o) / 4;
        this.#i32[slot] = call.outputs[o]! + at * bytes;
        this.#i32[slot + 1] = layout.row.steps[k]! * bytes;
      });
    }
    this.kernel.run(this.#base);
  }

  /** Copies an operand's part of the tile, unless it is there already. */
  #pack(k: number, address: number, bytes: number): void {
    const { row, inner } = this.layout;
    const [first, ...behind] = inner;
    const extents = [
      row.steps[k] === 0 ? 1 : this.#rows,
      this.#columns,
      ...behind.map((level) => level.tile),
    ];
    const key = `${address}:${extents}`;
    if (this.#packed[k] === key) return;
    this.#packed[k] = key;
    const from = [row, first!, ...behind].map((level) => level.steps[k]!);
    let step = bytes;
    const axes = extents
      .map((extent, a) => ({ extent, from: from[a]!, to: 0 }))
      .toReversed()
      .map((axis) => {
        const to = step;
        step *= axis.extent;
        return { ...axis, to };
      })
      .filter((axis) => axis.extent > 1)
      .sort((a, b) => Math.abs(b.from) - Math.abs(a.from));
    const pack = packOf(this.memory, bytes);
    const inWasm = axes.splice(Math.max(0, axes.length - PACK_AXES));
    while (inWasm.length < PACK_AXES) inWasm.unshift({ extent: 1, from: 0, to: 0 });
    const args = inWasm.flatMap((axis) => [axis.extent, axis.to, axis.from]);
    const nest = (to: number, source: number, depth: number): void => {
      const axis = axes[depth];
      if (axis === undefined) pack(to, source, ...args);
      else for (let i = 0; i < axis.extent; i++) nest(to + i * axis.to, source + i * axis.from, depth + 1);
    };
    nest(this.#tiles[k]!, address, 0);
  }
}
