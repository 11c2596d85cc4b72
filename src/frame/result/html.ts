import { typeText } from '../column-type.js';
import type { Batch } from './column.js';
import { cellsOf } from './text.js';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Rows as an HTML table, for notebooks. */
export function tableHtml(batch: Batch, more: boolean): string {
  const heads = batch.columns.map(
    ({ name, type }) => `<th>${escaped(name)}<br><small>${escaped(typeText(type))}</small></th>`,
  );
  const columns = batch.columns.map((column) => cellsOf(column, batch.rows));
  const rows = Array.from({ length: batch.rows }, (_, row) => {
    const cells = columns.map((texts) => `<td>${escaped(texts[row]!)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const rest = more ? `<tr><td colspan="${batch.columns.length}">…</td></tr>` : '';
  return `<table class="tilework-frame"><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}${rest}</tbody></table>`;
}
