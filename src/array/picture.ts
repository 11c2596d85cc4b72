import { arrayToHtml } from '../watch/chunks.js';
import { graphToSvg, graphToText } from '../watch/visualize.js';
import type { TileArray } from './array.js';
import { graphOf } from './compute.js';

export interface PictureOptions {
  readonly as?: 'svg' | 'text';
  /** More tasks than this are shown by layers only. */
  readonly max?: number;
}

/** The task graph of an array as SVG, or as a table of text. */
export function pictureOf(array: TileArray, { as = 'svg', ...options }: PictureOptions = {}): string {
  const { graph, keys } = graphOf([array]);
  return (as === 'text' ? graphToText : graphToSvg)(graph, { ...options, outputs: keys });
}

/** A table and picture of an array's chunks as HTML. */
export function summaryOf(array: TileArray): string {
  const { graph } = graphOf([array]);
  const { name, dtype, shape, chunks } = array;
  return arrayToHtml({ name, dtype, shape, chunks, tasks: graph.size });
}
