/** The scheduler's module by itself: its Python tests, on each version of distributed. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import type { Task } from '../../../src/graph/task.js';
import { describeWithDask, PRELOAD, startScheduler, VERSIONS } from '../support/scheduler.js';
import { type TestOps, TestWorker } from '../support/worker.js';

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

      test('has the tasks that read one of a frame run on all workers, whoever holds that', async () => {
        const scheduler = await startScheduler(python);
        const ops: TestOps = { rows: () => 1 };
        const alone = { nthreads: 1 };
        const workers = [
          await TestWorker.start(scheduler.address, ops, alone),
          await TestWorker.start(scheduler.address, ops, alone),
        ];
        await using engine = await connect(scheduler.address);
        // Of one group, by what names begin with: as fragments are.
        const first: Task = { key: 'frame/rows-8', op: 'rows', inputs: [], params: 0 };
        const readers = Array.from(
          { length: 8 },
          (_, i): Task => ({ key: `frame/rows-${i}`, op: 'rows', inputs: [first.key], params: i }),
        );
        const keys = readers.map(({ key }) => key);
        await engine.run(new Map([first, ...readers].map((task) => [task.key, task])), keys);
        expect(workers.map(({ ran }) => ran.filter((key) => key !== first.key).length)).toEqual([4, 4]);
      });

      test('comes to a scheduler that was started without it, where a client may inject it', async () => {
        const scheduler = await startScheduler(python, { preload: false });
        await expect(connect(scheduler.address)).rejects.toThrow('or connect with { inject: true }');
        const ops: TestOps = { twice: (_, { params }) => 2 * (params as number) };
        await TestWorker.start(scheduler.address, ops);
        const task: Task = { key: 'x', op: 'twice', inputs: [], params: 21 };
        for (let again = 0; again < 2; again++) {
          await using engine = await connect(scheduler.address, { inject: true });
          using results = await engine.run(new Map([['x', task]]), ['x']);
          expect(results.get('x')).toEqual({ value: 42 });
        }
        expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
      });
    },
    version,
  );
