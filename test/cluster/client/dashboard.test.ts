/** Dask's dashboard and a Python client, of a cluster whose tasks Node workers run: pages as bokeh serves them, tables over its websocket. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src/cluster/client/index.js';
import { arange, persist } from '../../../src/index.js';
import { callTask, graphOf, rejection } from '../../engine/support/graphs.js';
import { folders } from '../../support/files.js';
import { describeWithDask, startPythonWorker, startScheduler } from '../support/scheduler.js';
import { sumBelow, sumTree } from '../worker/support/graphs.js';
import { startWorker } from '../worker/support/process.js';

const folder = folders();

await describeWithDask(
  'The dashboard',
  (python) => {
    test('shows what Node workers did and do, beside Python workers, whose work goes on', async () => {
      const scheduler = await startScheduler(python, { dashboard: true });
      const dashboard = /dashboard at:\s+(\S+)\/status/.exec(scheduler.log())![1]!;
      const script = join(import.meta.dirname, 'dashboard.py');
      const visitor = spawn(python, ['-B', script, scheduler.address, dashboard], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      onTestFinished(() => void visitor.kill('SIGKILL'));
      const lines = createInterface({ input: visitor.stdout })[Symbol.asyncIterator]();
      const [node] = await Promise.all([
        startWorker(scheduler.address, ['--nthreads', '2']),
        startWorker(scheduler.address, ['--nthreads', '2']),
      ]);
      const other = await startPythonWorker(python, scheduler.address);
      await using engine = await connect(scheduler.address);
      expect((await lines.next()).value).toBe('watching');
      const [held] = await persist([arange(6, { chunks: 3 }).add(1)], { engine });
      // Leaves of which each thread has one: the first ones wait for each other.
      const leaf = `(i, path) => {
        const { readdirSync, writeFileSync } = process.getBuiltinModule('node:fs');
        writeFileSync(path + '/' + i, '');
        while (readdirSync(path).length < 4);
        const end = Date.now() + 20;
        while (Date.now() < end);
        return i;
      }`;
      const leaves = folder();
      const tasks = [...sumTree('tree', 32).values()].map((task) => {
        const [, i] = /^tree-leaf-(\d+)$/.exec(task.key) ?? [];
        return i === undefined ? task : callTask(task.key, leaf, [Number(i), leaves]);
      });
      await engine.persist(graphOf(...tasks), ['tree-root']);
      const abort = new AbortController();
      const begun = folder();
      const source = `(i, path) => {
        process.getBuiltinModule('node:fs').writeFileSync(path + '/' + i, '');
        return new Promise(() => {});
      }`;
      const endless = [0, 1].map((i) => callTask(`endless-${i}`, source, [i, begun]));
      const keys = endless.map(({ key }) => key);
      const running = rejection(engine.run(graphOf(...endless), keys, { signal: abort.signal }));
      await expect.poll(() => readdirSync(begun).length).toBe(2);
      visitor.stdin.write('look\n');
      const seen = JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
      abort.abort(new Error('enough'));
      expect(await running).toMatchObject({ message: 'enough' });
      expect(await held.sum().compute({ engine })).toBe(21);
      expect(seen).toEqual({
        total: 2470,
        python_workers: [other.address],
        blocks: [1, 2, 3, 4, 5, 6],
        value: sumBelow(32),
        processing: keys,
        stream: {
          keys: 63,
          statuses: ['OK'],
          typenames: ['number'],
          actions: ['compute', 'transfer'],
          positive: true,
          rows: 4,
        },
        drawn: {
          names: ['tree-add', 'tree-leaf', 'tree-root'],
          transfers: true,
          keys: 63,
          leaves_last: true,
          rows: 4,
        },
        running: 2,
        counts: expect.objectContaining({ workers: 3, cores: 5, processing: 2, erred: 0 }),
        workers: [expect.stringMatching(/^tcp:/)],
        worker: true,
        task: true,
        logs: true,
        call_stack: true,
        status: true,
      });
      expect(node.log()).not.toMatch(/WARNING|ERROR/);
      // A client that leaves may be about to be told something.
      const told =
        /^.*Batched Comm Closed <TCP \(closed\) Scheduler->Client .*\nTraceback[\s\S]*?^\S*CommClosedError.*$/gm;
      expect(scheduler.log().replace(told, '')).not.toMatch(/AssertionError|CRITICAL|Traceback/);
    });
  },
  'libraries',
);
