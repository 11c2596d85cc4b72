import type { Graph, Key } from '../graph/task.js';
import { graphToSvg, graphToText } from './visualize.js';

/** How a graph is drawn. */
export interface PictureOptions {
  readonly as?: 'svg' | 'text';
  /** More tasks than this are shown by layers only. */
  readonly max?: number;
}

/** A task graph as SVG, or as a table of text. */
export const picture = (
  graph: Graph,
  outputs: readonly Key[],
  { as = 'svg', ...options }: PictureOptions = {},
): string => (as === 'text' ? graphToText : graphToSvg)(graph, { ...options, outputs });
