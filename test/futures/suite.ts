/** What futures do on any engine. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { asCompleted, Client, delayed, fireAndForget, wait } = tw;

const inc = (n: number) => n + 1;
const add = (a: number, b: number) => a + b;
const slow = (ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
const broken = function broken(n: number): number {
  throw new RangeError(`no ${n}`);
};
const never = () => new Promise<number>(() => {});
const wrong = (value: unknown): never => value as never;
const errorOf = (of: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(of).then(
    () => undefined,
    (error: unknown) => error,
  );

/** @param calls how many at once are many */
export function testFutures(start: () => Promise<Engine>, calls: number): void {
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

  describe('submit', () => {
    it('begins at once, and gives a future that can be awaited', async () => {
      const future = client.submit(inc, 1);
      expect(future.status).toBe('pending');
      expect(future.done()).toBe(false);
      expect(await future).toBe(2);
      expect(future.status).toBe('finished');
      expect(await future.result()).toBe(2);
      expect(await future.exception()).toBeUndefined();
      expect(String(future)).toBe('tilework.Future<inc, finished>');
    });

    it('takes futures, delayed values and arrays at any depth, finished or not', async () => {
      const one = client.submit(inc, 0);
      const two = client.submit(add, one, one);
      const sum = client.submit(
        (list: readonly number[], more: { readonly n: number }) => list.length + more.n,
        [one, two],
        {
          n: delayed(inc)(two),
        },
      );
      expect(await sum).toBe(5);
      expect(await client.submit(inc, one)).toBe(2);
      expect(await client.submit(inc, tw.arange(4, { chunks: 2 }).sum())).toBe(7);
    });

    it('takes numbers that are none, and zeros of either sign, as they are', async () => {
      const same = <T>(value: T): T => value;
      const odd = [Number.NaN, -0, Number.NEGATIVE_INFINITY];
      expect(await client.gather(client.map(same, odd))).toEqual(odd);
      expect(await client.submit(same, odd)).toEqual(odd);
      expect(await client.scatter(Number.NaN)).toBe(Number.NaN);
      expect(await client.compute({ none: Number.NaN, one: delayed(inc)(0) })).toEqual({
        none: Number.NaN,
        one: 1,
      });
      // What looks like a mark is data, beside a number that is none too.
      const marked = { $input: 0, none: Number.NaN };
      expect(await client.submit(same, marked)).toEqual(marked);
    });

    it('takes arguments and captured values as they are at the call, whatever becomes of them', async () => {
      const bytes = Uint8Array.of(0);
      const row = { n: 0, list: [0] };
      const futures = Array.from({ length: 20 }, (_, i) => {
        bytes[0] = i;
        row.n = i;
        row.list[0] = i;
        return [
          client.submit((b: Uint8Array) => b[0]!, bytes),
          client.submit((r: typeof row) => r.n, row),
          client.submit(
            (n: number, r: { readonly row: typeof row }) => n + r.row.list[0]!,
            client.submit(inc, i),
            {
              row,
            },
          ),
          client.with({ captured: { row } }).submit(() => row.n),
          client.scatter(row.list).key === client.scatter([i]).key,
        ];
      });
      expect(await client.gather(futures)).toEqual(futures.map((_, i) => [i, i, 2 * i + 1, i, true]));
      const call = delayed((list: readonly number[]) => list)(row.list);
      row.list[0] = -1;
      expect(await call.compute()).toEqual([19]);
    });

    it('does equal work once, unless it is not pure', async () => {
      const random = () => Math.random();
      const [a, b] = [client.submit(random), client.submit(random)];
      expect(await a).toBe(await b);
      const impure = client.with({ pure: false, name: 'draw' });
      const [c, d] = [impure.submit(random), impure.submit(random)];
      expect(await c).not.toBe(await d);
      expect(c.key).toMatch(/^draw-[0-9a-f]{32}$/);
    });

    it('takes functions with captured values, and of modules', async () => {
      const by = 3;
      expect(await client.with({ captured: { by } }).submit((n: number) => n * by, 2)).toBe(6);
      const module = new URL('../delayed/steps.mjs', import.meta.url);
      expect(await client.submit<number>({ module, name: 'half' }, client.submit(inc, 4))).toBe(2.5);
    });

    it('takes the key that is asked for', async () => {
      const named = client.with({ key: 'the-answer' });
      const first = named.submit(inc, 41);
      expect(first.key).toBe('the-answer');
      expect(await first).toBe(42);
      // There is one of that key already.
      expect(await named.submit(inc, 1)).toBe(42);
      expect(await client.submit(inc, first)).toBe(43);
      const here = client.with({ where: 'main', key: 'here' }).submit((n: number) => n, 1);
      expect([here.key, await here]).toEqual(['here', 1]);
      expect(() => client.with({ key: 'frame/x' }).submit(inc, 1)).toThrow(/a key is a text that does not/);
      expect(() => client.with({ key: '' }).submit(inc, 1)).toThrow(/a key is a text/);
      expect(() => client.with({ key: '__proto__' }).submit(inc, 1)).toThrow(/that all machines can read/);
      expect(() => client.with({ key: 'half \ud800' }).submit(inc, 1)).toThrow(/that all machines can read/);
      expect(await client.with({ name: 'half \ud800' }).submit(inc, 2)).toBe(3);
      expect(() => named.map(inc, [1])).toThrow(/a key is of one: say by name/);
    });

    it('returns what it was lent as copies, wherever that is', async () => {
      const data = client.scatter(Float64Array.of(1, 2, 3));
      const returned = await client.submit((lent: Float64Array) => {
        class Kept {
          constructor(readonly data: Float64Array) {}
        }
        const bytes = new DataView(lent.buffer, lent.byteOffset + 8, 8);
        return { map: new Map([['at', lent]]), set: new Set([[lent]]), kept: new Kept(lent), bytes };
      }, data);
      const copy = Float64Array.of(1, 2, 3);
      expect(returned).toEqual({
        map: new Map([['at', copy]]),
        set: new Set([[copy]]),
        kept: { data: copy },
        bytes: new DataView(Float64Array.of(2).buffer),
      });
      expect(returned.map.get('at')!.buffer).toBeInstanceOf(ArrayBuffer);
    });

    it('returns data whatever they call their parts', async () => {
      const race = { driver: 'Ascari', constructor: { name: { short: 'Ferrari' } } };
      expect(await client.submit((data: object) => data, race)).toEqual(race);
    });

    it('refuses a result that is nested too deeply for other threads, and nothing else fails with it', async () => {
      const nest = (depth: number) => {
        let list: unknown[] = [];
        for (let i = 0; i < depth; i++) list = [list];
        return list;
      };
      const other = client.submit(() => new Promise((resolve) => setTimeout(() => resolve(7), 500)));
      for (const depth of [3_000, 5_000, 100_000])
        await expect(client.submit(nest, depth)).rejects.toMatchObject({
          name: 'TaskError',
          cause: { message: 'the result is nested more than 1000 deep: return plain data that is flatter' },
        });
      expect(await other).toBe(7);
    });
    it('names the part of a result that contains itself', async () => {
      const cyclic = () => {
        const list: unknown[] = [];
        list.push({ list });
        return { list };
      };
      expect((await errorOf(client.submit(cyclic))) as Error).toMatchObject({
        cause: { message: 'the result.list[0].list contains itself: return plain data that does not' },
      });
    });

    it('refuses at the call what cannot be sent, or is not there', async () => {
      expect(() => client.submit((value: unknown) => value, { $value: client.submit(inc, 1) })).toThrow(
        /argument 1 has a property "\$input" or "\$value"/,
      );
      const offset = 1;
      expect(() => client.submit((n: number) => n + offset, 1)).toThrow(/it uses offset/);
      expect(() =>
        client.submit(
          inc,
          wrong(() => 1),
        ),
      ).toThrow(/inc: argument 1.* function/);
      expect(() => client.submit(wrong(3))).toThrow(/a function is needed/);
      let deep: unknown[] = [];
      for (let i = 0; i < 100_000; i++) deep = [deep];
      expect(() => client.submit(wrong(inc), deep)).toThrow(
        'inc: argument 1 is nested too deeply to be sent',
      );
      const capturing = client.with({ captured: { deep } });
      expect(() => capturing.submit(() => deep.length)).toThrow(/captured is nested too deeply to be sent/);
      expect(() => client.with({ name: wrong(5) }).submit(inc, 1)).toThrow(
        'a name of calls is a text, not 5',
      );
      expect(() => client.with({ key: wrong(5n) }).submit(inc, 1)).toThrow(/a key is a text .*, not 5$/);
      expect(() => client.with(wrong({ retires: 3 }))).toThrow(
        /no option "retires"; did you mean "retries"\? there are captured, .*retries/,
      );
      expect(() => client.with({ where: wrong('thread') })).toThrow("where is 'main', or left out");
      expect(() => client.with({ captured: wrong(5) })).toThrow('captured are values by name');
      expect(() => client.with({ pure: wrong('no') })).toThrow('pure is true or false, not "no"');
      expect(() => client.with(wrong(undefined)).submit(inc, 1)).not.toThrow();
      expect(() => new Client(engine, wrong(5))).toThrow(/is said by \{ captured, .* \}, not 5/);
      for (const none of ['tcp://127.0.0.1:8786', Promise.resolve(engine), null])
        expect(() => new Client(wrong(none))).toThrow(/a Client takes an engine, such as what await connect/);
      expect(String(client)).toBe(`tilework.Client<${engine}>`);
      expect(() => client.variable(wrong(5n))).toThrow('a name is a text, not 5');
      await expect(client.publish(wrong(5n), 1)).rejects.toThrow('a name is a text, not 5');
      const odd = new Map([[Object.create(null), Symbol('s')]]);
      expect(() => client.submit((map: object) => map, odd)).toThrow(/\.get\(an unnamed class\) is a symbol/);
    });
  });

  describe('errors', () => {
    it('are told whatever is thrown', async () => {
      const thrown = [
        "new Error('half \\ud800 a character')",
        "Object.assign(new Error('deep'), { inside: JSON.parse('['.repeat(500) + ']'.repeat(500)) })",
        "Object.assign(new Error('large'), { bytes: new Uint8Array(4 * 2 ** 20) })",
      ];
      const calls = client.map((text: string): number => {
        throw new Function(`return ${text}`)();
      }, thrown);
      const errors = (await Promise.all(calls.map(errorOf))) as tw.TaskError[];
      expect(errors.map(({ cause }) => (cause as Error).message)).toEqual([
        'half \ud800 a character',
        'deep',
        'large',
      ]);
      const cyclic = (): number => {
        const value: { itself?: object } = {};
        value.itself = value;
        throw value;
      };
      expect(await errorOf(client.submit(cyclic))).toMatchObject({ cause: '[object Object]' });
      expect(await client.submit(inc, 1)).toBe(2);
    });

    it('are of the classes that were thrown, with all that is in them', async () => {
      const thrown = {
        any: () => {
          const own = Object.assign(new Error('own'), { name: 'OwnError', code: 7 });
          const inner = new AggregateError([1, own], 'inner', { cause: new SyntaxError('deep') });
          return Promise.any([Promise.reject(new TypeError('one')), Promise.reject(inner)]);
        },
        stopped: () => {
          throw new DOMException('stopped', 'AbortError');
        },
        uncloneable: () => structuredClone(() => 1),
        module: () => new WebAssembly.Module(new Uint8Array(4)),
      };
      const causeOf = async (fn: () => unknown): Promise<unknown> => {
        const error = (await errorOf(client.with({ pure: false }).submit(fn))) as tw.TaskError;
        expect(error).toBeInstanceOf(tw.TaskError);
        expect(error).not.toBeInstanceOf(tw.ThreadDiedError);
        return error.cause;
      };
      const any = (await causeOf(thrown.any)) as AggregateError;
      expect(any).toBeInstanceOf(AggregateError);
      expect(any).toMatchObject({ name: 'AggregateError', message: 'All promises were rejected' });
      expect(any.errors[0]).toBeInstanceOf(TypeError);
      const inner = any.errors[1] as AggregateError;
      expect(inner).toBeInstanceOf(AggregateError);
      expect(inner.cause).toBeInstanceOf(SyntaxError);
      expect(inner.errors).toEqual([
        1,
        expect.objectContaining({ name: 'OwnError', message: 'own', code: 7 }),
      ]);
      const stopped = await causeOf(thrown.stopped);
      expect(stopped).toBeInstanceOf(DOMException);
      expect(stopped).toMatchObject({ name: 'AbortError', message: 'stopped', code: 20 });
      expect((stopped as Error).stack).toContain('at stopped');
      const uncloneable = await causeOf(thrown.uncloneable);
      expect(uncloneable).toBeInstanceOf(DOMException);
      expect(uncloneable).toMatchObject({ name: 'DataCloneError', code: 25 });
      expect(await causeOf(thrown.module)).toBeInstanceOf(WebAssembly.CompileError);
    });

    it('tell of threads that a call ends, and of what it throws beside its promise', async () => {
      const impure = client.with({ pure: false });
      const exit = () => process.exit(3);
      const died = (await errorOf(impure.submit(exit))) as tw.ThreadDiedError;
      expect(died).toBeInstanceOf(tw.ThreadDiedError);
      expect(died).toMatchObject({ name: 'ThreadDiedError', op: 'call', deaths: 3 });
      expect(died.message).toMatch(
        /killed its thread 3 times; last: the thread exited with code 3( \(on .*\))?$/,
      );
      expect(died.cause).toMatchObject({ message: 'the thread exited with code 3' });
      const late = () =>
        new Promise<number>(() => {
          setTimeout(() => {
            throw new RangeError('late');
          }, 1);
        });
      const unhandled = () => new Promise<number>(() => void Promise.reject(new RangeError('late')));
      for (const fn of [late, unhandled]) {
        const future = impure.submit(fn);
        const error = (await errorOf(future)) as tw.TaskError;
        expect(error).toBeInstanceOf(tw.TaskError);
        expect(error).not.toBeInstanceOf(tw.ThreadDiedError);
        expect(error).toMatchObject({ name: 'TaskError', key: future.key, op: 'call' });
        expect(error.message).toMatch(
          /failed outside of what it returns, as in a timer or a callback, and ended its thread 3 times; last: RangeError: late/,
        );
        expect(error.cause).toBeInstanceOf(RangeError);
      }
      expect(await client.submit(inc, 1)).toBe(2);
    });

    it('of calls of Python say in which form arguments are', () => {
      expect(() => client.python('math:sqrt', wrong(5))).toThrow(
        'python("math:sqrt"): its arguments are one list, as in python("math:pow", [2, 10]), not 5',
      );
      expect(() => client.python('math:sqrt', wrong(Float64Array.of(1)))).toThrow(
        'not an instance of Float64Array',
      );
      expect(() => client.python('math:pow', [2], wrong(10))).toThrow(
        /its keyword arguments are one object, .* not 10; all others are in the list/,
      );
      expect(() => client.python('math', [1])).toThrow(/is named as module:function/);
    });

    it('have the key, the cause and the stack of what threw', async () => {
      const future = client.submit(broken, 7);
      const error = (await errorOf(future)) as tw.TaskError;
      expect(error).toBeInstanceOf(tw.TaskError);
      expect(error.key).toBe(future.key);
      expect(error.cause).toBeInstanceOf(RangeError);
      expect(future.status).toBe('error');
      expect(await future.exception()).toBe(error);
      expect(await future.traceback()).toMatch(/at broken \(tilework-function-/);
    });

    it('of inputs are those of what reads them, submitted before or after', async () => {
      const bad = client.submit(broken, 8);
      const before = client.submit(inc, bad);
      const error = await errorOf(bad);
      const after = client.submit(inc, client.submit(inc, bad));
      expect(await before.exception()).toMatchObject({ key: bad.key });
      expect(await after.exception()).toBe(error);
      expect(await errorOf(client.gather([client.submit(inc, 1), bad]))).toBe(error);
      expect(await errorOf(delayed(inc)(bad).compute())).toBe(error);
    });

    it('are tried again where that is asked for, at once, with the inputs that failed', async () => {
      const path = join(mkdtempSync(join(tmpdir(), 'tilework-retry-')), 'calls');
      const flaky = async (path: string, least: number) => {
        const { appendFileSync, readFileSync } = await import('node:fs');
        appendFileSync(path, 'x');
        const times = readFileSync(path, 'utf8').length;
        if (times < least) throw new Error(`only ${times}`);
        return times;
      };
      const input = client.submit(flaky, path, 3);
      const reader = client.submit(inc, delayed(inc)(input));
      expect(await errorOf(reader)).toMatchObject({ key: input.key, cause: { message: 'only 1' } });
      reader.retry();
      expect([input.status, reader.status]).toEqual(['pending', 'pending']);
      expect(await errorOf(reader)).toMatchObject({ key: input.key, cause: { message: 'only 2' } });
      reader.retry();
      expect(await reader).toBe(5);
      expect(await input).toBe(3);
      reader.retry();
      expect(reader.status).toBe('finished');
      const gone = client.submit(broken, 9);
      gone.release();
      expect(() => gone.retry()).toThrow(/was released/);
    });

    it('of a long chain come to its end, and are tried again there', async () => {
      const path = join(mkdtempSync(join(tmpdir(), 'tilework-chain-')), 'it is there');
      const first = client.submit(async (path: string) => {
        const { existsSync } = await import('node:fs');
        if (!existsSync(path)) throw new Error('not yet');
        return 0;
      }, path);
      const steps = Math.min(calls, 5_000);
      let last = first;
      for (let i = 0; i < steps; i++) last = client.submit(inc, last);
      expect(await errorOf(last)).toMatchObject({ key: first.key, cause: { message: 'not yet' } });
      writeFileSync(path, '');
      last.retry();
      expect(await last).toBe(steps);
    });

    it('nobody looks at do no harm', async () => {
      for (let i = 0; i < 20; i++) client.with({ pure: false }).submit(broken, i);
      const here = client.with({ where: 'main' }).submit(() => Promise.reject(new Error('unseen')));
      await wait([here]);
      await sleep(20);
      expect(await client.submit(inc, 1)).toBe(2);
    });
  });

  describe('map and gather', () => {
    it('go over lists, and give results in the same structure', async () => {
      expect(await client.gather(client.map(add, [1, 2, 3], new Set([10, 20])))).toEqual([11, 22]);
      const futures = client.map(inc, client.map(inc, [1, 2]));
      expect(await client.gather({ all: futures, map: new Map([['first', futures[0]]]), plain: 1 })).toEqual({
        all: [3, 4],
        map: new Map([['first', 3]]),
        plain: 1,
      });
      expect(await Promise.all(futures)).toEqual([3, 4]);
      expect(() => client.map(wrong(inc))).toThrow('map takes a list');
    });

    it(`take ${calls} calls`, async () => {
      const futures = client.map(
        inc,
        Array.from({ length: calls }, (_, i) => i),
      );
      const results = await client.gather(futures);
      expect(results[calls - 1]).toBe(calls);
      expect(await Promise.all(futures)).toEqual(results);
      for (const future of futures) future.release();
    });
  });

  describe('calls made in one turn', () => {
    it('each have their own error, end and result, whatever becomes of the others', async () => {
      const impure = client.with({ pure: false });
      const bad = impure.submit(broken, 5);
      const ofBad = impure.submit(inc, bad);
      const cancelled = impure.submit(never);
      const released = impure.submit(inc, 10);
      const stays = impure.submit(inc, 20);
      const reader = impure.submit(add, stays, stays);
      const urgent = client.with({ pure: false, priority: 1 }).submit(inc, 30);
      const unsendable = () => impure.submit((value: unknown) => value, Symbol('no'));
      const last = impure.submit(add, reader, urgent);
      cancelled.cancel();
      released.release();
      expect(unsendable).toThrow(/is a symbol/);
      expect(await errorOf(bad)).toMatchObject({ key: bad.key, cause: { message: 'no 5' } });
      expect(await errorOf(ofBad)).toMatchObject({ key: bad.key });
      expect(await errorOf(cancelled)).toBeInstanceOf(tw.CancelledError);
      expect(await errorOf(released)).toBeInstanceOf(tw.CancelledError);
      expect(await client.gather([stays, reader, urgent, last])).toEqual([21, 42, 31, 73]);
      bad.retry();
      expect(await errorOf(bad)).toMatchObject({ cause: { message: 'no 5' } });
      stays.release();
      expect(await last).toBe(73);
      expect(await impure.submit(inc, last)).toBe(74);
    });
  });

  describe('scatter', () => {
    it('gives data once; typed arrays are shared', async () => {
      const data = Float64Array.of(1, 2, 3);
      const table = client.scatter(data);
      data[0] = 9;
      expect(await table).toEqual(Float64Array.of(1, 2, 3));
      const seen = await client.submit(
        (values: Float64Array, plain: { readonly a: readonly number[] }) => [
          values.buffer instanceof SharedArrayBuffer,
          values.length,
          plain.a,
        ],
        table,
        client.scatter({ a: [1] }),
      );
      expect(seen).toEqual([true, 3, [1]]);
      expect(await client.gather([client.scatter(Uint8Array.of(1)), client.scatter('text')])).toEqual([
        Uint8Array.of(1),
        'text',
      ]);
      expect(client.scatter([1, 2]).key).toBe(client.scatter([1, 2]).key);
      expect(() => client.scatter(() => 1)).toThrow(/function/);
    });
  });

  describe('cancelling and releasing', () => {
    it('stops what runs', async () => {
      const future = client.submit(never);
      client.cancel(future);
      expect(future.status).toBe('cancelled');
      expect(await errorOf(future)).toBeInstanceOf(tw.CancelledError);
      expect((await client.submit(inc, future).exception()) instanceof tw.CancelledError).toBe(true);
    });

    // The statuses are those that Dask's own client has after the same calls (distributed 2026.8.0).
    it('cancels what is made of it, pending or not', async () => {
      const impure = client.with({ pure: false });
      const input = impure.submit(never);
      const reader = client.submit(inc, input);
      const behind = client.compute(delayed(inc)(delayed(inc)(reader)));
      const here = client.with({ where: 'main' }).submit((n: number) => n, reader);
      const beside = client.submit(inc, 5);
      const sibling = client.submit(never);
      client.cancel(input);
      const all = (...futures: tw.Future[]) => futures.map(({ status }) => status);
      expect(all(input, reader, behind, here)).toEqual(Array(4).fill('cancelled'));
      expect(await errorOf(behind)).toMatchObject({
        name: 'CancelledError',
        key: behind.key,
        message: `the future "${behind.key}" was cancelled, since "${input.key}" was, of which it is made`,
      });
      expect(await beside).toBe(6);
      expect(sibling.status).toBe('pending');
      sibling.cancel();

      const [one, failed] = [impure.submit(inc, 1), impure.submit(broken, 1)];
      const [two, failing] = [client.submit(inc, one), client.submit(inc, failed)];
      await wait([two, failing]);
      expect(all(two, failing)).toEqual(['finished', 'error']);
      client.cancel([one, failed]);
      expect(all(one, two, failed, failing)).toEqual(Array(4).fill('cancelled'));
      expect([engine.has(one.key), engine.has(two.key)]).toEqual([false, false]);
      expect(await errorOf(failing)).toBeInstanceOf(tw.CancelledError);
      expect(() => failing.retry()).toThrow(tw.CancelledError);
    });

    it('leaves what it is made of, what is to finish in any case, and what was released in between', async () => {
      const impure = client.with({ pure: false });
      const input = impure.submit(slow, 100);
      const between = client.submit(inc, input);
      const reader = client.submit(inc, between);
      reader.cancel();
      expect([input.status, between.status]).toEqual(['pending', 'pending']);
      const last = client.submit(add, between, 1);
      between.release();
      const kept = client.submit(add, input, 3);
      fireAndForget(kept);
      const ofKept = client.submit(inc, kept);
      input.cancel();
      expect([last.status, kept.status, ofKept.status]).toEqual(['cancelled', 'pending', 'pending']);
      expect(await client.gather([kept, ofKept])).toEqual([103, 104]);
      // Whoever releases it leaves what others need.
      const released = impure.submit(slow, 100);
      const reads = client.submit(inc, released);
      released.release();
      expect(await reads).toBe(101);
    });

    it('gives results up: released, at the end of a block, collected', async () => {
      const released = client.submit(inc, 1000);
      await wait([released]);
      expect(engine.has(released.key)).toBe(true);
      released.release();
      expect(engine.has(released.key)).toBe(false);
      expect(await errorOf(released)).toMatchObject({ name: 'CancelledError', message: /was released/ });
      let key: string;
      {
        using future = client.submit(inc, 1001);
        key = future.key;
        await wait([future]);
        expect(engine.has(key)).toBe(true);
      }
      expect(engine.has(key)).toBe(false);
      setFlagsFromString('--expose_gc');
      const gc = runInNewContext('gc') as () => void;
      key = await (async () => {
        const future = client.submit(inc, 1002);
        await wait([future]);
        return future.key;
      })();
      for (let i = 0; i < 1_000 && engine.has(key); i++) {
        gc();
        await sleep(10);
      }
      expect(engine.has(key)).toBe(false);
    });

    it('keeps nothing of what a result was made of, nor a future that was given up', async () => {
      setFlagsFromString('--expose_gc');
      const gc = runInNewContext('gc') as () => void;
      const impure = client.with({ pure: false });
      const between: string[] = [];
      let last = impure.submit(inc, 0);
      const given: WeakRef<tw.Future>[] = [];
      await (async () => {
        for (let i = 0; i < 3; i++) {
          between.push(last.key);
          last = impure.submit(inc, last);
        }
        await wait([last]);
        for (const end of ['cancel', 'release'] as const) {
          const future = impure.submit(inc, 1);
          await wait([future]);
          future[end]();
          given.push(new WeakRef(future));
        }
      })();
      const left = () => [
        ...between.filter((key) => engine.has(key)),
        ...given.filter((future) => future.deref() !== undefined),
      ];
      for (let i = 0; i < 1_000 && left().length > 0; i++) {
        await sleep(10);
        gc();
      }
      expect(left()).toEqual([]);
      expect(await last).toBe(4);
    });

    it('keeps what is held by delayed calls of it', async () => {
      const held = await (async () => {
        const future = client.submit(inc, 2000);
        await wait([future]);
        return delayed(inc)(future);
      })();
      const gc = runInNewContext('gc') as () => void;
      for (let i = 0; i < 5; i++) {
        gc();
        await sleep(5);
      }
      expect(await held.compute()).toBe(2002);
    });

    it('lets those finish that are to be forgotten', async () => {
      const { existsSync } = await import('node:fs');
      const path = `/tmp/tilework-forget-${process.pid}`;
      const write = async (file: string) => {
        const fs = await import('node:fs/promises');
        await new Promise((resolve) => setTimeout(resolve, 30));
        await fs.writeFile(file, '');
      };
      const future = client.submit(write, path);
      fireAndForget(future);
      future.release();
      while (!existsSync(path)) await sleep(5);
      (await import('node:fs')).rmSync(path);
    });
  });

  describe('waiting', () => {
    it('ends when all are done, or one, or after a time', async () => {
      const [fast, late] = [client.submit(inc, 1), client.submit(never)];
      const first = await wait([fast, late], { returnWhen: 'firstCompleted' });
      expect(first.done).toEqual([fast]);
      expect(first.notDone).toEqual([late]);
      expect(await errorOf(wait([late], { timeout: 10 }))).toMatchObject({ name: 'TimeoutError' });
      expect(await errorOf(late.result({ timeout: 10 }))).toMatchObject({ name: 'TimeoutError' });
      expect(await errorOf(late.result({ signal: AbortSignal.abort(new Error('stop')) }))).toMatchObject({
        message: 'stop',
      });
      expect(late.status).toBe('pending');
      setFlagsFromString('--expose_gc');
      const gc = runInNewContext('gc') as () => void;
      const told = (): WeakRef<object> => {
        const onProgress = () => {};
        wait([late], { timeout: 1, onProgress }).catch(() => {});
        return new WeakRef(onProgress);
      };
      const asked = told();
      // Who waits no more has left nothing with what is pending.
      for (let i = 0; i < 50 && asked.deref() !== undefined; i++) {
        await sleep(5);
        gc();
      }
      expect(asked.deref()).toBeUndefined();
      await expect(wait([late], { timeout: -1 })).rejects.toThrow(RangeError);
      // Seconds, as Dask takes them.
      const form =
        /takes how long it waits by name and in milliseconds, \{ timeout: 1000 \} for a second, not 1$/;
      for (const waits of [
        () => late.result(wrong(1)),
        () => late.exception(wrong(1)),
        () => late.traceback(wrong(1)),
        () => wait([late], wrong(1)),
        async () => asCompleted([late], wrong(1)),
        () => client.waitForWorkers(1, wrong(1)),
        () => client.event('never').wait(wrong(1)),
      ])
        await expect(waits()).rejects.toThrow(form);
      await expect(wait([late], wrong({ return_when: 'FIRST_COMPLETED' }))).rejects.toThrow(
        'wait: there is no option "return_when"; did you mean "returnWhen"?',
      );
      await expect(late.result(wrong({ timeOut: 1 }))).rejects.toThrow('did you mean "timeout"?');
      await expect(late.result(wrong({ signal: 'stop' }))).rejects.toThrow(
        'a signal is an AbortSignal, not "stop"',
      );
      await expect(late.result(wrong(null))).rejects.toThrow(
        'result takes options by name, { timeout, signal }, not null',
      );
      await expect(wait([fast, wrong(1)])).rejects.toThrow('wait takes futures, and the one at 1 is 1');
      await expect(wait(wrong(1))).rejects.toThrow('wait takes futures, not 1');
      expect(() => asCompleted([wrong('text')])).toThrow('the one at 0 is "text"');
      expect(() => client.cancel(wrong([{}]))).toThrow('cancel takes futures, and the one at 0 is {}');
      await expect(wait([late], { returnWhen: wrong('any') })).rejects.toThrow(/returnWhen is/);
      late.cancel();
      expect((await wait([])).done).toEqual([]);
    });

    it('tells how far it is', async () => {
      const seen: tw.FuturesProgress[] = [];
      const bad = client.submit(broken, 2);
      const one = client.with({ pure: false }).submit(slow, 30);
      await wait([one, bad], { onProgress: (progress) => void seen.push(progress) });
      expect(seen.map(({ done, total }) => [done, total])).toEqual([
        [0, 2],
        [1, 2],
        [2, 2],
      ]);
      expect(seen.at(-1)!.failed).toBe(1);
      const stop = (): void => {
        throw new Error('stop');
      };
      await expect(wait([one], { onProgress: stop })).rejects.toThrow('stop');
    });

    it('goes over futures as they are done, and takes more', async () => {
      let open: (value: number) => void = () => {};
      const gate = new Promise<number>((resolve) => {
        open = resolve;
      });
      const bad = client.submit(broken, 1);
      const completed = asCompleted<tw.Future<number>>([
        client.with({ where: 'main' }).submit(() => gate),
        bad,
      ]);
      const seen: unknown[] = [];
      for await (const future of completed) {
        expect(future).toBeInstanceOf(tw.Future);
        if (future === bad) {
          completed.add(client.submit(inc, 5));
          open(80);
        }
        seen.push(future.status === 'error' ? 'error' : await future);
      }
      expect(new Set(seen)).toEqual(new Set(['error', 6, 80]));
      expect(seen[0]).toBe('error');
      expect(completed.count).toBe(0);
      expect((await asCompleted().next()).done).toBe(true);
    });

    it('goes over futures with their results, or what they failed with', async () => {
      const bad = client.submit(broken, 3);
      const cancelled = client.submit(never);
      cancelled.cancel();
      const good = client.map(inc, [1, 2]);
      const pairs: unknown[] = [];
      for await (const pair of asCompleted([...good, bad, cancelled], {
        withResults: true,
        raiseErrors: false,
      }))
        pairs.push(pair);
      expect(pairs).toHaveLength(4);
      expect(pairs).toEqual(
        expect.arrayContaining([
          [good[0], 2],
          [good[1], 3],
          [bad, await bad.exception()],
          [cancelled, await cancelled.exception()],
        ]),
      );
      // What is thrown ends a loop, not what is gone over.
      const completed = asCompleted([...good, bad], { withResults: true });
      const results: number[] = [];
      const errors: unknown[] = [];
      while (!completed.isEmpty)
        try {
          for await (const [, result] of completed) results.push(result);
        } catch (error) {
          errors.push(error);
        }
      expect(results.sort()).toEqual([2, 3]);
      expect(errors).toEqual([await bad.exception()]);
    });

    it('gives all that is done at once, and what is done now', async () => {
      const futures = client.map(inc, [1, 2, 3]);
      const bad = client.submit(broken, 3);
      const late = client.submit(never);
      await wait([...futures, bad]);
      const completed = asCompleted<tw.Future<number>>([late]);
      expect(await completed.nextBatch({ block: false })).toEqual([]);
      completed.update(futures);
      expect([completed.count, completed.isEmpty, completed.hasReady]).toEqual([4, false, false]);
      const batch = await completed.nextBatch();
      expect(batch).toEqual(futures);
      completed.add(bad);
      expect(await completed.nextBatch()).toEqual([bad]);
      const next = completed.next();
      completed.clear();
      expect([await next, await completed.nextBatch()]).toEqual([{ done: true, value: undefined }, []]);
      const batches: (readonly [tw.Future<number>, number])[][] = [];
      for await (const some of asCompleted(futures, { withResults: true }).batches()) batches.push(some);
      expect(batches.flat().map(([, result]) => result)).toEqual([2, 3, 4]);
      const raising = asCompleted([futures[0]!, bad, futures[1]!], { withResults: true });
      const seen: unknown[] = [];
      while (!raising.isEmpty) seen.push(await raising.nextBatch().catch((error: unknown) => error));
      expect(seen.flat(1)).toEqual(
        expect.arrayContaining([[futures[0], 2], await bad.exception(), [futures[1], 3]]),
      );
      expect(late.status).toBe('pending');
      late.cancel();
    });

    it('goes over what is done within a time, counted from the call', async () => {
      const [ready, late] = [client.submit(inc, 1), client.submit(never)];
      await ready;
      const completed = asCompleted([ready, late], { timeout: 20 });
      const seen: unknown[] = [];
      const all = async () => {
        for await (const future of completed) seen.push(future.status);
      };
      await expect(all()).rejects.toMatchObject({
        name: 'TimeoutError',
        message: 'waiting for one of 1 futures took longer than 20 ms',
      });
      expect(seen).toEqual(['finished']);
      expect(late.status).toBe('pending');
      // What is done by then is given all the same.
      completed.add(ready);
      await expect.poll(() => completed.hasReady).toBe(true);
      expect((await completed.next()).done).toBe(false);
      await expect(completed.nextBatch()).rejects.toMatchObject({ name: 'TimeoutError' });
      const stopped = asCompleted([late], { signal: AbortSignal.abort(new Error('stop')) });
      await expect(stopped.next()).rejects.toThrow('stop');
      expect(() => asCompleted([], wrong({ with_results: true }))).toThrow(/no option "with_results"/);
      expect(() => asCompleted([], { timeout: -1 })).toThrow(RangeError);
      late.cancel();
    });
  });

  describe("work in the program's own process", () => {
    it('sees what is around it, and neither arguments nor results are copied', async () => {
      const main = client.with({ where: 'main' });
      const cache = new Map<string, () => number>();
      const put = main.submit(async (n: number) => cache.set('a', () => n), client.submit(inc, 1));
      expect(await put).toBe(cache);
      expect(cache.get('a')?.()).toBe(2);
      // Its results are inputs of calls in threads, even while it is at work.
      const later = main.submit(() => slow(20));
      expect(await client.gather([client.submit(inc, later), later])).toEqual([21, 20]);
      expect(await client.submit(inc, later)).toBe(21);
      expect(await delayed(inc)(later).compute()).toBe(21);
      expect(await client.gather([later, main.map(inc, [1, later])])).toEqual([20, [2, 21]]);
      const bad = main.submit(() => {
        throw new Error('here');
      });
      expect(await errorOf(client.submit(inc, bad))).toMatchObject({ key: bad.key, op: 'main' });
      expect(() => main.submit(wrong({ module: 'x' }))).toThrow(/where: 'main'/);
      const pending = main.submit(never);
      expect(() => delayed(inc)(pending).graph()).toThrow(/pending in this process/);
      pending.cancel();
      expect(pending.status).toBe('cancelled');
    });
  });

  describe('names', () => {
    it('are found by every client of the engine', async () => {
      const held = await tw.arange(6, { chunks: 2 }).persist({ engine: client.engine });
      await client.publish('table', { table: client.scatter([1, 2]), held, name: 'a' });
      expect(await client.with({}).listDatasets()).toEqual(['table']);
      type Table = { table: tw.Future<number[]>; held: tw.TileArray<'float64'>; name: string };
      const found = await client.with({}).getDataset<Table>('table');
      expect(found.name).toBe('a');
      expect(await found.table).toEqual([1, 2]);
      expect(await found.held.sum().compute({ engine: client.engine })).toBe(15);
      await expect(client.publish('table', 1)).rejects.toThrow(/published already/);
      await client.unpublish('table');
      await expect(client.getDataset('table')).rejects.toThrow(
        /nothing is published as "table"; there is nothing at all/,
      );
    });
  });

  describe('computing and persisting', () => {
    it('of delayed values and structures', async () => {
      const double = delayed((n: number) => 2 * n);
      expect(await client.compute(double(client.submit(inc, 1)))).toBe(4);
      expect(await client.compute({ a: double(1), b: [double(2)] })).toEqual({ a: 2, b: [4] });
      const [held] = await client.persist([tw.arange(3).add(1)]);
      expect(await held.sum().compute()).toBe(6);
    });
  });
}
