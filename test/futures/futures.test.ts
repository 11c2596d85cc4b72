/** Futures on the local engine: what they do on any, and what is its own. */
import { expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testFutures } from './suite.js';

const { Client, delayed } = tw;
const inc = (n: number) => n + 1;
const errorOf = (of: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(of).then(
    () => undefined,
    (error: unknown) => error,
  );

testFutures(async () => new tw.LocalEngine({ threads: 2 }), 20_000);

it('has no workers', async () => {
  await using engine = new tw.LocalEngine({ threads: 1 });
  const client = new Client(engine);
  await expect(client.with({ workers: ['node-0'] }).submit(inc, 1)).rejects.toThrow(
    /no workers to choose from/,
  );
  await expect(client.run(inc, 1)).rejects.toThrow(/the local engine has no workers/);
  expect(client.dashboardLink).toBeUndefined();
  let ran = false;
  const tells = {
    getSchedulerLogs: client.getSchedulerLogs(),
    getWorkerLogs: client.getWorkerLogs(),
    getTaskStream: client.getTaskStream(),
    performanceReport: client.performanceReport('/nowhere/report.html', () => {
      ran = true;
    }),
  };
  for (const [name, told] of Object.entries(tells))
    await expect(told).rejects.toThrow(
      `${name}: the local engine has no scheduler and no workers that tell of themselves: connect to a cluster`,
    );
  expect(ran).toBe(false);
});

it('tries again', async () => {
  const flaky = async (id: number) => {
    const tries = globalThis as { tries?: Record<number, number> };
    tries.tries ??= {};
    tries.tries[id] = (tries.tries[id] ?? 0) + 1;
    if (tries.tries[id] < 2) throw new Error('not yet');
    return id;
  };
  const own = new tw.LocalEngine({ threads: 1 });
  await expect(new Client(own, { retries: 0 }).submit(flaky, 1)).rejects.toThrow('not yet');
  expect(await new Client(own, { retries: 1 }).submit(flaky, 2)).toBe(2);
  await own.dispose();
});

it('runs those of a higher priority first', async () => {
  const own = new tw.LocalEngine({ threads: 1 });
  const ordered = new Client(own, { pure: false });
  const spin = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };
  const done: string[] = [];
  const submit = (name: string, priority: number) =>
    ordered
      .with({ priority })
      .submit(spin, 5)
      .then(() => done.push(name));
  await Promise.all([
    ...['a', 'b', 'c'].map((name) => submit(name, 0)),
    submit('low', -1),
    submit('high', 1),
  ]);
  expect(done.indexOf('high')).toBeLessThan(done.indexOf('low'));
  await own.dispose();
});

it('tells of results that are lost', async () => {
  const own = new tw.LocalEngine({ threads: 1 });
  const future = new Client(own).submit(inc, 1);
  await future;
  await own.dispose();
  expect(await errorOf(future)).toBeInstanceOf(Error);
});

it('waits for no longer than it is told, also for what is finished and cannot be had', async () => {
  await using own = new tw.LocalEngine({ threads: 1 });
  const future = new Client(own).submit(inc, 1);
  await future;
  own.run = () => new Promise(() => {});
  expect(await errorOf(future.result({ timeout: 10 }))).toMatchObject({ name: 'TimeoutError' });
  const control = new AbortController();
  setTimeout(() => control.abort(new Error('enough')), 10);
  expect(await errorOf(future.result({ signal: control.signal }))).toMatchObject({ message: 'enough' });
});

it('refuses what only a cluster has', async () => {
  await using own = new tw.LocalEngine({ threads: 1 });
  const client = new Client(own);
  const error = await errorOf(client.with({ resources: { GPU: 1 } }).submit(inc, 50));
  expect(String(error)).toContain('the local engine offers no resource "GPU"');
  expect(String(await errorOf(client.with({ priority: 0.5 }).submit(inc, 51)))).toContain('priority');
});

it('uses the engine of the futures', async () => {
  await using own = new tw.LocalEngine({ threads: 1 });
  const future = new Client(own).submit(inc, 41);
  expect(await delayed(inc)(delayed(inc)(future)).compute()).toBe(44);
  expect(await tw.compute([future])).toEqual([42]);
});
