/** What is kept of frames: the same on every engine. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  col,
  count,
  type DataFrame,
  FrameError,
  fromColumns,
  fromRows,
  PersistedFrame,
  readParquet,
} from '../../src/frame/index.js';
import { arange, Client, compute, delayed, type Engine, LocalEngine, persist } from '../../src/index.js';
import { folders } from '../support/files.js';

const ROWS = 3_000;
const numbers = (): DataFrame =>
  fromColumns({
    id: Int32Array.from({ length: ROWS }, (_, i) => i),
    key: Int32Array.from({ length: ROWS }, (_, i) => i % 7),
    text: Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? null : `text ${i % 100}`)),
  }) as unknown as DataFrame;

/** Of every type that files hold otherwise than frames do. */
const typed = (): DataFrame =>
  fromRows([
    { day: new Date('2024-02-29'), many: [1, 2], of: { a: 'x', b: null }, n: 2n ** 62n, none: null },
    { day: new Date('1999-12-31'), many: [], of: { a: null, b: 1.5 }, n: 7n, none: null },
  ]).select({
    all: col('day'),
    day: col('day').cast('date'),
    at: col('day').cast('timestamptz'),
    span: col('day').sub(col('day').dt.truncate('year')),
    price: col('n').cast('decimal').div(4),
    sum: col('n').sum().over('n'),
    small: col('n').mod(100).cast('uint8'),
    many: col('many'),
    of: col('of'),
    none: col('none'),
  }) as unknown as DataFrame;

export function testPersisted(engineOf: () => Engine): void {
  const folder = folders();
  test('a frame that is persisted has the same rows, types and order, in known partitions', async () => {
    const engine = engineOf();
    for (const frame of [numbers(), typed()]) {
      using held = await frame.persist({ engine, partitions: 3 });
      expect(held).toBeInstanceOf(PersistedFrame);
      expect(await held.schema()).toEqual(await frame.schema());
      expect(await held.rows({ decimal: 'string' })).toEqual(await frame.rows({ decimal: 'string' }));
      const parts = await Promise.all(
        Array.from({ length: held.partitions }, (_, i) => held.partition(i).rows()),
      );
      expect(parts.flat()).toEqual(await frame.rows());
    }
    using held = await numbers().persist({ engine, partitions: 3 });
    expect(held.partitions).toBe(3);
    expect(() => held.partition(3)).toThrow(/there are 3 partitions, numbered from 0; there is no 3/);
    expect(held.explain()).toContain('persisted (3)');
    expect(await held.explainPartitions(3)).toMatch(/^result: \d partitions?\n/);
  });

  test('what is made of it is computed of what is held, once', async () => {
    const engine = engineOf();
    const random = numbers().mapPartitions(
      ({ columns, rows }) => ({
        id: columns.id!.values as Int32Array,
        x: Float64Array.from({ length: rows }, () => Math.random()),
      }),
      { schema: { id: 'int32', x: 'float64' } },
    );
    using held = await random.persist({ engine, partitions: 2 });
    const rows = (await held.rows()) as { id: number; x: number }[];
    expect(await held.rows()).toEqual(rows);
    const largest = rows.reduce((a, b) => (b.x > a.x ? b : a));
    const options = { partitions: 2 };
    expect(await held.agg({ x: col('x').max() }).rows(options)).toEqual([{ x: largest.x }]);
    expect(await held.sort('x').tail(1).rows(options)).toEqual([largest]);
    expect(await held.filter(col('id').eq(largest.id)).rows()).toEqual([largest]);
    const keys = numbers() as unknown as DataFrame<{ id: 'int32'; key: 'int32' }>;
    const joined = held.join(keys, { on: 'id' }).groupBy('key').agg({ n: count() }).sort('key');
    expect(await joined.rows(options)).toEqual(
      await numbers().groupBy('key').agg({ n: count() }).sort('key').rows(),
    );
    const doubled = held.apply(({ x }) => 2 * x!, { schema: { twice: 'float64' } });
    expect((await doubled.rows())[5]).toEqual({ twice: 2 * rows[5]!.x });
    expect(await (await held.toArray('x')).max().compute({ engine })).toBe(largest.x);
    const path = join(folder(), 'held.parquet');
    await held.toParquet(path);
    expect(await (await readParquet(path)).rows()).toEqual(rows);
    // What is persisted of it stands by itself.
    using again = await held.filter(col('id').lt(100)).persist();
    held.release();
    expect(await again.rows()).toEqual(rows.slice(0, 100));
  });

  test('what was released, or another engine holds, is refused', async () => {
    const engine = engineOf();
    const held = await numbers().persist({ engine });
    const late = held.filter(col('key').eq(1));
    const other = new LocalEngine({ threads: 1 });
    await expect(late.rows({ engine: other })).rejects.toThrow(/holds what is read, and .* has not got it/);
    await expect(late.toArray('id', { engine: other })).rejects.toThrow(FrameError);
    using elsewhere = await numbers().persist({ engine: other });
    await expect(held.join(elsewhere, { on: 'id' }).rows()).rejects.toThrow(/persist both in one/);
    held.release();
    held.release();
    await expect(late.rows()).rejects.toThrow(/was released: release it when/);
    await expect(held.toParquet(join(folder(), 'x.parquet'))).rejects.toThrow(FrameError);
    await other.dispose();
  });

  test('an error of its rows is the error of persisting', async () => {
    const engine = engineOf();
    const wrong = fromRows([{ x: 'a' }]).select({ x: col('x').cast('int32') });
    await expect(wrong.persist({ engine, partitions: 2 })).rejects.toThrow(FrameError);
    const stopped = { engine, signal: AbortSignal.abort(new Error('enough')) };
    await expect(numbers().persist(stopped)).rejects.toThrow('enough');
  });

  test('frames, arrays and delayed values are computed and persisted together', async () => {
    const engine = engineOf();
    const x = arange(6, { chunks: 2 });
    const structure = { frame: fromRows([{ x: 1 }, { x: 2 }]), total: x.sum(), list: [delayed(3)] };
    const { frame, ...others } = await compute(structure, { engine });
    expect(frame.getChild('x')!.toArray()).toEqual(BigInt64Array.of(1n, 2n));
    expect(others).toEqual({ total: 15, list: [3] });
    const held = await persist(structure, { engine });
    expect(held.frame).toBeInstanceOf(PersistedFrame);
    expect(await held.frame.rows()).toEqual([{ x: 1 }, { x: 2 }]);
    expect(await held.total.compute({ engine })).toBe(15);
    const bad = { ...structure, frame: fromRows([{ x: 'a' }]).select({ x: col('x').cast('int32') }) };
    await expect(compute(bad, { engine })).rejects.toThrow(FrameError);
    const client = new Client(engine);
    expect(() => client.submit((rows: unknown) => rows, frame && held.frame)).toThrow(
      /a dataframe is no argument of a function that is sent: compute it before/,
    );
  });

  test('a frame is published, with others beside it', async () => {
    const engine = engineOf();
    const client = new Client(engine);
    const held = await client.persist(numbers());
    await client.publish('frames', { held, name: 'numbers' });
    const found = await client.getDataset<{ held: PersistedFrame; name: string }>('frames');
    expect(found.name).toBe('numbers');
    expect(await found.held.count()).toBe(ROWS);
    expect(await found.held.partition(0).head(1).rows()).toEqual([{ id: 0, key: 0, text: null }]);
    await client.unpublish('frames');
  });
}
