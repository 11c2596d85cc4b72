import type { Selection } from '../strided.js';

/** The part of one chunk that a region covers. */
export interface Piece {
  readonly coords: readonly number[];
  /** Which of the chunk's elements. */
  readonly selection: Selection;
  /** Where in the region they start, along each axis. */
  readonly at: readonly number[];
}

interface Segment {
  readonly chunk: number;
  readonly start: number;
  readonly count: number;
  readonly at: number;
}

/** Cuts `start`, `start + step`, … (`count` of them) at the multiples of `size`; chunks stepped over are left out. */
function segments(start: number, step: number, count: number, size: number): Segment[] {
  const cut: Segment[] = [];
  for (let at = 0; at < count; ) {
    const first = start + at * step;
    const chunk = Math.floor(first / size);
    const n = Math.min(count - at, Math.ceil(((chunk + 1) * size - first) / step));
    cut.push({ chunk, start: first - chunk * size, count: n, at });
    at += n;
  }
  return cut;
}

/** The parts of chunks that a region covers, in C order of the chunks. */
export function piecesOf(region: Selection, chunks: readonly number[]): Piece[] {
  const axes = chunks.map((size, k) => segments(region.start[k]!, region.step[k]!, region.count[k]!, size));
  let parts: (readonly Segment[])[] = [[]];
  for (const axis of axes) parts = parts.flatMap((part) => axis.map((segment) => [...part, segment]));
  return parts.map((part) => ({
    coords: part.map((s) => s.chunk),
    selection: { start: part.map((s) => s.start), step: region.step, count: part.map((s) => s.count) },
    at: part.map((s) => s.at),
  }));
}
