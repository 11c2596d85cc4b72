/** Frames of more than the workers' memory. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { folders } from '../../support/files.js';
import { describeWithDask } from '../support/scheduler.js';

const folder = folders();

/** Of each of two workers; rows are of 56 bytes: three times what DuckDB may count in a worker, or, where TILEWORK_TEST_LARGE is set, eight times what both may hold. */
const LIMIT = 320 * 2 ** 20;
const ROWS = process.env.TILEWORK_TEST_LARGE ? 96_000_000 : 4_000_000;

await describeWithDask('on workers of little memory', (dask) => {
  test('groups, a join and a sort stay within it', async () => {
    const program = join(import.meta.dirname, 'programs/memory.mjs');
    const args = [program, dask, folder(), String(LIMIT), String(ROWS)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { peaks, times: _, ...found } = JSON.parse(stdout);
    expect(found).toEqual({
      made: ROWS,
      grouped: [{ groups: ROWS / 4, n: ROWS, size: (ROWS / 4) * 32 }],
      joined: [{ n: ROWS, same: ROWS }],
      sorted: ROWS,
      falls: 0,
    });
    for (const peak of Object.values(peaks as Record<string, number[]>).flat())
      expect(peak).toBeLessThan(LIMIT);
  }, 3_600_000);
});
