/** Tasks that submit tasks, as clients of the cluster, on a real scheduler. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { RpcPool } from '../../../src/cluster/comm/index.js';
import * as futures from '../../../src/futures/index.js';
import { folders } from '../../support/files.js';
import { describeWithDask, type Process, startScheduler } from '../support/scheduler.js';
import { startWorker } from './support/process.js';

const folder = folders();

// By these names they are captured.
const { Client, getClient } = futures;

// The oldest is told in another way that a task waits.
for (const version of ['newest', '2024.12.1'] as const)
  await describeWithDask(
    `Tasks that submit tasks, distributed ${version}`,
    (python) => {
      let scheduler: Process;
      let engine: ClusterEngine;
      const pool = new RpcPool();
      beforeAll(async () => {
        scheduler = await startScheduler(python);
        engine = await connect(scheduler.address);
        return async () => {
          await engine.dispose();
          expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
        };
      });
      afterAll(() => pool.close());
      const processing = async (): Promise<string[]> => {
        const found = (await pool.call(scheduler.address, 'processing')) as Record<string, string[]>;
        return Object.values(found).flat();
      };

      test('spread them over all workers, and hold no thread meanwhile', async () => {
        const workers = await Promise.all([startWorker(scheduler.address), startWorker(scheduler.address)]);
        const path = folder();
        const client = new Client(engine, { captured: { getClient, path }, pure: false });
        const parent = async (): Promise<number[]> => {
          const own = getClient().with({ captured: { path }, pure: false });
          // The first ones last until each worker has one.
          const busy = (i: number): number => {
            const { readdirSync, writeFileSync } = process.getBuiltinModule('node:fs');
            writeFileSync(`${path}/${process.pid}`, '');
            const end = Date.now() + 30 + 0 * i;
            while (Date.now() < end || readdirSync(path).length < 2)
              Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
            return process.pid;
          };
          return own.gather(own.map(busy, [0, 1, 2, 3]));
        };
        // More than there are threads: all would wait for each other if they kept theirs.
        const parents = [0, 1, 2, 3].map(() => client.submit(parent));
        const seen = await client.gather(parents);
        client.cancel(parents);
        expect(seen.map((pids) => pids.length)).toEqual([4, 4, 4, 4]);
        expect(new Set(seen.flat())).toEqual(new Set(workers.map(({ child }) => child.pid)));
      });

      test('what they wait for is cancelled with them', async () => {
        await startWorker(scheduler.address);
        const client = new Client(engine, { captured: { getClient }, pure: false });
        const waiting = client.submit(async () => {
          const own = getClient().with({ name: 'endless', pure: false });
          return await own.submit(() => new Promise(() => {}));
        });
        await expect.poll(processing).toContainEqual(expect.stringMatching(/^endless/));
        waiting.cancel();
        await expect.poll(processing).toEqual([]);
      });
    },
    version,
  );
