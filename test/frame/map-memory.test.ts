import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LIMIT = 640 * 2 ** 20;

test('ten million rows go through functions, aggregates and arrays within a memory limit', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-map-memory-'));
  try {
    const program = join(import.meta.dirname, 'programs', 'map-memory.mjs');
    const child = spawn(process.execPath, [program, directory, String(LIMIT)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(0);
    const { found, sums, peak } = JSON.parse(text) as { found: unknown; sums: number[]; peak: number };
    expect(found).toEqual([{ n: 10_000_000, groups: 1000, half: 24_999_997_500_000 }]);
    expect(sums).toEqual([49_999_995_000_000, 24_999_997_500_000]);
    expect(peak).toBeLessThan(LIMIT);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 600_000);
