/** Tasks that submit tasks, on any engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { Client, delayed, getClient } = tw;

export function testTasksThatSubmit(start: () => Promise<Engine>): void {
  let engine: Engine;
  let client: tw.Client;
  beforeAll(async () => {
    engine = await start();
    tw.useEngine(engine);
    client = new Client(engine, { captured: { getClient } });
  });
  afterAll(async () => {
    tw.useEngine(undefined);
    await engine?.dispose();
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
        error: expect.stringMatching(/failed: RangeError: inside( \(on tcp:.*\))?$/),
        statuses: ['error', 'cancelled'],
      });
    });

    it('is a function of a module, or has not captured getClient', async () => {
      await client
        .submit({ module: new URL('./nested.mjs', import.meta.url), name: 'countdown' }, 3)
        .then((list) => expect(list).toEqual([3, 2, 1]));
      expect(() => new Client().submit(() => getClient().listDatasets())).toThrow(/it uses getClient/);
    });
  });
}
