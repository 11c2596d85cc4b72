import type { AxisSlice } from '../nodes/view.js';

/**
 * One argument of `x.slice(…)`: a string as NumPy's subscripts have it (`'::2'`, `'5000:'`, `'-1'`, `'...'`,
 * `'newaxis'`), or a whole number, which takes one position and drops its axis.
 */
export type SliceArgument = string | number | bigint | null;

const RANGE = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;
const NUMBER = /^\s*-?\d+\s*$/;

/** Parses subscripts for an array's shape, filling in the axes that they leave out. Throws naming the subscript and axis. */
export function parseSlices(args: readonly SliceArgument[], shape: readonly number[]): AxisSlice[] {
  const parts = args.flatMap((a): SliceArgument[] =>
    typeof a === 'string' && a.includes(',') ? a.split(',') : [a],
  );
  const consuming = parts.filter((p) => !isNew(p) && !isEllipsis(p)).length;
  if (consuming > shape.length)
    throw new RangeError(
      `too many indices: ${consuming} for an array of shape [${shape.join(', ')}] with ${shape.length} axes`,
    );
  if (parts.filter(isEllipsis).length > 1) throw new RangeError("an index can only have one '...'");
  const whole = parts.some(isEllipsis) ? parts : [...parts, '...'];
  const slices: AxisSlice[] = [];
  let axis = 0;
  for (const part of whole) {
    if (isEllipsis(part)) {
      for (let left = shape.length - consuming; left > 0; left--) slices.push(fullRange(shape[axis++]));
    } else if (isNew(part)) slices.push({ kind: 'new' });
    else slices.push(parseOne(part, axis, shape[axis++]));
  }
  return slices;
}

const isNew = (p: SliceArgument): p is null =>
  p === null || (typeof p === 'string' && /^\s*(newaxis|None)\s*$/.test(p));
const isEllipsis = (p: SliceArgument): boolean => typeof p === 'string' && p.trim() === '...';
const fullRange = (extent: number): AxisSlice => ({ kind: 'range', start: 0, count: extent, step: 1 });

function parseOne(part: SliceArgument, axis: number, extent: number): AxisSlice {
  if (typeof part === 'number' || typeof part === 'bigint') return at(Number(part), axis, extent);
  if (typeof part !== 'string')
    throw new TypeError(
      `a subscript is a string or a whole number, not ${Array.isArray(part) ? 'a list' : typeof part}; for lists and masks use take or get`,
    );
  if (NUMBER.test(part)) return at(Number(part), axis, extent);
  const match = RANGE.exec(part);
  if (!match)
    throw new SyntaxError(
      `'${part}' is no subscript; write 'start:stop:step', a whole number, '...' or 'newaxis'`,
    );
  const numbers = match.slice(1).map((s) => (s === undefined ? undefined : Number(s)));
  return range(numbers, axis, extent);
}

function at(index: number, axis: number, extent: number): AxisSlice {
  if (!Number.isSafeInteger(index))
    throw new TypeError(`index ${index} on axis ${axis} is not a whole number`);
  if (index >= extent || index < -extent)
    throw new RangeError(`index ${index} is out of bounds for axis ${axis} with size ${extent}`);
  if (index < 0 && Number.isNaN(extent))
    throw new RangeError(
      `index ${index} on axis ${axis} needs its size, which is unknown; call computeChunkSizes() first`,
    );
  return { kind: 'at', position: index < 0 ? index + extent : index };
}

function range(
  [start, stop, step = 1]: readonly (number | undefined)[],
  axis: number,
  extent: number,
): AxisSlice {
  if (step === 0) throw new RangeError(`slice step on axis ${axis} cannot be zero`);
  if (start === undefined && stop === undefined && step === 1) return fullRange(extent);
  if (Number.isNaN(extent))
    throw new Error(
      `axis ${axis} has unknown chunk sizes and cannot be sliced; call computeChunkSizes() first`,
    );
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const clip = (n: number | undefined, missing: number) =>
    n === undefined ? missing : Math.min(Math.max(n < 0 ? n + extent : n, low), high);
  const from = clip(start, step > 0 ? low : high);
  const to = clip(stop, step > 0 ? high : low);
  const count = Math.max(0, Math.ceil((to - from) / step));
  return { kind: 'range', start: count === 0 ? 0 : from, count, step };
}
