/** Drives a compiled loop over the tiles of one block. */

import type { FusedCall } from '../spec.js';
import type { WasmMemory } from '../wasm-memory.js';
import { CELL_COUNT, CELL_STEP, CELLS_AT, COLUMNS, COUNT, FIRST_CELL, type Frame, ROWS } from './frame.js';
import type { KernelExports } from './kernel.js';
import type { Layout, Level } from './layout.js';
import { type Packer, packersOf } from './pack.js';
import type { Program } from './program.js';

/** How many rows column cells may take before their partials are flushed. */
const FLUSH_AFTER = 32;

/** What runs of one kernel share: where things lie in the frame and behind it, and the itemsize of each output. */
export interface Prepared {
  readonly program: Program;
  readonly frame: Frame;
  readonly outputs: readonly number[];
  readonly cellsAt: number;
  readonly tilesAt: number;
}

export class Run {
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #base: number;
  /** Tile loops: the outer ones, rows, columns. */
  readonly #levels: readonly Level[];
  readonly #start: number[];
  readonly #length: number[];
  readonly #packers: readonly (Packer | undefined)[];
  readonly #kept: readonly number[];
  readonly #reduced: readonly number[];
  readonly #row: number;
  /** Elements behind each column. */
  readonly #behind: number;
  readonly #output: number;
  #unflushed = 0;

  constructor(
    memory: WasmMemory,
    readonly call: FusedCall,
    readonly layout: Layout,
    readonly kernel: KernelExports,
    readonly prepared: Prepared,
  ) {
    const { frame, program, tilesAt } = prepared;
    this.#base = call.scratch.address;
    this.#i32 = new Int32Array(memory.buffer, this.#base, frame.bytes / 4);
    this.#f64 = new Float64Array(memory.buffer, this.#base, frame.bytes / 8);
    this.#levels = [...layout.outer, layout.row, layout.inner[0]!];
    this.#start = this.#levels.map(() => 0);
    this.#length = this.#levels.map(() => 0);
    this.#row = this.#levels.length - 2;
    this.#behind = layout.inner.slice(1).reduce((n, level) => n * level.extent, 1);
    this.#kept = this.#levels.flatMap((level, k) => (level.reduced ? [] : [k]));
    this.#reduced = this.#levels.flatMap((level, k) => (level.reduced ? [k] : []));
    this.#output = layout.fixed.length - 1;
    const elements = call.shape.reduce((n, extent) => n * extent, 1);
    this.#packers = packersOf(memory, layout, program.inputs, this.#base + tilesAt, elements);
    for (let k = 0; k < program.params; k++) this.#f64[frame.param(k) / 8] = call.params[k]!;
  }

  all(): void {
    this.#i32[CELLS_AT / 4] = this.#base + this.prepared.cellsAt;
    this.#i32[FIRST_CELL / 4] = 0;
    if (this.layout.mode === 'map') this.#each(this.#kept, 0, () => this.#tile());
    else this.#each(this.#kept, 0, () => this.#fold());
  }

