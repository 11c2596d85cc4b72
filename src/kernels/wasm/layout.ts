/**
 * Decides how a loop runs over a block: which axes merge, which one is the inner axis, which operands must be packed, how large the
 * tiles are. Pure: it sees extents and strides, never addresses.
 */

import { CELLS } from './frame.js';
import { PACKED_TILE } from './scratch.js';

/** The loop that runs: a map, or folds whose inner axis is folded away (`rows`) or kept (`columns`). */
export type Mode = 'map' | 'rows' | 'columns';

/** An operand's step along each axis of the iteration space, in bytes for inputs, in positions for index axes and outputs. */
export interface Steps {
  readonly kind: 'input' | 'axis' | 'output';
  readonly itemsize: number;
  readonly steps: readonly number[];
}

export interface Space {
  readonly shape: readonly number[];
  readonly reduced: readonly boolean[];
  readonly operands: readonly Steps[];
}

/** One axis of the tile loops: `extent` in tiles of `tile`, with each operand's step. */
export interface Level {
  readonly extent: number;
  readonly tile: number;
  readonly reduced: boolean;
  readonly steps: readonly number[];
}

export interface Layout {
  readonly mode: Mode;
  /** Loops over tiles, kept axes first. */
  readonly outer: readonly Level[];
  /** The rows of a tile. */
  readonly row: Level;
  /** The inner axis, then axes of a map that lie behind it and are packed together with it; only the first is cut into tiles. */
  readonly inner: readonly Level[];
  /** Of each operand: it stays the same along a row. */
  readonly fixed: readonly boolean[];
  /** Of each operand: it is copied tile by tile. */
  readonly packed: readonly boolean[];
  /** Where each operand's first element lies relative to element [0, …, 0] (axes walked backwards). */
  readonly shift: readonly number[];
}

interface Axis {
  extent: number;
  reduced: boolean;
  steps: number[];
}

/** Elements in a tile without packing: short enough that V8 swaps in optimised code after the first tiles, long enough not to notice the call. */
const TILE = 32768;
const ROW_TILE = 16384;
/** Rows that column partials take before they are flushed. */
const COLUMN_ROWS = 64;
/** Inner axes shorter than this are worth avoiding. */
const SHORT = 16;

export function layOut(space: Space): Layout {
  const { axes, shift } = normalise(space);
  const folds = space.reduced.some(Boolean);
  return folds ? layOutFold(space, axes, shift) : layOutMap(space, axes, shift);
}

/** Drops axes of extent 1; for folds, whose order is free, walks axes forwards and from the largest step to the smallest; merges what can be merged. */
function normalise({ shape, reduced, operands }: Space): { axes: Axis[]; shift: number[] } {
  const shift = operands.map(() => 0);
  let axes: Axis[] = shape.flatMap((extent, a) =>
    extent === 1 ? [] : [{ extent, reduced: reduced[a]!, steps: operands.map((o) => o.steps[a]!) }],
  );
  if (reduced.some(Boolean)) {
    for (const axis of axes) turnForwards(axis, operands, shift);
    const size = (axis: Axis): number =>
      axis.steps.reduce((sum, step, k) => (operands[k]!.kind === 'input' ? sum + Math.abs(step) : sum), 0);
    axes.sort((a, b) => size(b) - size(a));
  }
  const merged: Axis[] = [];
  for (const axis of axes) {
    const before = merged.at(-1);
    const joins =
      before !== undefined &&
      before.reduced === axis.reduced &&
      before.steps.every((step, k) => step === axis.steps[k]! * axis.extent);
    if (joins) merged[merged.length - 1] = { ...axis, extent: before.extent * axis.extent };
    else merged.push(axis);
  }
  axes = merged;
  return { axes, shift };
}

/** Reverses an axis along which inputs only step backwards. Outputs may then step backwards; index axes may not. */
function turnForwards(axis: Axis, operands: readonly Steps[], shift: number[]): void {
  const steps = axis.steps.filter((_, k) => operands[k]!.kind === 'input');
  const counted = axis.steps.some((step, k) => operands[k]!.kind === 'axis' && step !== 0);
  if (counted || axis.extent === 0 || !steps.some((s) => s < 0) || steps.some((s) => s > 0)) return;
  axis.steps.forEach((step, k) => {
    shift[k]! += step * (axis.extent - 1);
    axis.steps[k] = step === 0 ? 0 : -step;
  });
}

const single = (operands: readonly Steps[]): Axis => ({
  extent: 1,
  reduced: false,
  steps: operands.map(() => 0),
});

