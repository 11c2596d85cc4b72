/** Rows drawn by chance: what is promised of them, whichever they are. */
import { describe, expect, test } from 'vitest';
import { fromColumns } from '../../src/index.js';

const ROWS = 10_000;
const frame = fromColumns({ i: Int32Array.from({ length: ROWS }, (_, i) => i) });

describe.each([{}, { partitions: 3 }])('so many rows, with %o', (options) => {
  const drawn = async (n: number, seed?: number): Promise<readonly number[]> => {
    const rows = await frame.sample({ n, ...(seed !== undefined && { seed }) }).rows(options);
    return rows.map(({ i }) => Number(i));
  };

  test('are as many as asked for, each once and in their order', async () => {
    for (const n of [0, 1, 500, ROWS - 1, ROWS]) {
      const rows = await drawn(n, 3);
      expect(rows.length).toBe(n);
      expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
      expect(rows.every((i) => i >= 0 && i < ROWS)).toBe(true);
    }
    expect((await drawn(ROWS + 1)).length).toBe(ROWS);
  });

  test('are the same of a seed, and others of another', async () => {
    expect(await drawn(100, 5)).toEqual(await drawn(100, 5));
    expect(await drawn(100)).toEqual(await drawn(100, 0));
    const [one, other] = [new Set(await drawn(1000, 5)), await drawn(1000, 6)];
    // 100 are in both by chance; of 200 a sample of no relation has less than 1 in 10^20.
    expect(other.filter((i) => one.has(i)).length).toBeLessThan(200);
  });

  test('come from everywhere alike', async () => {
    const counts = new Array(10).fill(0);
    for (let seed = 0; seed < 5; seed++)
      for (const i of await drawn(1000, seed)) counts[Math.floor(i / 1000)]++;
    // 500 in each of ten parts, with a deviation of some 20.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(100);
  });
});
