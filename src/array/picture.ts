import { arrayToHtml } from '../watch/chunks.js';
import { graphToSvg } from '../watch/visualize.js';
import type { TileArray } from './array.js';
import { graphOf } from './compute.js';

/** The task graph of an array as SVG. */
export function pictureOf(array: TileArray, options: { readonly max?: number } = {}): string {
  const { graph, keys } = graphOf([array]);
  return graphToSvg(graph, { ...options, outputs: keys });
}

/** A table and picture of an array's chunks as HTML. */
export function summaryOf(array: TileArray): string {
  const { graph } = graphOf([array]);
  const { name, dtype, shape, chunks } = array;
  return arrayToHtml({ name, dtype, shape, chunks, tasks: graph.size });
}
