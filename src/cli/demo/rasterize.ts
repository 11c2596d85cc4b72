import type { BlockInfo } from '../../array/index.js';

/** The straight pieces of all coastlines: from (x0, y0) to (x1, y1), in degrees, four numbers each. */
export type Edges = Float64Array;

/**
 * Marks the cells of a block of a global grid whose centres lie inside polygons, by the even-odd rule, row by row:
 * between the first and second crossing of a row with the edges is land, between the third and fourth, and so on.
 * It is shipped to the threads as source, so it uses nothing from outside but its captured `edges` and `cells` a degree.
 */
export function rasterize(info: BlockInfo): void {
  const [top, left] = info.start;
  const [rows, columns] = info.shape;
  const data = info.out.data as Uint8Array;
  data.fill(0);
  // Rows r of the grid have their centres at latitudes 90 - (r + 0.5) / cells.
  const firstRow = (i: number) =>
    Math.max(top, Math.ceil((90 - Math.max(edges[i + 1], edges[i + 3])) * cells - 0.5));
  const endRow = (i: number) =>
    Math.min(top + rows, Math.ceil((90 - Math.min(edges[i + 1], edges[i + 3])) * cells - 0.5));
  const ends = new Int32Array(rows + 1);
  for (let i = 0; i < edges.length; i += 4)
    for (let row = firstRow(i), end = endRow(i); row < end; row++) ends[row - top + 1]++;
  for (let r = 0; r < rows; r++) ends[r + 1] += ends[r];
  const crossings = new Float64Array(ends[rows]);
  const next = ends.slice();
  for (let i = 0; i < edges.length; i += 4) {
    const [x0, y0, x1, y1] = [edges[i], edges[i + 1], edges[i + 2], edges[i + 3]];
    const slope = (x1 - x0) / (y1 - y0);
    for (let row = firstRow(i), end = endRow(i); row < end; row++)
      crossings[next[row - top]++] = x0 + (90 - (row + 0.5) / cells - y0) * slope;
  }
  const columnAt = (x: number) => Math.min(columns, Math.max(0, Math.ceil((x + 180) * cells - 0.5) - left));
  for (let r = 0; r < rows; r++) {
    const row = crossings.subarray(ends[r], ends[r + 1]).sort();
    for (let k = 0; k + 1 < row.length; k += 2)
      data.fill(1, r * columns + columnAt(row[k]), r * columns + columnAt(row[k + 1]));
  }
}

/** Captured by the function: given to it by name where it is shipped. */
declare const edges: Edges;
declare const cells: number;
