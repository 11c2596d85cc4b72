/** Directories that workers write: some die, are interrupted or do not see them; and objects of a store, moto in the place of S3. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/cluster/index.js';
import { col, type DataFrame, FileError, fromColumns, readParquet, when } from '../../../src/frame/index.js';
import { cannot, withDisk } from '../../faults/disk.js';
import { folders, listing } from '../../support/files.js';
import { motoPython, startMoto } from '../../support/moto.js';
import { runScript } from '../../support/scripts.js';
import { describeWithDask, startScheduler } from '../support/scheduler.js';
import { startWorker } from '../worker/support/process.js';
import { clusterOf } from './cluster.js';

const folder = folders();

const ROWS = 60_000;
const frame = fromColumns({
  id: Int32Array.from({ length: ROWS }, (_, i) => i),
  key: Int32Array.from({ length: ROWS }, (_, i) => i % 5),
  text: Array.from({ length: ROWS }, (_, i) => `row ${Math.imul(i, 40503) >>> 0}`),
}) as unknown as DataFrame;
const PARTITIONS = 6;
const ids = async (read: DataFrame): Promise<unknown> =>
  (await read.select('id').sort('id').toColumns()).columns[0]!.values;
const ALL = Int32Array.from({ length: ROWS }, (_, i) => i);

const extensions = runScript('remote files', 'duckdb-extensions.mjs');
const moto = motoPython();
// Before DuckDB is opened here.
if (extensions !== undefined) process.env.TILEWORK_DUCKDB_EXTENSIONS = extensions;

await describeWithDask('workers write', (python) => {
  let store: Awaited<ReturnType<typeof startMoto>> | undefined;
  const before = { ...process.env };
  beforeAll(async () => {
    if (moto !== undefined) store = await startMoto(moto);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: store?.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
    });
    if (store) await fetch(`${store.endpoint}/bucket`, { method: 'PUT' });
  });
  afterAll(async () => {
    process.env = before;
    await store?.stop();
  });
  // Workers have this environment too.
  const world = clusterOf(python, 4);
  /** Options of a write of which a worker does not see the end. */
  let killed = 0;
  const losing = () => {
    let lost = false;
    const onProgress = (share: number): void => {
      if (lost || share < 0.7) return;
      lost = true;
      // The scheduler's own comes first; workers are children of what would start them again.
      const pid = world.cluster.pids[++killed]!;
      const worker = Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
      for (const id of [pid, worker]) process.kill(id, 'SIGKILL');
    };
    return { options: { engine: world.engine, partitions: PARTITIONS, onProgress }, lost: () => lost };
  };

  test('each row once, where one of them is killed meanwhile', async () => {
    const path = join(folder(), 'rows');
    const { options, lost } = losing();
    await frame.sort('text').toParquet(path, { ...options, partitionBy: 'key' });
    expect(lost()).toBe(true);
    expect(await ids((await readParquet(path)) as never)).toEqual(ALL);
    expect(listing(join(path, '..')).filter((name) => name.includes('.partial-'))).toEqual([]);
  }, 120_000);

  test('nothing, where that is aborted', async () => {
    const { engine } = world;
    const directory = folder();
    // One of its partitions has no end: what is aborted is under way.
    const endless = frame.sort('text').mapPartitions(
      async ({ columns, rows }) => {
        const ids = columns.id!.values as Int32Array;
        if (ids.subarray(0, rows).includes(0)) await new Promise(() => {});
        return { id: ids };
      },
      { schema: { id: 'int32' } },
    );
    for (const least of [0, 0.3]) {
      const controller = new AbortController();
      const done = endless.toParquet(join(directory, 'rows'), {
        engine,
        partitions: PARTITIONS,
        filePerPartition: true,
        signal: controller.signal,
        onProgress: (share) => {
          if (share >= least) controller.abort('enough');
        },
      });
      await expect(done).rejects.toBe('enough');
      // What tasks had begun they give up, too.
      for (let i = 0; i < 1_200 && listing(directory).length > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(listing(directory)).toEqual([]);
    }
    await frame.toCsv(join(directory, 'rows'), { engine, filePerPartition: true });
    expect(listing(directory)).toHaveLength(1 + (await engine.frames.workers()).threads);
  }, 120_000);

  describe.skipIf(extensions === undefined || moto === undefined)('objects of S3', () => {
    /** What the store says that there is: objects, and uploads that are not complete. */
    const listed = async (query: string): Promise<string[]> => {
      const text = await (await fetch(`${store!.endpoint}/bucket?${query}`)).text();
      return [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key!);
    };

    test('that they read again', async () => {
      const { engine } = world;
      const path = 's3://bucket/some where/rows';
      await frame.toParquet(path, { engine, partitions: 3, partitionBy: 'key' });
      expect(await listed('uploads')).toEqual([]);
      const read = await readParquet(`${path}/**/*.parquet`);
      expect(await ids(read as never)).toEqual(ALL);
      const sums = read
        .groupBy('key')
        .agg({ n: col('id').sum() })
        .sort('key');
      expect(await sums.rows({ engine, partitions: 3 })).toEqual(
        await frame
          .groupBy('key')
          .agg({ n: col('id').sum() })
          .sort('key')
          .rows(),
      );
      await expect(frame.toParquet(path, { engine, filePerPartition: true })).rejects.toThrow(
        `${path} exists already; pass { overwrite: true }`,
      );
      const few = frame.filter(col('id').lt(100));
      await few.toParquet(path, { engine, partitions: 2, filePerPartition: true, overwrite: true });
      expect(await (await readParquet(`${path}/*.parquet`)).rows()).toEqual(await few.rows());
      expect(await listed('list-type=2')).toHaveLength(2);
    }, 120_000);

    test('each row once, where one of them is killed; none, where a task fails', async () => {
      const { options, lost } = losing();
      await frame.sort('text').toParquet('s3://bucket/sorted', { ...options, filePerPartition: true });
      expect(lost()).toBe(true);
      expect(await ids((await readParquet('s3://bucket/sorted/*.parquet')) as never)).toEqual(ALL);
      const objects = await listed('list-type=2');
      // Of one partition only.
      const bad = frame.select({
        n: when(col('id').lt(ROWS - 1), col('id').cast('string'))
          .otherwise('no number')
          .cast('int64'),
      });
      await expect(
        bad.toParquet('s3://bucket/bad', { engine: world.engine, partitions: 4, filePerPartition: true }),
      ).rejects.toThrow('no number');
      expect(await listed('uploads')).toEqual([]);
      expect(await listed('list-type=2')).toEqual(objects);
    }, 120_000);
  });

  test.skipIf(cannot !== '')(
    'a worker that does not see the directory writes nothing, and says so',
    async () => {
      const directory = folder();
      mkdirSync(join(directory, 'ours'));
      const scheduler = await startScheduler(python);
      const worker = await startWorker(scheduler.address, [], { under: withDisk(directory) });
      await using engine = await connect(scheduler.address, { asDefault: false });
      const path = join(directory, 'rows');
      const error = await frame
        .toParquet(path, { engine, filePerPartition: true })
        .catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(FileError);
      expect((error as Error).message).toMatch(/there is no directory .* where a task of it runs/);
      expect((error as Error).message).toContain(worker.address);
      expect(listing(directory)).toEqual(['ours']);
      // A single file the program writes.
      await frame.toParquet(`${path}.parquet`, { engine });
      expect(await (await readParquet(`${path}.parquet`)).count()).toBe(ROWS);
    },
  );
});