  /** Calls `body` for every tile of the levels listed. */
  #each(levels: readonly number[], depth: number, body: () => void): void {
    const at = levels[depth];
    if (at === undefined) {
      body();
      return;
    }
    const { extent, tile } = this.#levels[at]!;
    for (let start = 0; start < extent; start += tile) {
      this.#start[at] = start;
      this.#length[at] = Math.min(tile, extent - start);
      this.#each(levels, depth + 1, body);
    }
  }

  /** Accumulates over the reduced levels into the cells of one tile of the kept ones. */
  #fold(): void {
    const { layout, kernel } = this;
    const inColumns = layout.mode === 'columns';
    const rowsKept = !layout.row.reduced;
    const columns = inColumns ? this.#length[this.#row + 1]! : 1;
    const rows = rowsKept ? this.#length[this.#row]! : 1;
    this.#i32[CELL_STEP / 4] = rowsKept ? columns : 0;
    this.#i32[CELL_COUNT / 4] = columns * rows;
    kernel.init(this.#base);
    let first = true;
    this.#each(this.#reduced, 0, () => {
      if (inColumns && first && kernel.prime) this.#prime(kernel.prime);
      first = false;
      this.#tile();
      if (!inColumns) return;
      this.#unflushed += rowsKept ? 1 : this.#length[this.#row]!;
      if (this.#unflushed >= FLUSH_AFTER) this.#flush();
    });
    if (this.#unflushed > 0) this.#flush();
    this.#finish(columns, rows);
  }

  #flush(): void {
    this.#f64[COUNT / 8] = this.#unflushed;
    this.kernel.flush(this.#base);
    this.#unflushed = 0;
  }

  /** Runs the first rows of the first tile for the sake of the shifts that moments need. */
  #prime(prime: (frame: number) => void): void {
    const all = this.#length[this.#row]!;
    const { reduced } = this.layout.row;
    if (reduced) this.#length[this.#row] = Math.min(8, all);
    this.#tile();
    this.#f64[COUNT / 8] = reduced ? this.#length[this.#row]! : 1;
    prime(this.#base);
    this.#length[this.#row] = all;
  }

  /** Writes the results of a tile's cells. */
  #finish(columns: number, rows: number): void {
    const { kernel, layout, prepared, call } = this;
    const at = this.#offset(this.#output);
    const rowStep = layout.row.steps[this.#output]!;
    const columnStep = layout.mode === 'columns' ? layout.inner[0]!.steps[this.#output]! : rowStep;
    const atOnce = layout.mode === 'rows' || rows === 1 || rowStep === columns * columnStep;
    this.#i32[CELL_COUNT / 4] = atOnce ? columns * rows : columns;
    for (let row = 0; row < (atOnce ? 1 : rows); row++) {
      prepared.outputs.forEach((bytes, k) => {
        const slot = prepared.frame.output(k) / 4;
        this.#i32[slot] = call.outputs[k]! + (at + row * rowStep) * bytes;
        this.#i32[slot + 1] = columnStep * bytes;
      });
      this.#i32[FIRST_CELL / 4] = row * columns;
      kernel.finish(this.#base);
    }
    this.#i32[FIRST_CELL / 4] = 0;
  }

  /** An operand's offset at the start of the tile, in its own units. */
  #offset(k: number): number {
    let offset = this.layout.shift[k]!;
    for (let l = 0; l < this.#levels.length; l++) offset += this.#start[l]! * this.#levels[l]!.steps[k]!;
    return offset;
  }

  /** Runs the loop on the current tile. */
  #tile(): void {
    const { layout, call } = this;
    const { frame, program, outputs } = this.prepared;
    const rows = this.#length[this.#row]!;
    const columns = this.#length[this.#row + 1]!;
    this.#i32[ROWS / 4] = rows;
    this.#i32[COLUMNS / 4] = columns * this.#behind;
    const inputs = program.inputs.length;
    for (let k = 0; k < inputs; k++) {
      const slot = frame.input(k) / 4;
      const address = call.inputs[k]!.address + this.#offset(k);
      const packer = this.#packers[k];
      this.#i32[slot] = packer ? packer.pack(address, rows, columns) : address;
      this.#i32[slot + 1] = packer ? packer.rowStep(columns) : layout.row.steps[k]!;
    }
    for (let a = 0; a < program.axes.length; a++) {
      const slot = frame.axis(a) / 8;
      this.#f64[slot] = this.#offset(inputs + a);
      this.#f64[slot + 1] = layout.row.steps[inputs + a]!;
    }
    if (layout.mode === 'map') {
      const at = this.#offset(this.#output);
      for (let k = 0; k < outputs.length; k++) {
        const slot = frame.output(k) / 4;
        this.#i32[slot] = call.outputs[k]! + at * outputs[k]!;
        this.#i32[slot + 1] = layout.row.steps[this.#output]! * outputs[k]!;
      }
    }
    this.kernel.run(this.#base);
  }
}
