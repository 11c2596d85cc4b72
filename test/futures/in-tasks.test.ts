/** Tasks that submit tasks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';

const { asCompleted, Client, delayed, getClient } = tw;
let engine: tw.LocalEngine;
let client: tw.Client;
beforeAll(() => {
  engine = new tw.LocalEngine({ threads: 2 });
  tw.useEngine(engine);
  client = new Client(engine, { captured: { getClient } });
});
afterAll(async () => {
  tw.useEngine(undefined);
  await engine.dispose();
});

describe('a task', () => {
  it('submits others and waits for them, to any depth', async () => {
    const fib = async function fib(n: number): Promise<number> {
      if (n < 2) return n;
      const client = getClient().with({ captured: { getClient } });
      const [a, b] = await client.gather([client.submit(fib, n - 1), client.submit(fib, n - 2)]);
      return a + b;
    };
    expect(await client.submit(fib, 12)).toBe(144);
    expect(await client.compute(delayed(fib, { captured: { getClient } })(9))).toBe(34);
    await using single = new tw.LocalEngine({ threads: 1 });
    expect(await new Client(single, { captured: { getClient } }).submit(fib, 8)).toBe(21);
  });

  it('has all that a client has', async () => {
    const all = async (given: number) => {
      const client = getClient();
      const table = client.scatter(Float64Array.of(1, 2, given));
      const squares = client.map((n: number) => n * n, [1, 2, 3]);
      const bad = client.submit((): number => {
        throw new RangeError('inside');
      });
      const cancelled = client.submit(() => new Promise(() => {}));
      cancelled.cancel();
      const total = client.submit(
        (data: Float64Array, list: readonly number[]) => data.length + list[2]!,
        table,
        squares,
      );
      return {
        squares: await client.gather(squares),
        total: await total,
        table: Array.from(await table),
        error: (await bad.exception())?.message,
        statuses: [bad.status, cancelled.status],
      };
    };
    expect(
      await client.submit(
        all,
        client.submit((n: number) => n, 3),
      ),
    ).toEqual({
      squares: [1, 4, 9],
      total: 12,
      table: [1, 2, 3],
      error: expect.stringMatching(/failed: RangeError: inside$/),
      statuses: ['error', 'cancelled'],
    });
  });

  it('leaves nothing behind', async () => {
    const leaves = async (n: number) => {
      const client = getClient().with({ pure: false });
      client.submit(() => new Promise((resolve) => setTimeout(resolve, 20)));
      return await client.submit((n: number) => n, n);
    };
    await using own = new tw.LocalEngine({ threads: 1 });
    const future = new Client(own, { captured: { getClient } }).submit(leaves, 1);
    expect(await future).toBe(1);
    while (own.stats().tasks.held > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('is a function of a module, or has not captured getClient', async () => {
    await client
      .submit({ module: new URL('./nested.mjs', import.meta.url), name: 'countdown' }, 3)
      .then((list) => expect(list).toEqual([3, 2, 1]));
    expect(() => new Client().submit(() => getClient().listDatasets())).toThrow(/it uses getClient/);
  });

  it('ends when it is cancelled', async () => {
    const waits = async () => await getClient().submit(() => new Promise(() => {}));
    await using own = new tw.LocalEngine({ threads: 1 });
    const future = new Client(own, { captured: { getClient } }).submit(waits);
    while (own.stats().tasks.held < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    future.cancel();
    while (own.stats().tasks.held > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await new Client(own).submit((n: number) => n, 77)).toBe(77);
  });
});

it('outside of tasks getClient gives a client of the default engine', async () => {
  expect(getClient().engine).toBe(engine);
  const seen: number[] = [];
  for await (const future of asCompleted(getClient().map((n: number) => n, [1, 2]))) seen.push(await future);
  expect(seen.sort()).toEqual([1, 2]);
});
