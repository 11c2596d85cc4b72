/** What a program does with frames that a cluster computes: every way to have their rows, and to write them. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test, vi } from 'vitest';
import { connect } from '../../../src/cluster/index.js';
import { localEngine } from '../../../src/engine/default.js';
import { Database } from '../../../src/frame/duck/database.js';
import {
  col,
  count,
  type DataFrame,
  fromArray,
  fromColumns,
  type PersistedFrame,
  readCsv,
  readJson,
  readParquet,
  when,
} from '../../../src/frame/index.js';
import { arange, Client, type NDArray, random, useEngine } from '../../../src/index.js';
import { testFrameFromDelayed } from '../../frame/delayed-suite.js';
import { computePartitionsBy, expectSame } from '../../frame/partitions/compare.js';
import { testPersisted } from '../../frame/persist-suite.js';
import { folders, listing } from '../../support/files.js';
import { describeWithDask } from '../support/scheduler.js';
import { clusterOf } from './cluster.js';

const folder = folders();

const ROWS = 20_000;
const frame = fromColumns({
  id: Int32Array.from({ length: ROWS }, (_, i) => i),
  key: Int32Array.from({ length: ROWS }, (_, i) => i % 17),
  text: Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? null : `text ${i % 100}`)),
}) as unknown as DataFrame;
const work = (): DataFrame =>
  frame
    .filter(col('id').gt(10))
    .groupBy('key')
    .agg({ n: count(), last: col('text').max() })
    .sort('key') as unknown as DataFrame;

await describeWithDask('frames on a cluster', (dask) => {
  const world = clusterOf(dask, 2);
  computePartitionsBy(() => world.engine);
  testPersisted(() => world.engine);
  testFrameFromDelayed(() => world.engine);

  test('are read in every way', async () => {
    const { engine } = world;
    expect(await work().rows({ engine })).toEqual(await work().rows());
    expect((await work().compute({ engine })).toString()).toBe((await work().compute()).toString());
    expect(await frame.count({ engine })).toBe(ROWS);
    await expectSame(await frame.describe({ engine }), 2);
    let rows = 0;
    for await (const batch of frame.batches({ engine, partitions: 3 })) rows += batch.rows;
    expect(rows).toBe(ROWS);
    expect(await frame.schema({ engine })).toEqual(await frame.schema());
    // Nothing is left of what was read.
    expect((await frame.limit(0).rows({ engine })).length).toBe(0);
  });

  test('in so many partitions that rows of all are in one file of each task', async () => {
    const { engine } = world;
    // Both sides have columns of the same names.
    const same = frame.join(frame.filter(col('id').mod(3).eq(0)), { on: 'id', how: 'left' });
    const work = same
      .groupBy('key')
      .agg({ n: count(), texts: col('text_right').count(), last: col('text').max() });
    const byKey = (a: { key: unknown }, b: { key: unknown }): number => Number(a.key) - Number(b.key);
    const rows = await work.rows({ engine, partitions: 33, broadcastBytes: 0 });
    expect(rows.sort(byKey)).toEqual((await work.rows()).sort(byKey));
  });

  test('are computed there where the cluster is what computes', async () => {
    const before = useEngine(world.engine);
    try {
      expect(await work().rows()).toEqual(await work().rows({ partitions: 5 }));
      expect(await frame.count()).toBe(ROWS);
    } finally {
      useEngine(before);
    }
  });

  test('as many partitions as there are threads', async () => {
    expect(await world.engine.frames.workers()).toEqual({ threads: 2, memoryLimit: 2 ** 30 });
    const shares: number[] = [];
    await work().rows({ engine: world.engine, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  test('are written', async () => {
    const { engine } = world;
    const at = (name: string): string => join(directory, name);
    const directory = folder();
    const expected = await work().rows();
    await work().toParquet(at('one.parquet'), { engine });
    expect(await (await readParquet(at('one.parquet'))).rows()).toEqual(expected);
    await work().toCsv(at('rows.csv'), { engine });
    expect(await (await readCsv(at('rows.csv'))).rows()).toEqual(expected);
    await work().toJson(at('rows.json'), { engine });
    expect(await (await readJson(at('rows.json'))).rows()).toEqual(expected);
    await frame.toParquet(at('parts'), { engine, partitions: 4, filePerPartition: true });
    expect(readdirSync(at('parts'))).toHaveLength(4);
    // What was written is read by the workers, by a path that means something else to them.
    const read = await readParquet(relative(process.cwd(), at('parts')));
    expect(await read.rows({ engine })).toEqual(await frame.rows());
    expect(listing(directory).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('functions of users run in threads of workers', async () => {
    const { engine } = world;
    const doubled = frame.mapPartitions(
      ({ columns }) => ({ twice: Int32Array.from(columns.id!.values as Int32Array).map((x) => 2 * x) }),
      {
        schema: { twice: 'int32' },
      },
    );
    expect(await doubled.rows({ engine, partitions: 3 })).toEqual(await doubled.rows());
  });

  test('batches come while others are computed, no more of them than are read', async () => {
    const gate = join(folder(), 'open');
    const last = ROWS - 1;
    const slow = frame.mapPartitions(
      async ({ columns, rows }) => {
        const { existsSync } = await import('node:fs');
        const ids = columns.id!.values as Int32Array;
        // The last partition waits until somebody has had the first.
        while (ids[rows - 1] === last && !existsSync(gate)) await new Promise((go) => setTimeout(go, 20));
        return { id: ids };
      },
      { schema: { id: 'int32' }, captured: { gate, last } },
    );
    const scratch = Database.of().scratch();
    const here = (): number =>
      listing(scratch).filter((name) => /^fetched-\d+\/[^/]+\/[^/]+$/.test(name)).length;
    const ids: number[] = [];
    for await (const { columns } of slow.batches({ engine: world.engine, partitions: 6 })) {
      ids.push(...(columns[0]!.values as Int32Array));
      writeFileSync(gate, '');
      expect([1, 2]).toContain(here());
    }
    expect(ids).toEqual(Array.from({ length: ROWS }, (_, i) => i));
  });

  test('functions of modules are sent, with what they import', async () => {
    const options = { engine: world.engine, partitions: 3 };
    const steps = new URL('../collections/steps/steps.mjs', import.meta.url);
    const columns = frame.mapPartitions(
      { module: steps, name: 'shiftedColumns' },
      { schema: { shifted: 'int32' } },
    );
    const { columns: shifted } = await columns.toColumns(options);
    expect(shifted[0]!.values).toEqual(Int32Array.from({ length: ROWS }, (_, i) => i + 100));
    const rows = frame.apply(
      { module: steps, name: 'shiftedRow' },
      { schema: { shifted: 'int32', file: 'string' } },
    );
    const [first] = await rows.limit(1).rows(options);
    // Of the worker's copy.
    expect(first).toMatchObject({ shifted: 100, file: expect.stringMatching(/^[0-9a-f]{32}\.mjs$/) });
    const none = frame.apply(
      { module: new URL('./none.mjs', import.meta.url), name: 'f' },
      { schema: { x: 'int32' } },
    );
    await expect(none.rows(options)).rejects.toThrow(/cannot bundle .*none\.mjs/);
  });

  test('of arrays: blocks become rows on the workers', async () => {
    const { engine } = world;
    const x = random.defaultRng(7).random([ROWS, 3], { chunks: [3_000, 2] });
    const of = fromArray(x, ['a', 'b', 'c']);
    for (const some of [
      of.filter(col('a').gt(0.9)).select('c', 'a'),
      of.sort('b').limit(100),
      of
        .groupBy({ tenth: col('a').mul(10).floor() })
        .agg({ n: count() })
        .sort('tenth'),
      fromArray(arange(10, { chunks: 3 }), 'v')
        .join(fromArray(arange(5), 'v'), { on: 'v' })
        .sort('v'),
    ] as unknown as DataFrame[])
      expect(await some.rows({ engine, partitions: 3 })).toEqual(await some.rows());
    expect(await fromArray(x.slice('0:0'), ['a', 'b', 'c']).rows({ engine })).toEqual([]);
  });

  test('arrays of frames lie where they were computed', async () => {
    const { engine } = world;
    const fetched = vi.spyOn(engine.frames, 'fetch');
    const numbers = frame.select('id', { half: col('key').div(2) });
    const options = { engine, partitions: 3, chunkRows: 2048 };
    const there = await numbers.toArray(undefined, options);
    const here = await numbers.toArray();
    expect([there.shape, there.dtype]).toEqual([here.shape, here.dtype]);
    expect(there.numBlocks[0]).toBeGreaterThan(3);
    const [mine, theirs] = [await here.compute(), await there.compute({ engine })] as unknown as NDArray[];
    expect(theirs!.tolist()).toEqual(mine!.tolist());
    expect(await there.sum(0).compute({ engine })).toEqual(await here.sum(0).compute());
    // And back, without being read here.
    const back = fromArray(there.multiply(2), ['id', 'key']);
    const sums = back
      .groupBy('key')
      .agg({ n: col('id').sum() })
      .sort('key');
    const expected = await fromArray(here.multiply(2), ['id', 'key'])
      .groupBy('key')
      .agg({ n: col('id').sum() })
      .sort('key')
      .rows();
    fetched.mockClear();
    expect(await sums.rows({ engine, partitions: 3 })).toEqual(expected);
    // Of others than the result only how much they left is asked for, which has no directory to go to.
    expect(fetched.mock.calls.filter(([, into]) => into !== undefined).length).toBeLessThanOrEqual(3);
    fetched.mockRestore();
    const one = await frame.toArray('id', options);
    expect([one.shape, await one.max().compute({ engine })]).toEqual([[ROWS], ROWS - 1]);
    expect((await frame.filter(col('id').lt(0)).toArray('id', { engine })).shape).toEqual([0]);
    // Another engine has not got it.
    expect(await there.max().compute()).toEqual(await here.max().compute());
    await expect(there.sum().compute({ engine: localEngine() })).rejects.toThrow(
      /ClusterEngine<tcp:\S+> holds what is read, and tilework.LocalEngine<\d+ threads> has not got it/,
    );
    const holes = frame.select({ n: when(col('id').ne(9_999), col('id')).end() });
    const error = await holes.toArray('n').catch((e: Error) => e.message);
    await expect(holes.toArray('n', options)).rejects.toThrow(String(error));
  });

  test('what is persisted and published outlives its program and a worker, until it is given up', async () => {
    const client = new Client(world.engine);
    const keys = async (): Promise<string[]> =>
      [...(await client.hasWhat()).values()].flat().filter((key) => key.startsWith('frame/'));
    const others = await keys();
    await expect(client.publish('plan', frame)).rejects.toThrow(
      /a dataframe of id, key, text is not computed yet: persist it/,
    );
    const publisher = await connect(world.cluster.address, { asDefault: false });
    const sorted = frame.sort('text', 'id').repartition(4);
    {
      const held = await sorted.persist({ engine: publisher, partitions: 4 });
      await new Client(publisher).publish('sorted', { held });
    }
    const alone = await fromColumns({ x: [1] }).persist({ engine: publisher });
    await publisher.dispose();
    await expect(alone.rows()).rejects.toThrow('the engine was disposed of');
    const { held } = await client.getDataset<{ held: PersistedFrame }>('sorted');
    expect(held.partitions).toBe(4);
    const own = async (): Promise<string[]> =>
      [...new Set(await keys())].filter((key) => !others.includes(key));
    await expect.poll(own).toHaveLength(4);
    // Its supervisor starts it anew; what it held is made again, by tasks that the scheduler remembers.
    process.kill([...(await client.run(() => process.pid)).values()][0]!, 'SIGKILL');
    expect(await held.rows()).toEqual(await sorted.rows());
    expect(await held.filter(col('id').lt(10)).count()).toBe(10);
    await client.unpublish('sorted');
    held.release();
    await expect.poll(own).toEqual([]);
  });
});
