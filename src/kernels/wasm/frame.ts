/** Where a loop finds its operands: a record at the start of its scratch memory, and the cells of its folds behind it. */

import type { Program } from './program.js';

/** Offsets of what every loop has. All are i32 but `COUNT`, an f64. */
export const ROWS = 0;
export const COLUMNS = 4;
/** Cells from one row to the next. */
export const CELL_STEP = 8;
/** Cells to initialise, flush or finish. */
export const CELL_COUNT = 12;
/** Address of the first cell. */
export const CELLS_AT = 16;
/** The first of them, counted from the first cell. */
export const FIRST_CELL = 20;
/** Elements of each cell's partials. */
export const COUNT = 24;
const HEADER = 32;

/** Output elements that a fold accumulates at a time. */
export const CELLS = 1024;
/** Each slot of a fold's state is an array of cells. */
export const SLOT_BYTES = 8 * CELLS;

/** Of an input, index axis or map: {address, bytes to the next row} (i32), or {first index, step to the next row} (f64). Of a fold's output: {address, bytes to the next cell}. */
export interface Frame {
  readonly input: (k: number) => number;
  readonly axis: (k: number) => number;
  readonly output: (k: number) => number;
  readonly param: (k: number) => number;
  readonly bytes: number;
}

/** How many there are of what has a place in the frame. */
export interface Counts {
  readonly inputs: number;
  readonly axes: number;
  readonly outputs: number;
  readonly params: number;
}

const axesAt = ({ inputs }: Counts): number => HEADER + 8 * inputs;
const outputsAt = (counts: Counts): number => axesAt(counts) + 16 * counts.axes;
const paramsAt = (counts: Counts): number => outputsAt(counts) + 8 * counts.outputs;

export const frameBytes = (counts: Counts): number => paramsAt(counts) + 8 * counts.params;

export function frameOf(program: Program, outputs: number): Frame {
  const { inputs, axes, params } = program;
  const counts = { inputs: inputs.length, axes: axes.length, outputs, params };
  const [axis0, output0, param0] = [axesAt(counts), outputsAt(counts), paramsAt(counts)];
  return {
    input: (k) => HEADER + 8 * k,
    axis: (k) => axis0 + 16 * k,
    output: (k) => output0 + 8 * k,
    param: (k) => param0 + 8 * k,
    bytes: frameBytes(counts),
  };
}
