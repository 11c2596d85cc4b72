/** A task that runs again, after a worker was lost, may read its rows in another order: parts that some have read already must not change. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFragment } from '../../src/frame/exchange/fragments.js';
import type { FragmentTask } from '../../src/frame/exchange/task.js';
import { fromColumns } from '../../src/frame/index.js';
import { Database } from '../../src/frame/late.js';
import type { Batch } from '../../src/frame/result/column.js';
import type { Bound } from '../../src/frame/sql/writer.js';
import { statements } from '../../src/frame/statement/index.js';
import { LocalEngine } from '../../src/index.js';
import { limitLeaving } from '../support/memory.js';
import { folder, numbers, untyped } from './partitions/compare.js';

const ROWS = 5000;

test('rows of equal keys go to the same parts in whatever order a task reads them, each part about as many', async () => {
  const directory = folder();
  await using engine = new LocalEngine({
    threads: 2,
    memoryLimit: limitLeaving(0.7e9),
    spillDirectory: directory,
  });
  const database = Database.of(engine);
  const valuesOf = async (sql: string): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    const batches: AsyncIterable<Batch> = database.batches({ sql, values: [] });
    for await (const { rows, columns } of batches)
      for (let row = 0; row < rows; row++) found.push(columns[0]!.values[row]);
    return found;
  };
  const [cut] = await valuesOf("SELECT create_sort_key(5::BIGINT, 'ASC NULLS LAST')");
  const boundaries = [cut, cut, cut] as readonly Bound[];

  const random = numbers(5);
  const order = Array.from({ length: ROWS }, (_, i) => i);
  const shuffled = order
    .map((i) => ({ i, at: random.next().value as number }))
    .sort((a, b) => a.at - b.at)
    .map(({ i }) => i);
  // Among rows of key 5, of which some are all the same, sums of floats whose last digits are not sure.
  const partsOf = async (name: string, places: readonly number[], error: number): Promise<string[][]> => {
    const k = BigInt64Array.from(places, (i) => (i % 10 === 0 ? BigInt(i) : 5n));
    const v = places.map((i) => (i % 3 === 0 ? 'same' : `v${i}`));
    const x = Float64Array.from(places, (i) => (i % 7) * 0.1 + (i % 7 === 0 ? 0 : error));
    const { plan } = untyped(fromColumns({ k, v, x }));
    const key = { expr: { kind: 'column', name: 'k' }, descending: false, nulls: 'last' } as const;
    const output = { by: 'range', parts: 4, keys: [key], boundaries: 0, spread: true } as const;
    const task = { key: name, op: 'frame/fragment', inputs: [], params: { plan, output } } as FragmentTask;
    const at = join(directory, name);
    mkdirSync(at);
    const statement = await statements(database)(plan, () => {
      throw new Error('no task is read');
    });
    const { files } = await writeFragment(task, statement, {
      database,
      options: {},
      directory: at,
      inputs: [{ files: [], boundaries }],
    });
    return Promise.all(
      files.map(async (part) =>
        (
          (await valuesOf(
            `SELECT concat_ws('|', k, v, round(x, 3)) FROM read_parquet(['${part.join("','")}'])`,
          )) as string[]
        ).sort(),
      ),
    );
  };
  const first = await partsOf('first', order, 0);
  const again = await partsOf('again', shuffled, 1e-15);
  expect(again).toEqual(first);
  for (const part of first) expect(part.length).toBeGreaterThan(ROWS / 8);
});
