/** Functions that tests send by their module, with what it imports. */
import { lastPart } from './legacy.cjs';
import { OFFSET } from './offsets.ts';

export const shifted = (n) => n + OFFSET;
export const shiftedBlock = ({ data }, { out }) => {
  for (let i = 0; i < data.length; i++) out.data[i] = data[i] + OFFSET;
};
export const position = (i, j) => OFFSET * i + j;
export const fileOf = (path) => lastPart(path);
/** What there is of its own file, and of tilework, where it runs. */
export async function where() {
  const tilework = await import('tilework');
  return { url: import.meta.url, has: typeof tilework.arange };
}
export const shiftedRow = ({ id }) => ({ shifted: id + OFFSET, file: lastPart(import.meta.url) });
export const shiftedColumns = ({ columns }) => ({ shifted: columns.id.values.map((n) => n + OFFSET) });
export const fail = (n) => {
  throw new RangeError(`no ${n}`);
};
export default (a, b) => a * b;
