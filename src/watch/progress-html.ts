import { escapeXml } from './visualize-label.js';

/** Where a notebook's kernel says how HTML is shown: it returns what shows other HTML in its place. */
const SHOW = Symbol.for('tilework.kernel.show');
type Show = (html: string) => (html: string) => void;

/** How HTML is shown, in a notebook; elsewhere undefined. */
export const notebookShow = (): Show | undefined => Reflect.get(globalThis, SHOW) as Show | undefined;

/** The state of a run as a bar, and beside it the words of the one in terminals. */
export function progressHtml(done: number, total: number, label: string, words: readonly string[]): string {
  const bar = `<progress value="${done}" max="${Math.max(1, total)}"></progress>`;
  return `<div class="tilework-progress">${escapeXml(label)}${bar} ${done}/${total} tasks | ${words.map(escapeXml).join(' | ')}</div>`;
}
