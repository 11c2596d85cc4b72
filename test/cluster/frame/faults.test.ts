/** Frames on a cluster whose workers leave or see no file, and that is interrupted. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/index.js';
import {
  type Batch,
  col,
  type DataFrame,
  FileError,
  FrameError,
  FunctionError,
  fromColumns,
  readCsv,
} from '../../../src/frame/index.js';
import { concatBatches } from '../../../src/frame/result/column.js';
import { cannot, withDisk } from '../../faults/disk.js';
import { folders, listing } from '../../support/files.js';
import { describeWithDask, type Process, startScheduler } from '../support/scheduler.js';
import { type NodeWorker, startWorker } from '../worker/support/process.js';

const folder = folders();

const ROWS = 300_000;
const PARTITIONS = 8;
const frame = fromColumns({
  id: Int32Array.from({ length: ROWS }, (_, i) => i),
  key: Int32Array.from({ length: ROWS }, (_, i) => Math.imul(i, 2654435761) >> 14),
  text: Array.from({ length: ROWS }, (_, i) => `row ${Math.imul(i, 40503) >>> 0}`),
});
/** Its shuffles move every row. */
const shuffled = (): DataFrame => frame.sort('text').select({ id: col('id'), key: col('key') }) as never;
const same = (a: Batch, b: Batch): void => {
  const described = ({ columns }: Batch): unknown => columns.map(({ name, type }) => [name, type]);
  expect(described(a)).toEqual(described(b));
  for (const [i, { values }] of a.columns.entries())
    expect(bytesOf(values).equals(bytesOf(b.columns[i]!.values))).toBe(true);
};
const bytesOf = (values: unknown): Buffer => Buffer.from((values as Int32Array).slice().buffer);

await describeWithDask('frames on workers', (python) => {
  let scheduler: Process;
  let engine: ClusterEngine;
  beforeEach(async () => {
    scheduler = await startScheduler(python);
    engine = await connect(scheduler.address, { asDefault: false });
  });
  afterEach(async () => {
    await engine?.dispose();
  });
  /** At different addresses, as on several machines: each copies what others hold. */
  const start = (count: number): Promise<NodeWorker[]> =>
    Promise.all(
      Array.from({ length: count }, (_, i) => startWorker(scheduler.address, ['--host', `127.0.0.${i + 1}`])),
    );
  /** What tasks left on workers, and what they are at. */
  const files = (workers: readonly NodeWorker[]): string[] =>
    workers.flatMap((worker) => listing(worker.directory)).filter((name) => name.includes('/frame-'));
  const gone = async (workers: readonly NodeWorker[]): Promise<void> => {
    for (let i = 0; i < 600 && files(workers).length > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(files(workers)).toEqual([]);
  };

  test('a worker that retires gives what it holds to others, before and while it is read', async () => {
    const workers = await start(2);
    const batches = shuffled().batches({ engine, partitions: PARTITIONS });
    const first = await batches.next();
    workers[0]!.child.kill('SIGTERM');
    expect(await workers[0]!.exited).toBe(0);
    const all = [first.value!];
    for await (const batch of batches) all.push(batch);
    same(concatBatches(all, all[0]!), await shuffled().toColumns());
    await gone(workers);
  }, 120_000);

  test('an abort rejects with its reason, and leaves no file', async () => {
    const workers = await start(2);
    const last = ROWS - 1;
    // One of its partitions has no end: what is aborted is under way.
    const endless = shuffled().mapPartitions(
      async ({ columns, rows }) => {
        const ids = columns.id!.values as Int32Array;
        if (ids.subarray(0, rows).includes(last)) await new Promise(() => {});
        return { id: ids };
      },
      { schema: { id: 'int32' }, captured: { last } },
    );
    for (const least of [0, 0.3]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const done = endless.toColumns({
        engine,
        partitions: PARTITIONS,
        signal: controller.signal,
        onProgress: (share) => {
          if (share >= least) controller.abort(reason);
        },
      });
      await expect(done).rejects.toBe(reason);
      await gone(workers);
    }
    const controller = new AbortController();
    const batches = shuffled().batches({ engine, partitions: PARTITIONS, signal: controller.signal });
    await batches.next();
    controller.abort('enough');
    await expect(batches.next()).rejects.toBe('enough');
    for await (const _ of shuffled().batches({ engine, partitions: PARTITIONS })) break;
    await gone(workers);
    expect(await shuffled().count({ engine, partitions: 3 })).toBe(ROWS);
  }, 120_000);

  test('errors are those of one machine, with the worker beside', async () => {
    const [worker] = await start(1);
    const failed = (work: Promise<unknown>): Promise<Error> =>
      work.then(
        () => new Error('no error'),
        (error: Error) => error,
      );
    const cast = frame.select({ v: col('text').cast('int64') });
    const error = await failed(cast.toColumns({ engine, partitions: 2 }));
    const local = await failed(cast.toColumns());
    expect(error).toBeInstanceOf(FrameError);
    // Threads come to their first row that is wrong in any order.
    const anyRow = (message: string): string => message.replace(/"row \d+"/, '"row …"');
    expect(anyRow(error.message)).toBe(`${anyRow(local.message)} (on ${worker!.address})`);

    const path = join(folder(), 'bad.csv');
    writeFileSync(path, `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},x\n`).join('')}oops,y\n`);
    const csv = await readCsv(path, { types: { a: 'int64', b: 'string' } });
    const file = await failed(csv.toColumns({ engine }));
    expect(file).toBeInstanceOf(FileError);
    expect(file).toMatchObject({ path, line: 50_002, column: 'a' });
    expect(file.message).toContain(worker!.address);

    const threw = await failed(
      frame
        .mapPartitions(
          ({ rows }) => {
            if (rows > 0) throw new RangeError('not these');
            return { id: [] };
          },
          { schema: { id: 'int32' } },
        )
        .toColumns({ engine, partitions: 2 }),
    );
    expect(threw).toBeInstanceOf(FunctionError);
    expect(threw.message).toContain('not these');
    expect(threw.cause).toBeInstanceOf(RangeError);
    await gone([worker!]);
  }, 120_000);

  test('what is wrong with a plan is said before anything runs', async () => {
    // No worker is there.
    const wrong = frame.select({ upper: col('text').str.upper() }).select({ v: col('upper').add(1) });
    await expect(wrong.toColumns({ engine, partitions: 2 })).rejects.toBeInstanceOf(FrameError);
  });

  test.skipIf(cannot !== '')('a file that a worker does not see is named, and the worker', async () => {
    const directory = folder();
    const worker = await startWorker(scheduler.address, [], { under: withDisk(directory) });
    const path = join(directory, 'few.csv');
    writeFileSync(path, 'a,b\n1,2\n');
    const csv = await readCsv(path);
    expect(await csv.rows()).toEqual([{ a: 1, b: 2 }]);
    const error = await csv.rows({ engine }).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(FileError);
    expect((error as Error).message).toContain(path);
    expect((error as Error).message).toContain(worker.address);
    expect(readdirSync(directory)).toEqual(['few.csv']);
  });
});
