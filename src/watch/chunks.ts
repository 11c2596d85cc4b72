import { type DType, itemsize } from '../kernels/dtype.js';
import { type Axis, drawBlock } from './chunks-drawing.js';
import { bytesText, countText, escapeXml, plural, shapeText } from './visualize-label.js';

/** What a summary of an array says. */
export interface ArraySummary {
  readonly name: string;
  readonly dtype: DType;
  /** Extents; NaN where unknown until computed. */
  readonly shape: readonly number[];
  /** Chunk sizes along each axis; NaN where unknown. */
  readonly chunks: readonly (readonly number[])[];
  /** Tasks of its graph. */
  readonly tasks?: number;
  /** Layers of its graph. */
  readonly layers?: number;
}

const GAP = 26;

/**
 * Draws how an array is cut into chunks: a bar, a rectangle or a box, with a line at each boundary (thinned out where there are very
 * many) and the extents beside the edges. Arrays of more than three axes are drawn as one figure for each three axes, the last
 * ones on the right. Axes keep their proportions unless one would become too thin to see.
 *
 * @param shape extents, NaN where unknown
 * @param chunks sizes of the chunks along each axis, NaN where unknown
 * @param options.size length of the longest edge in pixels (default 160)
 */
export function chunksToSvg(
  shape: readonly number[],
  chunks: readonly (readonly number[])[],
  options: { readonly size?: number } = {},
): string {
  if (chunks.length !== shape.length) {
    throw new RangeError(
      `The shape [${shape.join(', ')}] has ${shape.length} axes, but there are chunks for ${chunks.length}.`,
    );
  }
  const { size = 160 } = options;
  const axes: Axis[] = shape.map((extent, i) => ({ extent, sizes: chunks[i]! }));
  const groups: Axis[][] = axes.length === 0 ? [[]] : [];
  for (let end = axes.length; end > 0; end -= 3) groups.unshift(axes.slice(Math.max(0, end - 3), end));
  const figures = groups.map((group) => drawBlock(group, size));
  const height = Math.max(...figures.map((figure) => figure.height));
  const parts: string[] = [];
  let x = 0;
  for (const [i, figure] of figures.entries()) {
    if (i > 0) {
      parts.push(`<text x="${x + GAP / 2}" y="${height / 2}" text-anchor="middle" font-size="15">×</text>`);
      x += GAP;
    }
    parts.push(
      `<g transform="translate(${x} ${Math.round((height - figure.height) / 2)})">${figure.svg}</g>`,
    );
    x += figure.width;
  }
  const label = `${shapeText(shape) || 'scalar'} in ${plural(countOf(chunks), 'chunk')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${x}" height="${height}" viewBox="0 0 ${x} ${height}" role="img" font-family="ui-sans-serif, system-ui, Helvetica, Arial, sans-serif" fill="currentColor">`,
    `<title>${escapeXml(label)}</title>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

/** A table of an array's size, shape, chunks and graph beside the drawing of its chunks, as HTML for notebooks. */
export function arrayToHtml(array: ArraySummary): string {
  const { name, dtype, shape, chunks, tasks, layers } = array;
  const largest = chunks.map((sizes) =>
    sizes.reduce((a, b) => (Number.isNaN(a + b) ? Number.NaN : Math.max(a, b)), 0),
  );
  // Regular: all chunks are alike, but for a shorter last one.
  const regular = chunks.every((sizes) =>
    sizes.every((n, i) => n === sizes[0] || (i === sizes.length - 1 && n < sizes[0]!)),
  );
  const bytes = (extents: readonly number[]): string =>
    bytesText(extents.reduce((a, b) => a * b, itemsize(dtype)));
  const graph = [
    ...(tasks === undefined ? [] : [plural(tasks, 'task')]),
    ...(layers === undefined ? [] : [plural(layers, 'layer')]),
  ].join(' in ');
  const rows: [string, string, string][] = [
    ['Bytes', bytes(shape), bytes(largest)],
    ['Shape', shapeText(shape) || 'scalar', shapeText(largest) || 'scalar'],
    [
      'Count',
      graph,
      `${plural(countOf(chunks), 'chunk')}${chunks.length > 1 ? ` (${chunks.map((c) => countText(c.length)).join(' × ')})` : ''}`,
    ],
    ['Type', dtype, ''],
  ];
  const cell =
    'style="text-align: left; padding: 3px 14px 3px 0; border: 0; font-variant-numeric: tabular-nums"';
  const head = (text: string): string => `<th ${cell} scope="col">${text}</th>`;
  return [
    '<div style="display: flex; flex-wrap: wrap; gap: 28px; align-items: center; font: 13px/1.35 ui-sans-serif, system-ui, sans-serif">',
    '<table style="border-collapse: collapse">',
    `<caption style="text-align: left; padding-bottom: 4px; opacity: 0.75">${escapeXml(name)}</caption>`,
    `<thead style="border-bottom: 1px solid currentColor"><tr>${head('')}${head('Array')}${head(regular ? 'Chunk' : 'Largest chunk')}</tr></thead>`,
    '<tbody>',
    ...rows.map(
      ([what, whole, chunk]) =>
        `<tr><th ${cell} scope="row">${what}</th><td ${cell}>${escapeXml(whole)}</td><td ${cell}>${escapeXml(chunk)}</td></tr>`,
    ),
    '</tbody></table>',
    chunksToSvg(shape, chunks),
    '</div>',
  ].join('\n');
}

const countOf = (chunks: readonly (readonly number[])[]): number =>
  chunks.reduce((n, sizes) => n * sizes.length, 1);
