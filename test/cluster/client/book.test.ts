import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Book } from '../../../src/cluster/client/book.js';

describe('the book of wanted keys', () => {
  test('tells those who wait, and releases what nobody wants', () => {
    const book = new Book();
    book.want(1, ['a', 'b']);
    book.want(2, ['a']);
    expect(book.arrived('a')).toEqual([1, 2]);
    book.had(1, 'a');
    expect(book.arrived('a')).toEqual([2]);
    expect(book.arrived('c')).toEqual([]);
    expect(book.drop(1, ['a', 'b'])).toEqual(['b']);
    expect(book.holds(1)).toBe(false);
    expect(book.drop(2, ['a', 'a', 'c'])).toEqual(['a']);
  });

  test('knows what was lost', () => {
    const book = new Book();
    book.want(1, ['a', 'b']);
    book.arrived('a');
    book.arrived('b');
    book.lost('a');
    expect([book.isReady('a'), book.isReady('b')]).toEqual([false, true]);
    book.lostAll();
    expect(book.isReady('b')).toBe(false);
    expect(book.arrived('a')).toEqual([1]);
  });

  test('counts persisting', () => {
    const book = new Book();
    book.persist(1, ['a']);
    book.persist(2, ['a']);
    expect([book.release('a'), book.isPersisted('a'), book.release('a'), book.isPersisted('a')]).toEqual([
      2,
      true,
      1,
      false,
    ]);
    expect(book.release('a')).toBeUndefined();
  });

  test('after any wants and drops, a key was released once nobody held it, and only then', () => {
    const step = fc.record({ run: fc.nat(3), key: fc.constantFrom('a', 'b', 'c'), want: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const book = new Book();
        const held = new Map<string, Set<number>>();
        for (const { run, key, want } of steps) {
          const holders = held.get(key) ?? new Set();
          held.set(key, holders);
          if (want) {
            book.want(run, [key]);
            holders.add(run);
          } else {
            const last = holders.delete(run) && holders.size === 0;
            expect(book.drop(run, [key])).toEqual(last ? [key] : []);
          }
          expect(new Set(book.holders(key))).toEqual(holders);
          expect(book.holds(run)).toBe([...held.values()].some((h) => h.has(run)));
        }
      }),
    );
  });
});