/** Which operands stay the same along the inner axes, and which must be packed to be contiguous along them. */
function classify(operands: readonly Steps[], inner: readonly Axis[]) {
  const fixed = operands.map((_, k) => inner.every((axis) => axis.steps[k] === 0));
  const packed = operands.map(({ kind, itemsize }, k) => {
    if (kind !== 'input' || fixed[k]) return false;
    let contiguous = itemsize;
    for (const axis of inner.toReversed()) {
      if (axis.extent > 1 && axis.steps[k] !== contiguous) return true;
      contiguous *= axis.extent;
    }
    return false;
  });
  return { fixed, packed };
}

/** Whether a packed operand's smallest step is along the rows: then tiles should be square. */
const isTransposed = (packed: readonly boolean[], row: Axis, inner: Axis): boolean =>
  packed.some((p, k) => p && row.steps[k] !== 0 && Math.abs(row.steps[k]!) < Math.abs(inner.steps[k]!));

const level = (axis: Axis, tile: number): Level => ({
  ...axis,
  tile: Math.max(1, Math.min(tile, axis.extent)),
});
const whole = (axis: Axis): Level => level(axis, 1);

/** Extents of a packed tile: square when it transposes, else long rows. */
function packedTile(row: Axis, columns: number, transposed: boolean): [rows: number, columns: number] {
  if (!transposed) {
    const wide = Math.min(columns, PACKED_TILE / 2);
    return [Math.min(row.extent, Math.floor(PACKED_TILE / wide)), wide];
  }
  const rows = Math.min(row.extent, 64);
  return [rows, Math.min(columns, Math.floor(PACKED_TILE / rows))];
}

function layOutMap({ operands }: Space, axes: Axis[], shift: number[]): Layout {
  const rest = [...axes];
  const inner = [rest.pop() ?? single(operands)];
  // rows too short to be worth a loop each: pack several axes into one long row
  const counts = operands.some((o) => o.kind === 'axis');
  const size = (): number => inner.reduce((n, axis) => n * axis.extent, 1);
  if (!counts && inner[0]!.extent < SHORT)
    while (rest.length > 0 && size() < PACKED_TILE / 8) inner.unshift(rest.pop()!);
  const { fixed, packed } = classify(operands, inner);
  const row = rest.pop() ?? single(operands);
  const behind = inner.slice(1).reduce((n, axis) => n * axis.extent, 1);
  const columns = inner[0]!.extent;
  let rows: number;
  let wide: number;
  if (inner.length > 1) {
    rows = 1;
    wide = Math.floor(PACKED_TILE / behind);
  } else if (packed.some(Boolean)) {
    [rows, wide] = packedTile(row, columns, isTransposed(packed, row, inner[0]!));
  } else {
    wide = Math.min(columns, ROW_TILE);
    rows = Math.floor(TILE / wide);
  }
  return {
    mode: 'map',
    outer: rest.map(whole),
    row: level(row, rows),
    inner: inner.map((axis, k) => level(axis, k === 0 ? wide : axis.extent)),
    fixed,
    packed,
    shift,
  };
}

function layOutFold({ operands }: Space, axes: Axis[], shift: number[]): Layout {
  const rest = [...axes];
  let at = rest.length - 1;
  // a short inner axis: the longest is better, even if its elements have to be gathered
  if (rest.length > 1 && rest[at]!.extent < SHORT)
    rest.forEach((axis, k) => {
      if (axis.extent >= SHORT && axis.extent > rest[at]!.extent) at = k;
    });
  const inner = rest.splice(at, 1)[0] ?? { ...single(operands), reduced: true };
  const row = rest.pop() ?? single(operands);
  const mode: Mode = inner.reduced ? 'rows' : 'columns';
  const { fixed, packed } = classify(operands, [inner]);
  let [rows, wide] = packed.some(Boolean)
    ? packedTile(row, inner.extent, isTransposed(packed, row, inner))
    : [TILE, Math.min(inner.extent, ROW_TILE)];
  if (mode === 'columns') {
    wide = Math.min(wide, CELLS);
    rows = Math.min(rows, row.reduced ? COLUMN_ROWS : Math.floor(CELLS / wide));
  } else {
    rows = Math.min(rows, Math.max(1, Math.floor(TILE / Math.max(1, wide))));
    if (!row.reduced) rows = Math.min(rows, CELLS);
  }
  return {
    mode,
    outer: rest.map(whole),
    row: level(row, rows),
    inner: [level(inner, wide)],
    fixed,
    packed,
    shift,
  };
}
