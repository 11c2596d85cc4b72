import type { Graph, Key } from '../graph/task.js';
import { clip, escapeXml, layerOf, plural } from './visualize-label.js';
import { layout } from './visualize-layout.js';
import { type Box, type Picture, pictureOfLayers, pictureOfTasks } from './visualize-model.js';

export { graphToText } from './visualize-text.js';

export interface VisualizeOptions {
  /** Results that are wanted, drawn with a bold frame (default: those that no task reads). */
  readonly outputs?: Iterable<Key>;
  /** Most boxes drawn (default 300): a larger graph is drawn with one box a layer. */
  readonly max?: number;
  /** What colours mean: the operation (default), the layer, or the time at which a task runs, from light to dark. */
  readonly color?: 'op' | 'layer' | 'order';
}

const HEIGHT = 38;
const MARGIN = 14;
const TITLE = 26;
const LONGEST = 44;
const FONT = 'font-family="ui-sans-serif, system-ui, Helvetica, Arial, sans-serif"';

/** Pale fills, each beside its frame's colour, of even lightness. */
const COLORS = [
  ['#dbeafe', '#2563eb'],
  ['#dcfce7', '#16a34a'],
  ['#ffedd5', '#ea580c'],
  ['#f3e8ff', '#9333ea'],
  ['#fee2e2', '#dc2626'],
  ['#cffafe', '#0891b2'],
  ['#fef9c3', '#a16207'],
  ['#fce7f3', '#db2777'],
  ['#e2e8f0', '#475569'],
  ['#ecfccb', '#4d7c0f'],
] as const;

/**
 * Draws a graph as SVG, from left to right: what is read stands left of its readers. Each box names its task, operation and result, and
 * has a tooltip with all of them in full.
 *
 * @example
 * graphToSvg(x.graph(), { color: 'order' }).startsWith('<svg'); // true
 */
export function graphToSvg(graph: Graph, options: VisualizeOptions = {}): string {
  const { max = 300, color = 'op' } = options;
  const outputs = new Set(options.outputs ?? unread(graph));
  const layers = new Set([...graph.keys()].map(layerOf)).size;
  if (graph.size <= max) {
    const title = `${plural(graph.size, 'task')} in ${plural(layers, 'layer')}`;
    return draw(pictureOfTasks(graph, outputs, color === 'layer' ? 'layer' : 'op'), color, title);
  }
  if (layers <= max) {
    const title = `${plural(graph.size, 'task')}, one box for each of ${plural(layers, 'layer')} (max: ${max})`;
    return draw(pictureOfLayers(graph, outputs, color === 'layer' ? 'layer' : 'op'), color, title);
  }
  const title = `${plural(graph.size, 'task')} in ${plural(layers, 'layer')} are too many to draw (max: ${max}). Draw less of it, raise max, or print graphToText(graph).`;
  return draw({ boxes: [], edges: [] }, color, title);
}

/** Draws boxes and arrows of any kind as SVG, those of one group in one colour. */
export const pictureToSvg = (picture: Picture, title: string): string => draw(picture, 'op', title);

function* unread(graph: Graph): Iterable<Key> {
  const read = new Set<Key>();
  for (const task of graph.values()) for (const input of task.inputs) read.add(input);
  for (const key of graph.keys()) if (!read.has(key)) yield key;
}

