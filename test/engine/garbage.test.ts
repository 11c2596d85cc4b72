import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a task that does not fit beside garbage waits until that is collected', () => {
  const program = join(import.meta.dirname, 'programs', 'garbage.mjs');
  expect(execFileSync(process.execPath, [program], { encoding: 'utf8' })).toBe('42000000\n');
});
