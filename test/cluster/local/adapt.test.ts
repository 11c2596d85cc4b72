import { describe, expect, test } from 'vitest';
import { checkAdapt, decide, type Needless, nextLook } from '../../../src/cluster/local/adapt.js';

const none: Needless = new Map();

describe('adaptive scaling', () => {
  test('starts what is wanted at once, within its bounds', () => {
    const look = { target: 5, workers: ['a'], closable: [] };
    expect(decide(look, none, { maximum: 10 })).toMatchObject({ start: 4, retire: [] });
    expect(decide(look, none, { maximum: 3 })).toMatchObject({ start: 2, retire: [] });
    expect(decide({ ...look, target: 0 }, none, { minimum: 2, maximum: 3 })).toMatchObject({ start: 1 });
  });

  test('retires a worker that was needless three times in a row', () => {
    const options = { minimum: 1, maximum: 4 };
    const look = { target: 0, workers: ['a', 'b', 'c'], closable: ['c', 'b'] };
    const first = decide(look, none, options);
    expect(first).toEqual({
      start: 0,
      retire: [],
      needless: new Map([
        ['c', 1],
        ['b', 1],
      ]),
    });
    const second = decide({ ...look, closable: ['c'] }, first.needless, options);
    expect(second.needless).toEqual(new Map([['c', 2]]));
    const third = decide(look, second.needless, options);
    expect(third.retire).toEqual(['c']);
    expect(third.needless).toEqual(new Map([['b', 1]]));
  });

  test('forgets what was needless when there is work again, and whom it does not know', () => {
    const counted = new Map([['b', 2]]);
    const busy = decide({ target: 2, workers: ['a', 'b'], closable: [] }, counted, { maximum: 4 });
    expect(busy).toEqual({ start: 0, retire: [], needless: new Map() });
    const other = decide({ target: 0, workers: ['a'], closable: ['tcp-python'] }, counted, { maximum: 4 });
    expect(other).toEqual({ start: 0, retire: [], needless: new Map() });
  });

  test('never goes below the minimum, whatever is closable', () => {
    const look = { target: 0, workers: ['a', 'b'], closable: ['a', 'b'] };
    expect(decide(look, none, { minimum: 1, maximum: 2, patience: 1 }).retire).toEqual(['a']);
  });

  test('looks ever later where workers cannot be started time after time', () => {
    expect([0, 1, 2, 3, 4, 5, 100].map((failures) => nextLook(failures, 50))).toEqual([
      50, 50, 50, 1_000, 2_000, 4_000, 30_000,
    ]);
    expect([0, 3].map((failures) => nextLook(failures, 60_000))).toEqual([60_000, 60_000]);
  });

  test('takes no bounds that are none', () => {
    expect(() => checkAdapt(undefined as never)).toThrow(
      /adapt: minimum and maximum are whole numbers, not 0 and undefined/,
    );
    expect(() => checkAdapt({ min: 1, maximum: 2 } as never)).toThrow(
      'adapt: there is no option "min"; there are minimum, maximum',
    );
    expect(() => checkAdapt({ maximum: 2, target_duration: '1s' } as never)).toThrow(
      'did you mean "targetDuration"?',
    );
    expect(() => checkAdapt({ minimum: 3, maximum: 2 })).toThrow(/whole numbers, not 3 and 2/);
    expect(() => checkAdapt({ maximum: 1.5 })).toThrow(RangeError);
    expect(() => checkAdapt({ maximum: 1, interval: Number.NaN })).toThrow(
      /interval is a number of milliseconds/,
    );
    expect(() => checkAdapt({ maximum: 1, patience: 0 })).toThrow(
      /patience is a whole number of looks from 1/,
    );
  });
});