function draw(picture: Picture, color: 'op' | 'layer' | 'order', title: string): string {
  const { edges } = picture;
  const boxes = color === 'order' ? picture.boxes.map(numbered) : picture.boxes;
  const plan = layout({
    widths: boxes.map(
      ({ title, subtitle }) => 20 + Math.max(textWidth(title, 7.1), textWidth(subtitle, 5.5)),
    ),
    height: HEIGHT,
    edges,
  });
  const width = Math.ceil(Math.max(plan.width, title.length * 6.4) + 2 * MARGIN);
  const height = Math.ceil(plan.height + 2 * MARGIN + TITLE);
  const groups = [...new Set(boxes.map(({ group }) => group))];
  const arrows = edges.map(([from, to], e) => {
    const points = [
      { x: plan.x[from]!, width: plan.columnWidth[from]!, y: plan.y[from]! },
      ...plan.bends[e]!,
      { x: plan.x[to]!, width: 0, y: plan.y[to]! },
    ];
    return `<path d="${curve(points)}"/>`;
  });
  const drawn = boxes.map((box, i) =>
    drawBox(
      box,
      plan.x[i]!,
      plan.y[i]!,
      plan.columnWidth[i]!,
      color === 'order' ? heat(box) : paint(box, groups),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} role="img">`,
    `<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>`,
    '<defs><marker id="tip" viewBox="0 0 6 6" refX="5.5" refY="3" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0.4 6 3 0 5.6z" fill="#94a3b8"/></marker></defs>',
    `<text x="${MARGIN}" y="${MARGIN + 9}" font-size="12" fill="#475569">${escapeXml(title)}</text>`,
    `<g transform="translate(${MARGIN} ${MARGIN + TITLE})">`,
    `<g fill="none" stroke="#94a3b8" stroke-width="1.1" marker-end="url(#tip)">`,
    ...arrows,
    '</g>',
    ...drawn,
    '</g></svg>',
  ].join('\n');
}

type Paint = readonly [fill: string, frame: string, ink: string, pale: string];

function drawBox(box: Box, x: number, y: number, width: number, [fill, frame, ink, pale]: Paint): string {
  const top = y - HEIGHT / 2;
  const dashed = box.group === undefined ? ' stroke-dasharray="4 3"' : '';
  return [
    `<g><title>${escapeXml(box.tooltip)}</title>`,
    `<rect x="${num(x)}" y="${num(top)}" width="${num(width)}" height="${HEIGHT}" rx="6" fill="${fill}" stroke="${frame}" stroke-width="${box.output ? 2.6 : 1}"${dashed}/>`,
    `<text x="${num(x + 10)}" y="${num(top + 16)}" font-size="12" font-weight="600" fill="${ink}">${escapeXml(clip(box.title, LONGEST))}</text>`,
    `<text x="${num(x + 10)}" y="${num(top + 29.5)}" font-size="10" fill="${pale}">${escapeXml(clip(box.subtitle, LONGEST + 10))}</text></g>`,
  ].join('');
}

const GIVEN: Paint = ['#ffffff', '#94a3b8', '#0f172a', '#64748b'];

function paint(box: Box, groups: readonly (string | undefined)[]): Paint {
  if (box.group === undefined) return GIVEN;
  const [fill, frame] = COLORS[groups.indexOf(box.group) % COLORS.length]!;
  return [fill, frame, '#0f172a', '#475569'];
}

const numbered = (box: Box): Box =>
  box.number === undefined ? box : { ...box, title: `${box.number} · ${box.title}` };

/** Light to dark blue with time. */
function heat(box: Box): Paint {
  if (box.group === undefined) return GIVEN;
  const lightness = Math.round(94 - 62 * box.time);
  const fill = `hsl(212, 72%, ${lightness}%)`;
  return lightness > 58 ? [fill, '#1e3a5f', '#0f172a', '#1e293b'] : [fill, '#0f2542', '#ffffff', '#e2e8f0'];
}

/** A smooth way through points: level where it passes a column, bent in between. */
function curve(
  points: readonly { readonly x: number; readonly width: number; readonly y: number }[],
): string {
  const first = points[0]!;
  let x = first.x + first.width;
  let y = first.y;
  let path = `M${num(x)} ${num(y)}`;
  for (const point of points.slice(1)) {
    const middle = (x + point.x) / 2;
    path += `C${num(middle)} ${num(y)} ${num(middle)} ${num(point.y)} ${num(point.x)} ${num(point.y)}`;
    if (point.width > 0) path += `H${num(point.x + point.width)}`;
    x = point.x + point.width;
    y = point.y;
  }
  return path;
}

/** Width of a text in pixels, for a mean width of its characters. */
const textWidth = (text: string, each: number): number => Math.min(text.length, LONGEST + 10) * each;

const num = (x: number): string => String(Math.round(x * 10) / 10);
