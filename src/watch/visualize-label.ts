import type { BlockMeta, Key } from '../graph/task.js';

/** The layer of a key: `sum-3f…` of `sum-3f…:0,1`. */
export const layerOf = (key: Key): string => {
  const end = key.indexOf(':');
  return end < 0 ? key : key.slice(0, end);
};

/** A name for people: without the hash. */
export const nameOf = (layer: string): string => layer.replace(/-[0-9a-f]{16,}(?=$|[^0-9a-f])/g, '') || layer;

/** A key for people: `sum (0, 1)` of `sum-3f…:0,1`. */
export function titleOf(key: Key): string {
  const layer = layerOf(key);
  const where = key.slice(layer.length + 1);
  return where === '' ? nameOf(layer) : `${nameOf(layer)} (${where.replaceAll(',', ', ')})`;
}

/** A key short enough for a table, its hash cut to a few digits that still tell it from others. */
export const shortKey = (key: Key): string => key.replace(/(-[0-9a-f]{6})[0-9a-f]{10,}/g, '$1');

/** `float64 1,000 × 1,000`, or `value`. */
export function resultOf(out: readonly BlockMeta[] | undefined): string {
  if (!out) return 'value';
  return out
    .map(({ dtype, shape }) => (shape.length === 0 ? `${dtype} scalar` : `${dtype} ${shapeText(shape)}`))
    .join(', ');
}

/** `1,000 × 20`; an unknown extent is `?`. */
export const shapeText = (shape: readonly number[]): string => shape.map(countText).join(' × ');

/** `12,345`; `?` for an unknown number. */
export const countText = (n: number): string => (Number.isNaN(n) ? '?' : n.toLocaleString('en-US'));

/** `1.50 GiB`, `12 B`; `unknown` for an unknown number. */
export function bytesText(bytes: number): string {
  if (Number.isNaN(bytes)) return 'unknown';
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1023.995 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}

/** `1 task`, `2,000 tasks`. */
export const plural = (n: number, noun: string): string => `${countText(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Text for XML and HTML, in elements and in quoted attributes; characters that XML has no room for are replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** At most so many characters, the end replaced by `…`. */
export const clip = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
