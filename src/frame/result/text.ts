import { typeText } from '../column-type.js';
import { type Batch, type Column, readerOf } from './column.js';

const MOST_WIDE = 30;

/** Rows as a table for people to read, with names and types of columns above. */
export function tableText(batch: Batch, more: boolean): string {
  if (batch.columns.length === 0) return '(no columns)';
  const cells = batch.columns.map((column) => [
    column.name,
    typeText(column.type),
    ...cellsOf(column, batch.rows),
    ...(more ? ['…'] : []),
  ]);
  const right = batch.columns.map(isNumber);
  const widths = cells.map((texts) => Math.max(...texts.map(widthOf)));
  const line = (i: number): string =>
    cells
      .map((texts, c) => pad(texts[i]!, widths[c]!, right[c]!))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const lines = Array.from({ length: cells[0]!.length }, (_, i) => line(i));
  return [lines[0], lines[1], rule, ...lines.slice(2)].join('\n');
}

/** What stands in the cells of a column: decimals with all digits. */
export function cellsOf(column: Column, rows: number): string[] {
  const read = readerOf(column, { decimal: 'string' });
  return Array.from({ length: rows }, (_, row) => cellText(read(row)));
}

const isNumber = ({ type }: Column): boolean =>
  typeof type === 'string' && /^(u?int|float|decimal)/.test(type);

/** A value as it stands in a table. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z')
      ? text.slice(0, -14)
      : text
          .slice(0, -1)
          .replace('T', ' ')
          .replace(/\.000$/, '');
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object')
    return shorten(
      JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)),
    );
  return shorten(String(value).replace(/[\r\n\t]/g, ' '));
}

const shorten = (text: string): string => {
  const characters = [...text];
  return characters.length > MOST_WIDE ? `${characters.slice(0, MOST_WIDE - 1).join('')}…` : text;
};

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROWEST = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many cells of a terminal a text takes: characters of East Asia and emoji two, marks on others none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += NARROWEST.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(width - widthOf(text));
  return right ? fill + text : text + fill;
}
