/** Delayed values on the local engine: what they do on any, and what needs none. */
import { describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testDelayed } from './suite.js';

const { compute, delayed, persist } = tw;

testDelayed(async () => new tw.LocalEngine({ threads: 2 }), 50_000);

const inc = delayed(function inc(n: number) {
  return n + 1;
});
const sum = delayed(function sum(list: readonly number[]) {
  return list.reduce((a, b) => a + b, 0);
});
const echo = delayed(<T>(value: T) => value) as <T>(value: tw.Lazily<T>) => tw.Delayed<T>;
const wrong = (value: unknown): never => value as never;

it('does equal work once, and none that is kept', async () => {
  await using engine = new tw.LocalEngine({ threads: 1 });
  /** Tasks that something runs. */
  const tasks = async (of: () => Promise<unknown>): Promise<number> => {
    const before = engine.stats().tasks.done;
    await of();
    return engine.stats().tasks.done - before;
  };
  expect(await tasks(() => compute([inc(1), inc(1), inc(inc(1))], { engine }))).toBe(2);
  const [held] = await persist([inc(7)], { engine });
  expect(await tasks(() => held.compute())).toBe(0);
  expect(engine.has(held.key)).toBe(true);
});

describe('what cannot be', () => {
  const offset = 1;
  class Point {}
  it.each<[string, () => unknown, RegExp]>([
    [
      'free variables',
      () => delayed((n: number) => n + offset),
      /Cannot send anonymous function .* it uses offset/,
    ],
    ['a class instance', () => echo(new Point()), /argument 1 is an instance of Point.*plain data/],
    ['a function', () => sum(wrong([() => 1])), /sum: argument 1\[0\] is a function/],
    [
      'a dataframe',
      () => echo(tw.fromRows([{ a: 1 }])),
      /a dataframe is no argument of a function that is sent: compute it before/,
    ],
    [
      'a cycle',
      () => {
        const list: unknown[] = [];
        list.push(list);
        return echo(list);
      },
      /contains itself/,
    ],
    ['a bad reference', () => delayed({ module: './steps.mjs' })(1), /relative path/],
  ])('%s is refused at the call', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('a delayed value is not thenable', async () => {
    const value = inc(1);
    expect(await value).toBe(value);
    expect(String(value)).toBe('tilework.Delayed<inc>');
  });
});

it('can be drawn', () => {
  expect(sum([inc(1), inc(2)]).visualize()).toMatch(/^<svg.*3 tasks in 3 layers/s);
  expect(inc(inc(1)).visualize({ as: 'text' })).toContain('call');
});
