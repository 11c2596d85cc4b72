import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** An array of 640 MB, and a sort of 120 MB, have no room in it together. */
const LIMIT = 640e6;

test.each([[[]], [['6']]])(
  'an array and a frame are computed at the same time within one memory limit %j',
  async (partitions) => {
    const directory = mkdtempSync(join(tmpdir(), 'tilework-together-'));
    try {
      const program = join(import.meta.dirname, 'programs', 'together.mjs');
      const { stdout } = await promisify(execFile)(process.execPath, [
        program,
        directory,
        String(LIMIT),
        ...partitions,
      ]);
      const { together, alone, rows, peak } = JSON.parse(stdout);
      expect(together).toEqual(alone);
      expect(together[1]).toMatchObject({ n: rows, falls: 0 });
      expect(peak).toBeLessThan(LIMIT);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
  300_000,
);
