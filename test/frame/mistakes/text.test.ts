/** A frame as text: what one sees who looks for the mistake. */
import { describe, expect, it } from 'vitest';
import { col, fromRows } from '../../../src/index.js';
import { frame } from './frame.js';

describe('a frame as text', () => {
  it('has its columns, with the types that are known', () => {
    const made = frame
      .filter(col('x').gt(1))
      .select('x', 'tags', { half: col('y').div(2), whole: col('y').cast('int32') });
    expect(String(made)).toBe(
      'tilework.DataFrame<[x: int64, tags: list<string>, half, whole: int32], not computed>',
    );
    expect(String(fromRows([{ 'a b': 1 }]))).toBe('tilework.DataFrame<["a b": int64], 1 row in memory>');
  });
  it('names the first of many columns', () => {
    const wide = fromRows([Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`c${i}`, i]))]);
    expect(String(wide)).toContain('c11: int64, … (40 in all)], 1 row in memory>');
  });
  it('as do groups', () =>
    expect(String(frame.select('x', 'text').groupBy('text', { even: col('x').mod(2).eq(0) }))).toBe(
      'tilework.GroupBy<by text, even = ((x % 2) == 0) of [x: int64, text: string], not computed>',
    ));
});
