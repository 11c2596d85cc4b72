/** What delayed values do on any engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { compute, delayed, persist } = tw;

const inc = delayed(function inc(n: number) {
  return n + 1;
});
const sum = delayed(function sum(list: readonly number[]) {
  return list.reduce((a, b) => a + b, 0);
});
const echo = delayed(<T>(value: T) => value) as <T>(value: tw.Lazily<T>) => tw.Delayed<T>;
const wrong = (value: unknown): never => value as never;

/** @param size half of the calls of a large graph */
export function testDelayed(start: () => Promise<Engine>, size: number): void {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
    tw.useEngine(engine);
  });
  afterAll(async () => {
    tw.useEngine(undefined);
    await engine?.dispose();
  });

  describe('calls', () => {
    it('are done later, in order', async () => {
      expect(await sum([inc(1), inc(inc(2)), 3]).compute()).toBe(2 + 4 + 3);
    });

    it('take lazies at any depth of lists, objects, Maps and Sets', async () => {
      const value = {
        list: [inc(0), [inc(1)]],
        map: new Map([['a', inc(2)]]),
        set: new Set([inc(3)]),
        plain: new Float64Array([1, 2]),
      };
      expect(await (echo(value as never) as tw.Delayed).compute()).toEqual({
        list: [1, [2]],
        map: new Map([['a', 3]]),
        set: new Set([4]),
        plain: new Float64Array([1, 2]),
      });
    });

    it('may return promises, and functions may be captured', async () => {
      const later = delayed(async (n: number) => n * 2);
      expect(await later(later(2)).compute()).toBe(8);
      const square = (n: number) => n * n;
      const by = 1;
      const applied = delayed((n: number) => square(n) + by, { captured: { square, by } });
      expect(await applied(3).compute()).toBe(10);
    });

    it('may be of functions in modules', async () => {
      const module = new URL('./steps.mjs', import.meta.url);
      expect(await delayed<number>({ module, name: 'half' })(inc(5)).compute()).toBe(3);
      expect(await delayed({ module })(inc(5), 7).compute()).toBe(42);
    });

    it('give what a function gets as data that looks like marks untouched', async () => {
      expect(await echo({ $input: 3 }).compute()).toEqual({ $input: 3 });
      expect(await echo({ $value: 3 }).compute()).toEqual({ $value: 3 });
      expect(() => echo([inc(1), { $input: 0 }] as never)).toThrow(/argument 1 has a property "\$input"/);
    });

    it('take arrays whole, and 0-dimensional ones as elements', async () => {
      const x = tw.arange(6, { chunks: 2 }).reshape([2, 3]);
      const seen = delayed(
        (block: { dtype: string; shape: readonly number[]; data: ArrayLike<number> }, n: number) => [
          block.dtype,
          block.shape,
          Array.from(block.data),
          n,
        ],
      );
      expect(await seen(x.add(1), x.sum()).compute()).toEqual(['float64', [2, 3], [1, 2, 3, 4, 5, 6], 15]);
      const kind = delayed((value: unknown) => typeof value);
      expect(await compute([kind(x.sum().greater(1)), kind(tw.arange(3n).sum())])).toEqual([
        'boolean',
        'number',
      ]);
    });
  });

  describe('parts of values', () => {
    it('are delayed too', async () => {
      const record = delayed({ name: 'fig', sizes: [3, inc(3)], byName: new Map([['a', 1]]) });
      const index = inc(0);
      expect(
        await compute([
          record.get('name').call('toUpperCase'),
          record.get('sizes').get(index),
          record.get('sizes').call('indexOf', inc(3)),
          record.get('byName').call('get', 'a'),
        ]),
      ).toEqual(['FIG', 4, 1, 1]);
    });

    it('are split off', async () => {
      const divide = delayed((a: number, b: number): [number, string] => [Math.floor(a / b), String(a % b)]);
      const [quotient, rest] = divide(17, inc(4)).split(2);
      expect(await compute({ quotient, rest })).toEqual({ quotient: 3, rest: '2' });
      expect(() => divide(1, 2).split(wrong(1.5))).toThrow(RangeError);
    });
  });

  describe('keys', () => {
    it('are equal for equal work, which is done once', async () => {
      expect(inc(1).key).toBe(inc(1).key);
      expect(inc(1).key).toMatch(/^inc-[0-9a-f]{32}$/);
      expect(inc(1).key).not.toBe(inc(2).key);
      expect(inc(inc(1)).key).toBe(inc(inc(1)).key);
      const [a, b] = [1, 2].map((by) => delayed((n: number) => n + by, { captured: { by } })(0));
      expect(a.key).not.toBe(b.key);
    });

    it('differ where work is not pure', async () => {
      const random = delayed(() => Math.random(), { pure: false, name: 'a: draw' });
      expect(random().key).toMatch(/^a-draw-[0-9a-f]{32}$/);
      const one = random();
      const [a, b, c] = await compute([one, one, random()]);
      expect(a).toBe(b);
      expect(a).not.toBe(c);
    });
  });

  describe('computing', () => {
    it('keeps the structure, and shares work with arrays', async () => {
      const x = tw.arange(4, { chunks: 2 });
      const total = x.sum();
      const value = await compute({
        d: inc(1),
        list: [x, total, 'as it is'],
        map: new Map([[1, inc(total)]]),
      });
      expect(value.d).toBe(2);
      expect(String(value.list[0])).toBe('[0. 1. 2. 3.]');
      expect(value.list.slice(1)).toEqual([6, 'as it is']);
      expect(value.map).toEqual(new Map([[1, 7]]));
      expect(await compute([])).toEqual([]);
    });

    it('keeps results in the engine', async () => {
      const once = delayed(() => Math.random(), { pure: false })();
      const [held, x] = await persist([once, tw.arange(3)]);
      expect(await held.compute()).toBe(await held.compute());
      expect(await inc(held).compute()).toBe((await held.compute()) + 1);
      expect(await x.sum().compute()).toBe(3);
      const alone = await once.persist();
      expect(engine.has(alone.key)).toBe(true);
    });

    it('tries again, and stops when told to', async () => {
      const { mkdtempSync, rmSync } = await import('node:fs');
      const folder = mkdtempSync('/tmp/tilework-delayed-');
      const flaky = delayed(
        async (path: string, ..._: unknown[]) => {
          const { appendFileSync, readFileSync } = await import('node:fs');
          appendFileSync(path, '.');
          if (readFileSync(path).length < 3) throw new Error('not yet');
          return 'done';
        },
        { pure: false },
      );
      await expect(flaky(`${folder}/a`).compute()).rejects.toThrow(/flaky|not yet/);
      expect(await flaky(`${folder}/b`).compute({ retries: 2 })).toBe('done');
      rmSync(folder, { recursive: true });
      const stop = new AbortController();
      const slow = delayed(() => new Promise((resolve) => setTimeout(resolve, 60_000)), { pure: false })();
      const computing = slow.compute({ signal: stop.signal });
      stop.abort(new Error('enough'));
      await expect(computing).rejects.toThrow('enough');
    });

    it('names the failing call and keeps its stack', async () => {
      const bad = delayed(function bad(n: number): number {
        throw new RangeError(`no ${n}`);
      });
      const error: unknown = await inc(bad(7))
        .compute()
        .catch((e: unknown) => e);
      expect(error).toBeInstanceOf(tw.TaskError);
      expect((error as tw.TaskError).key).toBe(bad(7).key);
      expect((error as tw.TaskError).cause).toBeInstanceOf(RangeError);
      expect((error as Error).stack).toMatch(/at bad \(tilework-function-/);
    });
  });

  describe('large graphs', () => {
    it(`of ${2 * size} calls, wide and deep, run`, async () => {
      const wide = Array.from({ length: size }, (_, i) => inc(i));
      let deep = inc(-1);
      for (let i = 1; i < size; i++) deep = inc(deep);
      expect(await compute([sum(wide), deep])).toEqual([(size * (size + 1)) / 2, size - 1]);
    }, 120_000);
  });
}
