/** Tasks that submit tasks on the local engine. */
import { expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testTasksThatSubmit } from './in-tasks-suite.js';

const { asCompleted, Client, getClient } = tw;

testTasksThatSubmit(async () => new tw.LocalEngine({ threads: 2 }));

it('waits beside its thread: one is enough', async () => {
  const fib = async function fib(n: number): Promise<number> {
    if (n < 2) return n;
    const client = getClient().with({ captured: { getClient } });
    const [a, b] = await client.gather([client.submit(fib, n - 1), client.submit(fib, n - 2)]);
    return a + b;
  };
  await using single = new tw.LocalEngine({ threads: 1 });
  expect(await new Client(single, { captured: { getClient } }).submit(fib, 8)).toBe(21);
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

it('ends when it is cancelled', async () => {
  const waits = async () => await getClient().submit(() => new Promise(() => {}));
  await using own = new tw.LocalEngine({ threads: 1 });
  const future = new Client(own, { captured: { getClient } }).submit(waits);
  while (own.stats().tasks.held < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  future.cancel();
  while (own.stats().tasks.held > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await new Client(own).submit((n: number) => n, 77)).toBe(77);
});

it('outside of tasks getClient gives a client of the default engine', async () => {
  await using engine = new tw.LocalEngine({ threads: 1 });
  tw.useEngine(engine);
  expect(getClient().engine).toBe(engine);
  const seen: number[] = [];
  for await (const future of asCompleted(getClient().map((n: number) => n, [1, 2]))) seen.push(await future);
  expect(seen.sort()).toEqual([1, 2]);
  tw.useEngine(undefined);
});
