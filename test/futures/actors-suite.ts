/** What actors do on any engine. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';
import type { Tally } from './actor-module.mjs';

const { ActorLostError, Client, getClient, TaskError } = tw;

class Counter {
  n: number;
  constructor(n = 0) {
    this.n = n;
  }
  increment(by = 1): number {
    this.n += by;
    return this.n;
  }
  get double(): number {
    return 2 * this.n;
  }
  fail(why: string): never {
    throw new RangeError(why);
  }
  async late(ms: number, mark: number): Promise<number> {
    const { setTimeout } = await import('node:timers/promises');
    await setTimeout(ms);
    this.n += mark;
    return this.n;
  }
  exit(): void {
    process.exit(3);
  }
  throwLater(): Promise<never> {
    setTimeout(() => {
      throw new Error('out of the blue');
    });
    return new Promise(() => {});
  }
  never(): Promise<never> {
    return new Promise(() => {});
  }
}

/** What a call fails with. */
export const errorOf = (of: PromiseLike<unknown>): Promise<Error> =>
  Promise.resolve(of).then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );
const module = new URL('./actor-module.mjs', import.meta.url);

export function testActors(start: () => Promise<Engine>): void {
  let engine: Engine;
  let client: tw.Client;
  beforeAll(async () => {
    engine = await start();
    client = new Client(engine);
  });
  afterAll(async () => {
    await engine?.dispose();
  });

  describe('actors', () => {
    it('count, as in the first example of the documentation of Dask', async () => {
      using counter = await client.actor(Counter);
      expect(await counter.n).toBe(0);
      expect(await counter.increment()).toBe(1);
      expect(await counter.increment()).toBe(2);
      expect(await counter.n).toBe(2);
      expect(await counter.double).toBe(4);
      expect(String(counter)).toBe('tilework.Actor<Counter>');
    });

    it('are what awaiting them gives', async () => {
      using counter = await client.actor(Counter, 1);
      expect(await counter).toBe(counter);
      expect(await client.gather({ counter })).toEqual({ counter });
      expect(JSON.stringify([counter])).toBe('[{}]');
    });

    it('keep states of their own', async () => {
      using a = await client.actor(Counter, 1);
      using b = await client.actor(Counter, 1);
      expect(await a.increment()).toBe(2);
      expect(await b.increment(10)).toBe(11);
      expect(await a.n).toBe(2);
    });

    it('do in order what is asked, attributes too, a thousand times', async () => {
      using counter = await client.actor(Counter);
      const asked: Promise<number>[] = [];
      for (let i = 0; i < 500; i++) asked.push(counter.increment(), counter.n);
      expect(await Promise.all(asked)).toEqual(Array.from({ length: 1000 }, (_, i) => (i >> 1) + 1));
    });

    it('do something else while a method waits', async () => {
      using counter = await client.actor(Counter);
      const late = counter.late(50, 100);
      expect(await counter.increment()).toBe(1);
      expect(await late).toBe(101);
    });

    it('take futures, delayed values and arrays, and wait for them in order', async () => {
      using counter = await client.actor(
        Counter,
        client.submit(() => 5),
      );
      const slow = client.submit(() => new Promise<number>((resolve) => setTimeout(() => resolve(10), 100)));
      const first = counter.increment(slow);
      const second = counter.increment(tw.arange(4).sum());
      const third = counter.increment();
      expect(await Promise.all([first, second, third])).toEqual([15, 21, 22]);
    });

    it('take and give typed arrays and other data', async () => {
      class Store {
        readonly data = new Map<string, unknown>();
        put(name: string, value: unknown): void {
          this.data.set(name, value);
        }
        get(name: string): unknown {
          return this.data.get(name);
        }
      }
      using store = await client.actor(Store);
      const values = { view: Float64Array.of(1, 2.5), big: 2n ** 70n, map: new Map([[1, new Set(['a'])]]) };
      await store.put('values', values);
      expect(await store.get('values')).toEqual(values);
      expect(await store.data).toEqual(new Map([['values', values]]));
      await store.put('block', client.scatter(Int32Array.of(3, 4)));
      expect(await store.get('block')).toEqual(Int32Array.of(3, 4));
      expect(await store.get('nothing')).toBeUndefined();
    });

    it('fail with what a method throws, and its stack, and go on', async () => {
      using counter = await client.actor(Counter, 7);
      const error = await errorOf(counter.fail('no more'));
      expect(error).toBeInstanceOf(TaskError);
      expect(error.cause).toBeInstanceOf(RangeError);
      expect((error.cause as Error).message).toBe('no more');
      expect(error.message).toMatch(/Counter\.fail of the actor "Counter-.*" failed: RangeError: no more/);
      expect(error.stack).toMatch(/at Counter\.fail/);
      expect(await counter.n).toBe(7);
    });

    it('are not there where a constructor throws, or an input fails', async () => {
      class Broken {
        constructor() {
          throw new SyntaxError('not so');
        }
      }
      const error = await errorOf(client.actor(Broken));
      expect(error).toBeInstanceOf(TaskError);
      expect(error.cause).toBeInstanceOf(SyntaxError);
      const failed = client.submit((): number => {
        throw new EvalError('an input');
      });
      expect((await errorOf(client.actor(Counter, failed))).cause).toBeInstanceOf(EvalError);
      using counter = await client.actor(Counter, 2);
      expect((await errorOf(counter.increment(failed))).cause).toBeInstanceOf(EvalError);
      expect(await counter.increment()).toBe(3);
    });

    it.each(['exit', 'throwLater'] as const)('are lost where a method ends the thread: %s', async (how) => {
      using counter = await client.actor(Counter);
      const waiting = counter.never();
      const error = await errorOf(counter[how]());
      expect(error).toBeInstanceOf(ActorLostError);
      expect(error.message).toMatch(
        how === 'exit' ? /is lost: .*exited with code 3/ : /is lost: .*out of the blue/,
      );
      expect(await errorOf(waiting)).toBeInstanceOf(ActorLostError);
      expect(await errorOf(counter.n)).toBeInstanceOf(ActorLostError);
      // Others are not concerned.
      using another = await client.actor(Counter, 1);
      expect(await another.n).toBe(1);
    });

    it('end at the end of a block, and what waits for them hears of it', async () => {
      let kept: Actor<Counter>;
      let waiting: Promise<Error>;
      {
        await using counter = await client.actor(Counter);
        waiting = errorOf(counter.never());
        kept = counter;
      }
      expect(await waiting).toBeInstanceOf(ActorLostError);
      expect(await errorOf(kept.increment())).toBeInstanceOf(ActorLostError);
    });

    it('are of a module', async () => {
      using tally = await client.actor<Tally>({ module, name: 'Tally' }, { fig: 1 });
      expect(await tally.add('fig', 'pear')).toBe(2);
      expect(await tally.counts()).toEqual(
        new Map([
          ['fig', 2],
          ['pear', 1],
        ]),
      );
      expect(await tally.host).toBe(hostname());
      expect((await errorOf(client.actor({ module, name: 'notAClass' }))).cause).toBeInstanceOf(TypeError);
    });

    it('use what they capture', async () => {
      const step = 5;
      const times = (n: number) => n * step;
      class Steps {
        static readonly first = times(1);
        at(n: number): number {
          return Steps.first + times(n);
        }
      }
      using steps = await client.with({ captured: { step, times } }).actor(Steps);
      expect(await steps.at(2)).toBe(15);
      const error = await errorOf(client.actor(Steps));
      expect(error).toBeInstanceOf(tw.UnshippableFunctionError);
      expect(error.message).toMatch(/Cannot send class Steps to a thread: it uses times/);
    });

    it('are called by tasks, side by side, without losing a call', async () => {
      using counter = await client.actor(Counter);
      const tasks = client.with({ pure: false });
      const add = async (counter: Actor<Counter>, n: number) => {
        for (let i = 0; i < n; i++) await counter.increment();
        return counter.n;
      };
      const all = await client.gather([10, 20, 30].map((n) => tasks.submit(add, counter, n)));
      expect(Math.max(...all)).toBe(60);
      expect(await counter.n).toBe(60);
      const inside = async ({ list }: { list: readonly Actor<Counter>[] }) => list[0]!.increment(2);
      expect(await client.submit(inside, { list: [counter] })).toBe(62);
    });

    it('call one another, and submit tasks', async () => {
      class Boss {
        constructor(private readonly counter: Actor<Counter>) {}
        async work(n: number): Promise<number> {
          const client = getClient();
          const square = await client.submit((x: number) => x * x, n);
          return this.counter.increment(square);
        }
      }
      using counter = await client.actor(Counter, 1);
      using boss = await client.with({ captured: { getClient } }).actor(Boss, counter);
      expect(await boss.work(3)).toBe(10);
      expect(await counter.n).toBe(10);
    });

    it('are not started by tasks', async () => {
      const tasks = client.with({ captured: { getClient } });
      const error = await errorOf(
        tasks.submit(async () => {
          class Inner {}
          await getClient().actor(Inner);
        }),
      );
      expect(error.message).toMatch(/a task starts no actor/);
    });

    it('refuse what cannot be', async () => {
      using counter = await client.actor(Counter);
      const wrong = (value: unknown): never => value as never;
      await expect(counter.increment(wrong(() => 1))).rejects.toThrow(
        /Counter\.increment: argument 1 .*function/,
      );
      expect(() => Object.assign(counter, { n: 1 })).toThrow(/n is set by a method of the actor/);
      await expect(client.actor(wrong(() => 1))).rejects.toThrow(/it is no class/);
      await expect(client.actor(wrong('Counter'))).rejects.toThrow(/a class is needed/);
      await expect(client.with({ where: 'main' }).actor(Counter)).rejects.toThrow(/a thread of its own/);
      await expect(client.with({ key: 'mine' }).actor(Counter)).rejects.toThrow(/a key of its own/);
      class Thenable {
        // biome-ignore lint/suspicious/noThenProperty: to be refused
        then(): number {
          return 1;
        }
      }
      await expect(client.actor(Thenable)).rejects.toThrow(/a method "then"/);
    });

    it('do not end while they are asked, though nobody has them', async () => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const late = await (async () => {
        const counter = await client.actor(Counter, 1);
        class Watch {
          constructor(private readonly counter: Actor<Counter>) {}
          look(): Promise<number> {
            return this.counter.n;
          }
        }
        using watch = await client.actor(Watch, counter);
        expect(await watch.look()).toBe(1);
        return { answer: counter.late(200, 41) };
      })();
      for (let i = 0; i < 5; i++) {
        collect();
        await sleep(10);
      }
      expect(await late.answer).toBe(42);
    });
  });
}
