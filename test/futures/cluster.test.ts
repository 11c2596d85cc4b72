/** Delayed values and futures on a cluster: Dask's own scheduler and Node workers. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/cluster/client/index.js';
import { LocalCluster } from '../../src/cluster/local/index.js';
import { Client, type Engine, fromRows } from '../../src/index.js';
import { testBags } from '../bag/suite.js';
import { describeWithDask } from '../cluster/support/scheduler.js';
import { testArraysOfDelayed } from '../delayed/arrays-suite.js';
import { testDelayed } from '../delayed/suite.js';
import { testCoordination } from './coordination-suite.js';
import { testTasksThatSubmit } from './in-tasks-suite.js';
import { testFutures } from './suite.js';
import { testUploads } from './upload-suite.js';

await describeWithDask('on a cluster', (python) => {
  const start = async (): Promise<Engine> => {
    const cluster = await LocalCluster({ workers: 2, dask: python });
    const engine = await connect(cluster.address);
    engine.onDispose(() => void cluster.close());
    return engine;
  };
  describe('delayed values', () => testDelayed(start, 1_000));
  describe('bags', () => testBags(start));
  describe('futures', () => testFutures(start, 500));
  it('waits for a worker that offers what a call needs', async () => {
    const engine = await start();
    const client = new Client(engine);
    const waits = client.with({ resources: { GPU: 1 } }).submit((n: number) => n, 1);
    // Who asks for no GPU waits for none, though the call is the same.
    const free = client.submit((n: number) => n, 1);
    expect(free.key).not.toBe(waits.key);
    expect(await free.result({ timeout: 60_000 })).toBe(1);
    expect(client.with({ resources: { GPU: 1 } }).submit((n: number) => n, 1).key).toBe(waits.key);
    expect(await client.with({ priority: 100, retries: 1 }).submit((n: number) => n, 2)).toBe(2);
    expect(waits.status).toBe('pending');
    waits.cancel();
    await engine.dispose();
  });
  it("tells functions of modules apart by their text, also another program's", async () => {
    const engine = await start();
    const client = new Client(engine);
    const directory = mkdtempSync(join(tmpdir(), 'tilework-text-'));
    const module = pathToFileURL(join(directory, 'module.mjs')).href;
    const write = (text: string) =>
      writeFileSync(join(directory, 'inner.mjs'), `export const of = () => ${text};`);
    writeFileSync(join(directory, 'module.mjs'), "export { of } from './inner.mjs';");
    write("'old'");
    const held = client.submit<string>({ module, name: 'of' });
    expect(await held).toBe('old');
    write("'new'");
    const program = `
      import { Client, connect } from ${JSON.stringify(new URL('../../dist/esm/index.js', import.meta.url).href)};
      const engine = await connect(process.argv[1]);
      const future = new Client(engine).submit({ module: process.argv[2], name: 'of' });
      console.log(await future, future.key);
      await engine.dispose();`;
    const { address } = engine as Awaited<ReturnType<typeof connect>>;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, address, module]);
    expect(stdout).toMatch(/^new of-/);
    expect(stdout).not.toContain(held.key);
    rmSync(directory, { recursive: true });
    await engine.dispose();
  });
  describe('arrays of delayed values', () => testArraysOfDelayed(start));
  describe('what is shared by names', () => testCoordination(start));
  describe('of a cluster', () => {
    let cluster: Awaited<ReturnType<typeof LocalCluster>>;
    let client: Client;
    beforeAll(async () => {
      cluster = await LocalCluster({ workers: 2, dask: python });
      client = new Client(await connect(cluster.address, { timeout: Number.POSITIVE_INFINITY }));
    });
    afterAll(async () => {
      await client?.engine.dispose();
      await cluster?.close();
    });
    const pid = () => process.pid;

    it('tells of its workers, and waits for them', async () => {
      const workers = await client.waitForWorkers(2, { timeout: 60_000 });
      expect(workers.map(({ name }) => name).sort()).toEqual(['node-0', 'node-1']);
      expect(workers[0]).toMatchObject({ language: 'node', threads: 1, resources: {} });
      expect(workers[0]!.address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
      expect(workers[0]!.memoryLimit).toBeGreaterThan(0);
      await expect(client.waitForWorkers(3, { timeout: 10 })).rejects.toMatchObject({ name: 'TimeoutError' });
      await expect(client.waitForWorkers(Number.NaN)).rejects.toThrow(/whole number of workers, not NaN/);
      await expect(client.restart({ timeout: Number.NaN })).rejects.toThrow(/milliseconds from 0, not NaN/);
    });

    it('runs calls on the workers that are chosen', async () => {
      const pids = await client.run(pid);
      expect(new Set(pids.values()).size).toBe(2);
      const impure = client.with({ pure: false });
      for (const { name, address } of await client.workers())
        for (const workers of [[name], [address]]) {
          const calls = impure.with({ workers }).map((_: number) => process.pid, [1, 2, 3]);
          expect(new Set(await client.gather(calls))).toEqual(new Set([pids.get(address)]));
        }
      expect((await client.with({ workers: ['node-1'] }).run((n: number) => n, 5)).size).toBe(1);
      const nowhere = impure.with({ workers: ['tcp://127.0.0.1:1'] });
      const waits = nowhere.submit(pid);
      expect([...pids.values()]).toContain(await nowhere.with({ allowOtherWorkers: true }).submit(pid));
      expect(waits.status).toBe('pending');
      waits.cancel();
      await expect(client.with({ workers: [] }).submit(pid)).rejects.toThrow(/workers are a list of names/);
      for (const amount of [Number.NaN, -1, 'one'] as number[])
        await expect(client.with({ resources: { GPU: amount } }).submit(pid)).rejects.toThrow(
          `amounts from 0 by name, such as { GPU: 1 }, not "GPU": ${amount}`,
        );
    });

    it('gives up a result of a queue when it was taken, also where a get before was called off', async () => {
      const engine = client.engine;
      const name = 'called-off';
      const queue = client.queue<number>(name);
      const stop = new AbortController();
      const get = { do: 'queue-get', name, most: 0, timeout: undefined } as const;
      const off = engine.coordinate!(get, stop.signal);
      // The scheduler waits with it: it has the queue by then.
      expect(await queue.size()).toBe(0);
      stop.abort(new Error('called off'));
      await expect(off).rejects.toThrow('called off');
      const future = client.submit((n: number) => 2 * n, 21);
      await queue.put(future);
      expect(await queue.get()).toBe(42);
      future.release();
      const held = async () => [...(await client.hasWhat()).values()].flat();
      await expect.poll(held).not.toContain(future.key);
    });

    it('starts anew: workers are others, futures of before are lost, uploads are there', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'tilework-restart-'));
      writeFileSync(join(directory, 'again.mjs'), 'export const again = (n) => n + 1;');
      await client.upload(join(directory, 'again.mjs'));
      rmSync(directory, { recursive: true });
      const before = await client.run(pid);
      const future = client.submit((n: number) => n + 1, 1);
      await future;
      const pending = client.submit(() => new Promise<number>(() => {}));
      const held = await fromRows([{ x: 1 }]).persist({ engine: client.engine });
      const everywhere = client.scatter([1, 2]);
      await client.replicate(everywhere);
      expect((await client.whoHas(everywhere)).get(everywhere.key)).toHaveLength(2);
      const busy = async () => [...(await client.processing()).values()].flat();
      await expect.poll(busy).toEqual([pending.key]);
      await client.restart();
      expect(future.status).toBe('lost');
      expect(await future.exception()).toMatchObject({ name: 'LostError', key: future.key });
      await expect(future.result()).rejects.toThrow(
        /is lost: the engine that held it has ended, or was restarted/,
      );
      await expect(pending.result()).rejects.toThrow(/the cluster was restarted.*submit it again/);
      await expect(held.rows()).rejects.toThrow(
        /is lost, since it or its scheduler was restarted: persist it/,
      );
      await client.waitForWorkers(2, { timeout: 60_000 });
      const after = await client.run(pid);
      expect([...after.values()].filter((id) => [...before.values()].includes(id))).toEqual([]);
      expect(await client.submit<number>({ module: 'again.mjs', name: 'again' }, 1)).toBe(2);
    });

    it('gives back the leases of a program that leaves', async () => {
      const other = new Client(await connect(cluster.address));
      await other.lock('left behind').acquire();
      await other.semaphore('left as well', 2).acquire();
      await other.engine.dispose();
      // At once, not when the scheduler misses them half a minute later.
      const soon = { timeout: 20_000 };
      await (await client.lock('left behind').acquire(soon)).release();
      const both = client.semaphore('left as well', 2);
      const leases = await Promise.all([both.acquire(soon), both.acquire(soon)]);
      await Promise.all(leases.map((lease) => lease.release()));
    });

    it('has workers leave, when others have what they hold', async () => {
      const own = await LocalCluster({ workers: 2, dask: python });
      const one = new Client(await connect(own.address));
      const held = one.with({ workers: ['node-1'], pure: false }).submit(() => [1, 2]);
      await held;
      await expect(one.retireWorkers(['node-7'])).rejects.toThrow(
        /called "node-7"; there is node-\d, node-\d$/,
      );
      await expect(one.retireWorkers('node-1' as never)).rejects.toThrow(
        /takes a list of names or addresses/,
      );
      await one.retireWorkers([]);
      await one.retireWorkers(['node-1']);
      expect((await one.workers()).map(({ name }) => name)).toEqual(['node-0']);
      expect(await held).toEqual([1, 2]);
      await expect.poll(() => own.workers).toEqual(['node-0']);
      // It is nowhere else, and nothing is left to take it.
      await expect(one.retireWorkers(['node-0'])).rejects.toThrow(
        /not retired: node-0; no other worker can take/,
      );
      expect(await held).toEqual([1, 2]);
      await one.engine.dispose();
      await own.close();
    });

    it('shares variables, queues, events and locks with programs in Python', async () => {
      await client.variable('of-node').set({ list: [1, 'two', null], nested: { yes: true } });
      const lease = await client.lock('shared').acquire();
      const code = `
import sys
from distributed import Client, Event, Lock, Queue, Variable
with Client(sys.argv[1]) as client:
    value = Variable("of-node").get(timeout=60)
    assert [*value["list"]] == [1, "two", None] and value["nested"] == {"yes": True}, value
    assert not Lock("shared").acquire(timeout=0.05)
    queue = Queue("numbers")
    for n in range(3):
        queue.put(n)
    Variable("of-python").set([1.5, "text"])
    Event("python-waits").set()
    assert Lock("shared").acquire(timeout=60)
    Event("node-is-done").wait(60)
`;
      const program = promisify(execFile)(python, ['-c', code, cluster.address]);
      await Promise.race([client.event('python-waits').wait({ timeout: 60_000 }), program]);
      expect(await client.variable('of-python').get()).toEqual([1.5, 'text']);
      const queue = client.queue<number>('numbers');
      expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([0, 1, 2]);
      await lease.release();
      await client.event('node-is-done').set();
      await program;
    });
  });
  describe('uploads', () => testUploads(start));
  it('has workers that join later import what was uploaded', async () => {
    const cluster = await LocalCluster({ workers: 1, dask: python });
    const client = new Client(await connect(cluster.address));
    const directory = mkdtempSync(join(tmpdir(), 'tilework-upload-'));
    writeFileSync(join(directory, 'where.mjs'), 'export const where = () => process.pid;');
    await client.upload(join(directory, 'where.mjs'));
    rmSync(directory, { recursive: true });
    const at = { module: 'where.mjs', name: 'where' };
    const first = await client.submit<number>(at);
    await cluster.scale(2);
    const file = 'where.mjs';
    const later = async (_: number) => {
      const { where } = await import(file);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return where() as number;
    };
    const impure = client.with({ pure: false, captured: { file } });
    const pids = await client.gather(impure.map(later, [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(new Set(pids)).toContain(first);
    expect(new Set(pids).size).toBe(2);
    // Also when the one that had it first is gone.
    process.kill(first, 'SIGKILL');
    expect(await client.with({ pure: false }).submit<number>(at)).not.toBe(first);
    await client.engine.dispose();
    await cluster.close();
  });
  describe('tasks that submit tasks', () => testTasksThatSubmit(start));
});
