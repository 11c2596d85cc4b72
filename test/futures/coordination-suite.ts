/** Variables, queues, events and semaphores on any engine. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { getClient } = tw;

export function testCoordination(start: () => Promise<Engine>): void {
  let engine: Engine;
  let client: tw.Client;
  /** Submits functions that coordinate, each of its own. */
  let tasks: tw.Client;
  beforeAll(async () => {
    engine = await start();
    client = new tw.Client(engine);
    tasks = client.with({ captured: { getClient }, pure: false });
  });
  afterAll(() => engine?.dispose());

  const late = {
    name: 'TimeoutError',
    message: expect.stringMatching(
      /^((putting into )?the (variable|queue|event)|a lease of) ".+" took longer than 30 ms$/,
    ),
  };
  const values = [
    1,
    -0,
    'text \ud800',
    null,
    undefined,
    10n,
    [1, { a: 'b' }],
    new Map([[1, new Set(['x'])]]),
    Float64Array.of(1, 2),
    { $tilework: 1 },
  ];

  it('variables are set and read, by programs and tasks, once they have a value', async () => {
    const variable = client.variable<unknown>('v');
    await expect(variable.get({ timeout: 30 })).rejects.toMatchObject(late);
    const read = tasks.submit(() => getClient().variable<number[]>('v').get());
    const here = variable.get();
    await variable.set([1, 2]);
    expect(await Promise.all([read, here])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await tasks.submit(async () => getClient().variable('v').set({ from: 'a task' }));
    expect(await client.variable('v').get()).toEqual({ from: 'a task' });
    for (const value of values) {
      await variable.set(value);
      expect(await variable.get()).toEqual(value);
    }
    const list = [1];
    await variable.set(list);
    list.push(2);
    expect(await variable.get()).toEqual([1]);
    await expect(variable.set(() => 1)).rejects.toThrow(/the value is a function/);
    expect(() => client.variable('')).toThrow(/a name is a text/);
  });

  it('queues give values in order, each once, and wait when they are empty or full', async () => {
    const queue = client.queue<unknown>('q', 2);
    await expect(queue.get({ timeout: 30 })).rejects.toMatchObject(late);
    await queue.put('a');
    await queue.put('b');
    expect(await queue.size()).toBe(2);
    await expect(queue.put('c', { timeout: 30 })).rejects.toMatchObject(late);
    const waits = queue.put('c');
    expect([await queue.get(), await queue.get()]).toEqual(['a', 'b']);
    await waits;
    expect(await queue.get()).toBe('c');
    for (const value of values) await client.queue('values').put(value);
    for (const value of values) expect(await client.queue('values').get()).toEqual(value);
    const work = client.queue<number>('work');
    const squares = [1, 2].map(() =>
      tasks.submit(async () => {
        const done: number[] = [];
        for (;;) {
          const n = await getClient().queue<number>('work').get();
          if (n < 0) return done;
          done.push(n * n);
        }
      }),
    );
    for (const n of [1, 2, 3, 4, 5, -1, -1]) await work.put(n);
    expect((await client.gather(squares)).flat().sort((a, b) => a - b)).toEqual([1, 4, 9, 16, 25]);
    expect(() => client.queue('q', -1)).toThrow(RangeError);
    await expect(queue.get({ timeout: -1 })).rejects.toThrow(RangeError);
  });

  it('a task that is cancelled takes nothing out of a queue any more', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tilework-left-'));
    const told = join(directory, 'told');
    const waits = tasks.submit(async (path: string) => {
      const { writeFileSync } = await import('node:fs');
      await getClient().event('waits').set();
      return getClient()
        .queue('left')
        .get()
        .catch(() => writeFileSync(path, ''));
    }, told);
    await client.event('waits').wait();
    waits.cancel();
    // On a cluster it is some time until the worker knows.
    while (!existsSync(told)) await sleep(5);
    rmSync(directory, { recursive: true });
    await client.queue('left').put(1);
    expect(await client.queue('left').get({ timeout: 60_000 })).toBe(1);
  });

  it('events are waited for', async () => {
    const event = client.event('e');
    expect(await event.isSet()).toBe(false);
    await expect(event.wait({ timeout: 30 })).rejects.toMatchObject(late);
    const waits = tasks.submit(() => getClient().event('e').wait());
    await event.set();
    await waits;
    expect(await tasks.submit(() => getClient().event('e').isSet())).toBe(true);
    await event.clear();
    expect(await event.isSet()).toBe(false);
  });

  it('a lock is held by one, a semaphore by as many as it has leases', async () => {
    const lock = client.lock('l');
    const lease = await lock.acquire();
    await expect(lock.acquire({ timeout: 30 })).rejects.toMatchObject(late);
    const waits = tasks.submit(() =>
      getClient()
        .lock('l')
        .use(() => 'had it'),
    );
    await lease.release();
    await lease.release();
    expect(await waits).toBe('had it');
    await expect(
      lock.use(() => {
        throw new RangeError('inside');
      }),
    ).rejects.toThrow('inside');
    const two = client.semaphore('s', 2);
    const first = await two.acquire();
    {
      await using _second = await two.acquire();
      await expect(two.acquire({ timeout: 30 })).rejects.toMatchObject(late);
    }
    await (await two.acquire({ timeout: 60_000 })).release();
    await first.release();
    await expect(client.semaphore('s', 3).acquire()).rejects.toThrow('the semaphore "s" has 2 leases, not 3');
    expect(() => client.semaphore('s', 0)).toThrow(/from 1, not 0/);
  });

  it('keeps tasks apart that hold a lock', async () => {
    const counted = tasks.map(
      async (_: number) => {
        const client = getClient();
        const total = client.variable<number>('total');
        for (let i = 0; i < 3; i++)
          await client.lock('count').use(async () => {
            const before = await total.get();
            await new Promise((resolve) => setTimeout(resolve, 1));
            await total.set(before + 1);
          });
      },
      [1, 2, 3, 4],
    );
    await client.variable('total').set(0);
    await client.gather(counted);
    expect(await client.variable('total').get()).toBe(12);
  });

  it('a task that ends gives back the leases that it has left', async () => {
    await tasks.submit(async () => void (await getClient().lock('left').acquire()));
    const failed = tasks.submit(async () => {
      await getClient().lock('left').acquire();
      throw new Error('forgets it');
    });
    expect(await failed.exception()).toMatchObject({ cause: { message: 'forgets it' } });
    await (await client.lock('left').acquire({ timeout: 60_000 })).release();
  });
}
