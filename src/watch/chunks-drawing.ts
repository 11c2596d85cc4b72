import { countText } from './visualize-label.js';

/** One axis: its extent and the sizes of its chunks, NaN where unknown. */
export interface Axis {
  readonly extent: number;
  readonly sizes: readonly number[];
}

/** A drawing at the origin. */
export interface Figure {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** An axis on paper: how long it is, and where its chunks begin and end, from 0 to 1. */
interface Edge {
  readonly length: number;
  readonly cuts: readonly number[];
  readonly label: string;
  /** Not every boundary is drawn. */
  readonly thinned: boolean;
  readonly unknown: boolean;
}

type Point = readonly [x: number, y: number];

/** Lines closer than so many pixels are thinned out. */
const CLOSEST = 3.5;
/** Of the longest axis, for axes that would be hard to see. */
const THIN = 0.12;
/** Where the axis that goes into the paper ends, for each pixel of its length. */
const DEPTH: Point = [0.52, -0.4];
const BAR = 26;
const LABEL = 18;
const PAD = 2;
const LINE = '#115e59';
const FACES = { front: '#99e2d4', top: '#c3f0e7', side: '#6fcabb' } as const;

/** A bar, rectangle or box for up to three axes: the last one runs to the right, the one before it down, the one before that into the paper. */
export function drawBlock(axes: readonly Axis[], size: number): Figure {
  const known = axes.map(({ extent, sizes }) => (Number.isNaN(extent) ? guess(sizes) : extent));
  const longest = Math.max(1, ...known);
  const edges = axes.map((axis, i) => {
    const length = lengthOf(known[i]! / longest) * size;
    return edgeOf(axis, length, axes.length - i === 3 ? length * Math.hypot(...DEPTH) : length);
  });
  const [right, down, back] = edges.reverse();
  const width = right?.length ?? BAR;
  const height = down?.length ?? BAR;
  const depth: Point = back ? [back.length * DEPTH[0], back.length * DEPTH[1]] : [0, 0];

  const origin: Point = [PAD, PAD - depth[1]];
  const across: Point = [width, 0];
  const below: Point = [0, height];
  const corner = add(origin, across);
  const parts = [face(origin, below, across, down, right, FACES.front)];
  if (back) {
    parts.push(face(origin, depth, across, back, right, FACES.top));
    parts.push(face(corner, below, depth, down, back, FACES.side));
  }

  const bottom = origin[1] + height;
  let total = PAD + width + depth[0] + PAD;
  if (right) {
    parts.push(text(right.label, [origin[0] + width / 2, bottom + LABEL - 4], 'middle'));
    total = Math.max(total, origin[0] + width / 2 + widthOf(right.label) / 2);
  }
  if (down) {
    const x = corner[0] + depth[0] + 6;
    parts.push(text(down.label, [x, origin[1] + depth[1] + height / 2 + 4], 'start'));
    total = Math.max(total, x + widthOf(down.label));
  }
  if (back) {
    // beside the lower slanted edge of the side
    const at = add(corner, [depth[0] / 2 + 5, height + depth[1] / 2 + 12]);
    parts.push(text(back.label, at, 'start'));
    total = Math.max(total, at[0] + widthOf(back.label));
  }
  const left = right ? Math.min(0, origin[0] + width / 2 - widthOf(right.label) / 2) : 0;
  const shifted =
    left < 0 ? `<g transform="translate(${Math.ceil(-left)} 0)">${parts.join('')}</g>` : parts.join('');
  return { svg: shifted, width: Math.ceil(total - left), height: Math.ceil(bottom + LABEL + PAD) };
}

/** Proportional, but never hard to see: below a quarter of the longest axis lengths shrink more slowly. */
const lengthOf = (ratio: number): number => (ratio >= 0.25 ? ratio : THIN + ratio * (1 - THIN / 0.25));

/** A plausible extent for an axis of unknown chunk sizes: those that are known, and as much for each of the others. */
function guess(sizes: readonly number[]): number {
  const known = sizes.filter((n) => !Number.isNaN(n));
  const mean = known.length > 0 ? known.reduce((a, b) => a + b, 0) / known.length : 1;
  return sizes.length * mean;
}

/** @param room pixels that the axis takes on paper, less than its length where it goes into the paper */
function edgeOf({ extent, sizes }: Axis, length: number, room: number): Edge {
  const mean = sizes.length > 0 ? guess(sizes) / sizes.length : 1;
  const filled = sizes.map((n) => (Number.isNaN(n) ? mean : n));
  const total = filled.reduce((a, b) => a + b, 0);
  const every = Math.ceil(filled.length / Math.max(2, room / CLOSEST));
  const cuts: number[] = [];
  let at = 0;
  for (const [i, n] of filled.slice(0, -1).entries()) {
    at += n;
    if ((i + 1) % every === 0 && total > 0) cuts.push(at / total);
  }
  return { length, cuts, label: countText(extent), thinned: every > 1, unknown: Number.isNaN(extent) };
}

/** A parallelogram from `origin` along `a` and `b`, cut where the edges along them are. */
function face(
  origin: Point,
  a: Point,
  b: Point,
  edgeA: Edge | undefined,
  edgeB: Edge | undefined,
  fill: string,
): string {
  const corners = [origin, add(origin, a), add(add(origin, a), b), add(origin, b)];
  const outline = `<path d="M${corners.map(point).join('L')}Z" fill="${fill}" stroke="${LINE}" stroke-width="1.4" stroke-linejoin="round"/>`;
  const lines = [lineSet(origin, a, b, edgeA), lineSet(origin, b, a, edgeB)];
  return outline + lines.join('');
}

/** The boundaries of chunks along `along`, each drawn in the direction of `across`; broken where the sizes are not known. */
function lineSet(origin: Point, along: Point, across: Point, edge: Edge | undefined): string {
  if (!edge || edge.cuts.length === 0) return '';
  const path = edge.cuts
    .map((cut) => {
      const from = add(origin, [along[0] * cut, along[1] * cut]);
      return `M${point(from)}L${point(add(from, across))}`;
    })
    .join('');
  const dash = edge.unknown ? ' stroke-dasharray="3 2"' : '';
  return `<path d="${path}" fill="none" stroke="${LINE}" stroke-width="${edge.thinned ? 0.35 : 0.7}"${dash}/>`;
}

const add = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1]];
const num = (x: number): string => String(Math.round(x * 10) / 10);
const point = ([x, y]: Point): string => `${num(x)} ${num(y)}`;
const widthOf = (label: string): number => label.length * 6.6 + 4;

const text = (label: string, [x, y]: Point, anchor: 'start' | 'middle'): string =>
  `<text x="${num(x)}" y="${num(y)}" font-size="11" text-anchor="${anchor}">${label}</text>`;
