/** Futures on a real scheduler with real Node workers. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { RpcPool } from '../../../src/cluster/comm/index.js';
import { TaskError } from '../../../src/engine/errors.js';
import { Client, type Future, LostError } from '../../../src/futures/index.js';
import * as tw from '../../../src/index.js';
import { arange, type Delayed, delayed, type TileArray } from '../../../src/index.js';
import {
  describeWithDask,
  KEEPING_COPIES,
  OWN_HOST,
  type Process,
  startScheduler,
} from '../support/scheduler.js';
import { startWorker } from '../worker/support/process.js';

const { getClient } = tw;

await describeWithDask('futures on a cluster', (python) => {
  let scheduler: Process;
  let engine: ClusterEngine;
  beforeAll(async () => {
    scheduler = await startScheduler(python, { config: KEEPING_COPIES });
    engine = await connect(scheduler.address);
    return () => engine.dispose();
  });
  beforeEach(async () => {
    await startWorker(scheduler.address);
  });

  test('give results, also of each other, and the errors of users', async () => {
    const client = new Client(engine);
    const squares = Array.from({ length: 20 }, (_, i) => client.submit((n: number) => n * n, i));
    const total = client.submit((list: number[]) => list.reduce((a, b) => a + b, 0), squares);
    expect(await total).toBe(2470);
    const odd = client.submit((m: Map<string, bigint>) => new Set([m.get('a')]), new Map([['a', 5n]]));
    expect(await odd.result()).toEqual(new Set([5n]));
    const bad = client.submit((text: string) => JSON.parse(text), '[1, 2');
    const error = (await bad.exception()) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  test('fail in the order in which one follows from another, however late answers come', async () => {
    const { call } = RpcPool.prototype;
    let late = 100;
    const calls = vi.spyOn(RpcPool.prototype, 'call').mockImplementation(async function (
      this: RpcPool,
      ...args
    ) {
      const answer = await call.apply(this, args);
      if (args[1] !== 'tilework_errors') return answer;
      // Each answer comes sooner than the one before.
      late /= 2;
      await sleep(late);
      return answer;
    });
    onTestFinished(() => calls.mockRestore());
    const client = new Client(engine);
    const fails = (text: string): number => {
      throw new Error(text);
    };
    const futures = [client.submit(fails, 'in order')];
    for (let i = 0; i < 600; i++) futures.push(client.submit((n: number) => n + 1, futures[i]!));
    const order: number[] = [];
    await Promise.all(futures.map((future, i) => future.exception().then(() => order.push(i))));
    expect(order).toEqual(futures.map((_, i) => i));
    expect(calls.mock.calls.filter(([, op]) => op === 'tilework_errors').length).toBeLessThan(100);
  });

  test('that one program publishes another has, when the first has ended; Python sees the names', async () => {
    const first = await connect(scheduler.address);
    const publisher = new Client(first);
    const held = await arange(10, { chunks: 3 }).add(1).persist({ engine: first });
    const twice = await publisher.persist([delayed((n: number) => 2 * n)(21)]);
    const table = publisher.scatter(Float64Array.of(1, 2, 3));
    const square = publisher.submit((n: number) => n * n, 12);
    const when = new Date(0);
    await publisher.publish('things', { held, twice, list: [table, square], when, n: 7n });
    await publisher.publish(
      'number',
      publisher.submit((n: number) => n + 1, 1),
    );
    await publisher.publish('empty', []);
    await expect(publisher.publish('empty', 1)).rejects.toThrow(/"empty" is published already; unpublish it/);
    await expect(publisher.publish('x', arange(3))).rejects.toThrow(/is not computed yet: persist it/);
    await expect(
      publisher.publish(
        'x',
        publisher.with({ where: 'main' }).submit(() => 1),
      ),
    ).rejects.toThrow(/lies in this process/);
    await expect(publisher.publish('x', { f: () => 1 })).rejects.toThrow(TypeError);
    await first.dispose();

    const client = new Client(engine);
    const seen = `from distributed import Client
with Client(${JSON.stringify(scheduler.address)}) as client:
    print(client.list_datasets())
    client.publish_dataset([1, 2], name="ofpython")
    client.unpublish_dataset("empty")`;
    expect(execFileSync(python, ['-c', seen], { encoding: 'utf8' })).toBe("('empty', 'number', 'things')\n");
    expect(await client.listDatasets()).toEqual(['number', 'ofpython', 'things']);
    await expect(client.getDataset('ofpython')).rejects.toThrow(/published by a program in Python/);
    expect(await client.getDataset('number')).toBe(2);
    {
      const things = await client.getDataset<{
        held: TileArray;
        twice: Delayed<number>[];
        list: [Future<Float64Array>, Future<number>];
      }>('things');
      expect(things).toMatchObject({ when, n: 7n });
      expect(await things.held.sum().compute({ engine })).toBe(55);
      expect(await things.twice[0]!.compute({ engine })).toBe(42);
      expect(await things.list[0]).toEqual(Float64Array.of(1, 2, 3));
      expect(await client.submit((n: number) => n + 1, things.list[1])).toBe(145);
      // Who has it keeps it, also without the name.
      await client.unpublish('things');
      expect(await things.list[1]).toBe(144);
      await expect(client.getDataset('things')).rejects.toThrow(/nothing is published as "things"; there is/);
      expect(things.held.shape).toEqual([10]);
    }
    for (const name of await client.listDatasets()) await client.unpublish(name);
    expect(await client.listDatasets()).toEqual([]);
  });

  test('are values of variables and queues, for as long as they are that', async () => {
    const first = await connect(scheduler.address);
    const giver = new Client(first);
    const square = giver.submit((n: number) => n * n, 77);
    const bad = giver.submit((text: string) => JSON.parse(text), '{');
    await giver.variable<number>('square').set(square);
    await giver.queue<number>('squares').put(square);
    await giver.queue<number>('squares').put(1);
    await giver.queue('squares').put(bad);
    const here = giver.with({ where: 'main' }).submit(() => 1);
    await expect(giver.variable('x').set(here)).rejects.toThrow(/cannot be a value of "x"/);
    await expect(new Client(engine).variable('x').set(square)).rejects.toThrow(
      /only a cluster holds results/,
    );
    const { key } = square;
    await first.dispose();

    const client = new Client(engine);
    const variable = client.variable<number>('square');
    const queue = client.queue<number>('squares');
    expect(await variable.get()).toBe(5929);
    const tasks = client.with({ captured: { getClient }, pure: false });
    await expect(tasks.submit(() => getClient().variable('square').get()).result()).rejects.toThrow(
      /"square" holds a future, which programs read/,
    );
    expect(await queue.get()).toBe(5929);
    expect(await queue.get()).toBe(1);
    await expect(queue.get()).rejects.toThrow(TaskError);
    expect(await variable.get()).toBe(5929);
    await variable.set(0);
    const pool = new RpcPool();
    const known = async (): Promise<unknown> =>
      ((await pool.call(scheduler.address, 'get_task_status', { keys: [key] })) as Record<string, unknown>)[
        key
      ];
    await expect.poll(known).toBeNull();
    pool.close();
  });

  test('are where the cluster says, and elsewhere when that is wanted', async () => {
    const { address } = await startWorker(scheduler.address);
    const client = new Client(engine);
    await client.waitForWorkers(2);
    const future = client.with({ workers: [address] }).submit((n: number) => n * n, 1234);
    await future;
    expect(await client.whoHas(future)).toEqual(new Map([[future.key, [address]]]));
    expect((await client.hasWhat()).get(address)).toContain(future.key);
    await client.replicate([future]);
    expect((await client.whoHas([future])).get(future.key)).toHaveLength(2);
    await client.rebalance();
    await expect(client.replicate(future, 0)).rejects.toThrow(RangeError);
    await client.replicate(future, 1);
    expect((await client.whoHas([future])).get(future.key)).toHaveLength(1);
  });

  test('of another program are lost with the scheduler, and say so', async () => {
    const first = await startScheduler(python, { host: OWN_HOST });
    await startWorker(first.address);
    await using other = await connect(first.address);
    await using holder = await connect(first.address);
    const squares = new Client(other);
    await squares.publish('squares', { list: squares.map((n: number) => n * n, [3, 4]) });
    const { list } = await new Client(holder).getDataset<{ list: Future<number>[] }>('squares');
    expect(await list[0]).toBe(9);
    // As long as it runs it may have a scheduler that starts again compute them again.
    await other.dispose();
    await first.kill();
    await startScheduler(python, { host: OWN_HOST, port: Number(first.address.split(':').at(-1)) });
    await expect.poll(() => list[1]!.status).toBe('lost');
    await expect(list[1]!.result()).rejects.toThrow(LostError);
    expect(await new Client(holder).listDatasets()).toEqual([]);
  });
});
