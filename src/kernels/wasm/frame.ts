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

export function frameOf(program: Program, outputs: number): Frame {
  const axes = HEADER + 8 * program.inputs.length;
  const output = axes + 16 * program.axes.length;
  const params = output + 8 * outputs;
  return {
    input: (k) => HEADER + 8 * k,
    axis: (k) => axes + 16 * k,
    output: (k) => output + 8 * k,
    param: (k) => params + 8 * k,
    bytes: params + 8 * program.params,
  };
}
