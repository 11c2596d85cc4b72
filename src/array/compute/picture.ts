import { arrayToHtml } from '../../watch/chunks.js';
import { type PictureOptions, picture } from '../../watch/picture.js';
import type { TileArray } from '../array.js';
import { graphOf } from './compute.js';

export type { PictureOptions } from '../../watch/picture.js';

/** The task graph of an array as SVG, or as a table of text. */
export function pictureOf(array: TileArray, options?: PictureOptions): string {
  const { graph, keys } = graphOf([array]);
  return picture(graph, keys, options);
}

/** A table and picture of an array's chunks as HTML. */
export function summaryOf(array: TileArray): string {
  const { graph } = graphOf([array]);
  const { name, dtype, shape, chunks } = array;
  return arrayToHtml({ name, dtype, shape, chunks, tasks: graph.size });
}
