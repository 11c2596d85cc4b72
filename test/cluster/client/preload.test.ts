/** The scheduler's module by itself: its Python tests, on each version of distributed. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeWithDask, PRELOAD, VERSIONS } from '../support/scheduler.js';

for (const version of VERSIONS)
  await describeWithDask(
    `tilework_scheduler on distributed ${version}`,
    (python) => {
      test('passes its own tests', async () => {
        const run = promisify(execFile)(python, ['-B', '-m', 'unittest', '-v', 'test_tilework_scheduler'], {
          cwd: dirname(PRELOAD),
        });
        expect((await run).stderr).toMatch(/Ran \d\d* tests[\s\S]*OK/);
      });
    },
    version,
  );
