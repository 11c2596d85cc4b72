/** Arrays of delayed values and futures, and the other way, on any engine. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { Client, compute, delayed, fromDelayed } = tw;

export function testArraysOfDelayed(start: () => Promise<Engine>): void {
  let engine: Engine;
  let client: tw.Client;
  beforeAll(async () => {
    engine = await start();
    tw.useEngine(engine);
    client = new Client();
  });
  afterAll(async () => {
    tw.useEngine(undefined);
    await engine?.dispose();
  });

  const list = async (x: tw.TileArray): Promise<unknown> => {
    const computed = await x.compute();
    return typeof computed === 'object' ? computed.tolist() : computed;
  };
  const causeOf = (x: tw.TileArray): Promise<unknown> =>
    x.compute().then(
      () => undefined,
      (error: unknown) => error instanceof tw.TaskError && error.cause,
    );

  it('take what functions return: lists, typed arrays, blocks, numbers', async () => {
    const rows = delayed((n: number) => [
      [n, n + 1, n + 2],
      [10, 20, 30],
    ]);
    const x = fromDelayed(rows(1), { shape: [2, 3] });
    expect([x.shape, x.dtype, x.chunks]).toEqual([[2, 3], 'float64', [[2], [3]]]);
    expect(await list(x)).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    const flat = delayed(() => Int32Array.of(1, 2, 3, 4, 5, 6))();
    expect(await list(fromDelayed(flat, { shape: [3, 2], dtype: 'int32' }).add(1))).toEqual([
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
    const block = delayed(() => ({ dtype: 'float32', shape: [2], data: Float32Array.of(1.5, 2) }))();
    expect(await list(fromDelayed(block, { shape: 2, dtype: 'float32' }))).toEqual([1.5, 2]);
    expect(await list(fromDelayed(delayed(7), { shape: [], dtype: 'int64' }))).toBe(7);
    const flags = delayed(() => [true, false])();
    expect(await list(fromDelayed(flags, { shape: [2], dtype: 'bool' }).any())).toBe(true);
  });

  it('are joined, and share work with what is delayed', async () => {
    const day = delayed((n: number) => [n, 2 * n]);
    const days = [1, 2, 3].map((n) => fromDelayed(day(n), { shape: 2 }));
    const table = tw.stack(days);
    expect(table.numBlocks).toEqual([3, 1]);
    expect(await compute({ table: table.sum(0), first: day(1) })).toMatchObject({ first: [1, 2] });
    expect(await list(table.sum(0))).toEqual([6, 12]);
    expect(await list(tw.concatenate(days).slice('::-2'))).toEqual([6, 4, 2]);
    const again = fromDelayed(day(1), { shape: 2 });
    expect(again.name).toBe(days[0]!.name);
    expect(fromDelayed(day(1), { shape: [1, 2] }).name).not.toBe(again.name);
  });

  it('take futures, pending, finished and released', async () => {
    const slow = (n: number) => new Promise<number[]>((resolve) => setTimeout(() => resolve([n, 2]), 50));
    const future = client.submit(slow, 1);
    const x = fromDelayed(future, { shape: 2 });
    expect(await list(x.add(x))).toEqual([2, 4]);
    expect(future.status).toBe('finished');
    expect(await list(x)).toEqual([1, 2]);
    const data = client.scatter(Float64Array.of(1, 2, 3));
    expect(await list(fromDelayed(data, { shape: 3 }).multiply(2))).toEqual([2, 4, 6]);
    const bad = client.submit(() => {
      throw new Error('no data');
    });
    const error = await fromDelayed(bad, { shape: 2 })
      .compute()
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ key: bad.key, cause: { message: 'no data' } });
    future.release();
    await expect(x.sum().compute()).rejects.toThrow(/was released/);
  });

  it('say what a value is that is not as it was said to be', async () => {
    expect(await causeOf(fromDelayed(delayed([1, 2, 3]), { shape: 2 }))).toMatchObject({
      name: 'RangeError',
      message: 'fromDelayed: the value is of shape [3], and was said to be of [2]',
    });
    expect(await causeOf(fromDelayed(delayed([[1, 2, 3]]), { shape: [3, 1] }))).toMatchObject({
      message: expect.stringMatching(/of shape \[1, 3\], and was said to be of \[3, 1\]/),
    });
    expect(
      await causeOf(fromDelayed(delayed(Float32Array.of(1)), { shape: 1, dtype: 'int32' })),
    ).toMatchObject({
      name: 'TypeError',
      message: 'fromDelayed: the value is of dtype float32, and was said to be of int32',
    });
    expect(await causeOf(fromDelayed(delayed([[1, 2], [3]]), { shape: [2, 2] }))).toMatchObject({
      message: expect.stringMatching(/ragged/),
    });
    expect(await causeOf(fromDelayed(delayed('text'), { shape: 1 }))).toMatchObject({
      message: expect.stringMatching(/is needed, and the value is string/),
    });
    const wrong = (value: unknown): never => value as never;
    expect(() => fromDelayed(wrong([1]), { shape: 1 })).toThrow(/asarray/);
    expect(() => fromDelayed(delayed(1), wrong({}))).toThrow(/the shape of the value is needed/);
    expect(() => fromDelayed(delayed(1), { shape: 1, dtype: wrong('text') })).toThrow(/not a dtype/);
  });

  it('become delayed values again, a block each', async () => {
    const x = tw.arange(12, { chunks: 5 }).reshape([4, 3]).rechunk([2, 2]);
    const blocks = x.toDelayed();
    expect(blocks).toHaveLength(4);
    const first = await blocks[0]!.compute();
    expect(first).toEqual({ dtype: 'float64', shape: [2, 2], data: Float64Array.of(0, 1, 3, 4) });
    const total = delayed(({ data }: { readonly data: Float64Array }) => data.reduce((a, b) => a + b, 0));
    expect(await compute(blocks.map((block) => total(block)))).toEqual([8, 7, 32, 19]);
    const held = await client.persist(x);
    const future = client.submit(
      (of: { readonly shape: readonly number[] }) => of.shape,
      held.toDelayed()[3]!,
    );
    expect(await future).toEqual([2, 1]);
    const back = fromDelayed(held.toDelayed()[1]!, { shape: [2, 1] });
    expect(await list(back)).toEqual([[2], [5]]);
  });

  it('are computed, gathered and persisted by a client', async () => {
    const x = tw.arange(4, { chunks: 2 });
    expect(await client.compute(x.sum())).toBe(6);
    const gathered = await client.gather({ x, total: client.submit((n: number) => n, x.sum()) });
    expect(gathered.total).toBe(6);
    expect((gathered.x as tw.NDArray).tolist()).toEqual([0, 1, 2, 3]);
    const held = await client.persist({ x: x.add(1) });
    await client.publish('held', held.x);
    expect(await client.listDatasets()).toEqual(['held']);
    expect(await list(await client.getDataset<tw.TileArray>('held'))).toEqual([1, 2, 3, 4]);
    await client.unpublish('held');
    held.x.release();
    await expect(list(held.x.add(1))).rejects.toThrow(/an array .* was released: .* persist it again/);
  });
}
