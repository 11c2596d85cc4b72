/** What a cluster tells of itself, as Dask's own client is told it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client, connect, EngineError, LocalCluster } from '../../../src/index.js';
import { folders } from '../../support/files.js';
import { describeWithDask, VERSIONS, type Version } from '../support/scheduler.js';

const folder = folders();
const wrong = (value: unknown): never => value as never;

/** What Python's client answers, as JSON. */
async function askPython(python: string, address: string, answer: string): Promise<unknown> {
  const code = `
import json, sys
from distributed import Client
with Client(sys.argv[1], set_as_default=False) as client:
    print(json.dumps(${answer}))
`;
  const { stdout } = await promisify(execFile)(python, ['-c', code, address]);
  return JSON.parse(stdout);
}

for (const version of [...VERSIONS, 'libraries'] as readonly Version[])
  await describeWithDask(
    `diagnostics of distributed ${version}`,
    (python) => {
      const hasBokeh = version === 'libraries';
      let cluster: LocalCluster;
      let client: Client;
      beforeAll(async () => {
        cluster = await LocalCluster({ workers: 1, pythonWorkers: 1, dask: python, dashboard: ':0' });
        client = new Client(await connect(cluster), { pure: false });
      });
      afterAll(async () => {
        await client?.engine.dispose();
        await cluster?.close();
      });

      test('logs of the scheduler and of workers', async () => {
        const [last] = await client.getSchedulerLogs({ n: 1 });
        expect(last).toEqual({ level: expect.stringMatching(/^[A-Z]+$/), message: expect.any(String) });
        const all = await client.getSchedulerLogs();
        expect(all.map(({ message }) => message).join('\n')).toContain(
          'Receive client connection: tilework-',
        );
        const workers = await client.workers();
        const node = workers.find(({ language }) => language === 'node')!;
        const logs = await client.getWorkerLogs();
        expect(new Set(logs.keys())).toEqual(new Set(workers.map(({ address }) => address)));
        expect(logs.get(node.address)).toContainEqual({
          level: 'INFO',
          message: expect.stringContaining(`${node.address} has joined ${cluster.address} with 1 threads`),
        });
        for (const called of [node.name, node.address])
          expect(await client.getWorkerLogs({ workers: [called], n: 1 })).toEqual(
            new Map([[node.address, logs.get(node.address)!.slice(0, 1)]]),
          );
        const asked = await askPython(python, cluster.address, 'client.get_worker_logs()');
        expect(Object.fromEntries(logs)).toEqual(
          Object.fromEntries(
            Object.entries(asked as Record<string, [string, string][]>).map(([address, lines]) => [
              address,
              lines.map(([level, message]) => ({ level, message })),
            ]),
          ),
        );
        await expect(client.getWorkerLogs({ workers: ['node-7'] })).rejects.toThrow(
          'no worker is called "node-7"',
        );
        await expect(client.getWorkerLogs({ workers: wrong('node-0') })).rejects.toThrow(
          'getWorkerLogs takes a list of names or addresses, not "node-0"',
        );
        await expect(client.getSchedulerLogs({ n: 0 })).rejects.toThrow('n is a whole number from 1, not 0');
        await expect(client.getSchedulerLogs(wrong(5))).rejects.toThrow(
          'takes options by name, { n }, not 5',
        );
      });

      test('the stream of tasks', async () => {
        await client.getTaskStream();
        const before = Date.now();
        const good = client.submit((n: number) => 'x'.repeat(n), 100);
        await good;
        const bad = client.submit(() => {
          throw new Error('no');
        });
        await bad.exception();
        const root = client.python('math:sqrt', [4]);
        expect(await root).toBe(2);
        const stream = await client.getTaskStream({ start: before - 60_000 });
        expect(stream.map(({ key, status, type }) => [key, status, type])).toEqual([
          [good.key, 'OK', 'string'],
          [bad.key, 'error', undefined],
          [root.key, 'OK', 'float'],
        ]);
        const [first] = stream;
        expect(first!.bytes).toBeGreaterThanOrEqual(100);
        const { name } = (await client.workers()).find(({ address }) => address === first!.worker)!;
        expect(name).toBe('node-0');
        expect(first!.spans.map(({ action }) => action)).toEqual(['compute']);
        // Milliseconds, of the same clock: it is one machine.
        expect(first!.spans[0]!.start).toBeGreaterThan(before - 60_000);
        expect(first!.spans[0]!.stop).toBeGreaterThan(first!.spans[0]!.start);
        expect(first!.spans[0]!.stop).toBeLessThan(Date.now() + 60_000);
        expect(await client.getTaskStream({ count: 1 })).toEqual(stream.slice(-1));
        expect(await client.getTaskStream({ start: new Date(Date.now() + 3_600_000) })).toEqual([]);
        const asked = await askPython(
          python,
          cluster.address,
          '[[t["key"], t["worker"], t["startstops"][0]["start"] * 1000] for t in client.get_task_stream(start=0)]',
        );
        expect(stream.map(({ key, worker, spans }) => [key, worker, spans[0]!.start])).toEqual(asked);
        await expect(client.getTaskStream({ start: Number.NaN })).rejects.toThrow(
          'start is a Date, or milliseconds since 1970, not NaN',
        );
        await expect(client.getTaskStream(wrong({ plot: true }))).rejects.toThrow(
          'there is no option "plot"',
        );
      });

      test('the link to the dashboard, where there is one', async () => {
        if (!hasBokeh) {
          expect([client.dashboardLink, cluster.dashboardLink]).toEqual([undefined, undefined]);
          return;
        }
        const link = client.dashboardLink!;
        expect(cluster.dashboardLink).toBe(link);
        expect(await askPython(python, cluster.address, 'client.dashboard_link')).toBe(link);
        const page = await fetch(link);
        expect([page.status, await page.text()]).toEqual([
          200,
          expect.stringMatching(/Bokeh.embed.embed_items/),
        ]);
      });

      test('reports of what was done meanwhile', async () => {
        const file = join(folder(), 'report.html');
        const work = async () => {
          const three = client.map((n: number) => n + 1, [1, 2, 3]);
          return (await client.gather(three)).filter((n) => n < 4 && n > 2);
        };
        if (!hasBokeh) {
          const failing = client.performanceReport(file, work);
          await expect(failing).rejects.toThrow(EngineError);
          await expect(failing).rejects.toThrow(/is made by the Python package bokeh, which is missing/);
          // The function's own error counts.
          const broken = () => Promise.reject(new RangeError('mine'));
          await expect(client.performanceReport(file, broken)).rejects.toThrow(new RangeError('mine'));
          expect(existsSync(file)).toBe(false);
          return;
        }
        await client.submit(() => 'before');
        expect(await client.performanceReport(file, work)).toEqual([3]);
        const text = readFileSync(file, 'utf8');
        expect(text).toContain('Dask Performance Report');
        expect(text).toMatch(/number of tasks: 3 /);
        // The code, as HTML within JSON.
        expect(text).toMatch(/filter\(\(n\) =&amp;gt; n &amp;lt; 4/);
        const other = join(folder(), 'other.html');
        const broken = async () => {
          await work();
          throw new RangeError('mine');
        };
        await expect(client.performanceReport(other, broken, { mode: 'inline' })).rejects.toThrow('mine');
        expect(readFileSync(other, 'utf8')).toMatch(/number of tasks: 3 /);
        expect(readFileSync(other, 'utf8')).not.toContain('https://cdn.bokeh.org');
      });
    },
    version,
  );
