import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Allocation, Arena, RESERVED } from '../../src/engine/memory/arena.js';
import { Heap, type Span } from '../../src/engine/memory/heap.js';
import { Space } from '../../src/engine/memory/space.js';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('a heap', () => {
  const requests = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ allocate: fc.integer({ min: 0, max: 40_000 }) }) },
      { weight: 2, arbitrary: fc.record({ free: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ trim: fc.nat(), to: fc.double({ min: 0, max: 1, noNaN: true }) }) },
      { weight: 1, arbitrary: fc.record({ lowerTop: fc.constant(true) }) },
    ),
    { maxLength: 200, size: 'max' },
  );

  test('never gives bytes out twice, and its spans tile what it has used', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom(64, 4096), (steps, granularity) => {
        const heap = new Heap(64 * KIB, 64 * KIB + 512 * KIB, granularity);
        const live: Span[] = [];
        for (const step of steps) {
          if ('allocate' in step) {
            const span = heap.allocate(step.allocate, Number.POSITIVE_INFINITY);
            if (span !== undefined) {
              expect(span.size).toBeGreaterThanOrEqual(step.allocate);
              expect(span.address % granularity).toBe(0);
              live.push(span);
            } else {
              // It may refuse only where there is no hole so large, at the end neither.
              for (const hole of heap.spans()) if (hole.free) expect(hole.size).toBeLessThan(step.allocate);
              expect(heap.end - heap.top).toBeLessThan(heap.roundUp(step.allocate));
            }
          } else if ('free' in step) {
            if (live.length > 0) heap.free(live.splice(step.free % live.length, 1)[0]!);
          } else if ('trim' in step) {
            const span = live[step.trim % Math.max(1, live.length)];
            if (span !== undefined) heap.trim(span, Math.floor(span.size * step.to));
          } else {
            heap.lowerTop();
          }
          checkTiling(heap, live);
        }
        for (const span of live) heap.free(span);
        expect(heap.used).toBe(0);
        heap.lowerTop();
        expect(heap.top).toBe(heap.start);
      }),
      { numRuns: 300 },
    );
  });

  function checkTiling(heap: Heap, live: readonly Span[]): void {
    let at = heap.start;
    let used = 0;
    let wasFree = false;
    const taken = new Set<number>();
    for (const { address, size, free } of heap.spans()) {
      assert.equal(address, at);
      assert(!(free && wasFree), 'holes beside one another have merged');
      wasFree = free;
      at += size;
      if (free) continue;
      used += size;
      taken.add(address);
    }
    assert.equal(at, heap.top);
    assert.equal(used, heap.used);
    assert.equal(taken.size, live.length);
    assert(live.every((span) => taken.has(span.address)));
  }

  test('uses again what was freed last, before it grows', () => {
    const heap = new Heap(0, MIB, 64);
    const spans = Array.from({ length: 8 }, () => heap.allocate(6400, MIB)!);
    const { top } = heap;
    heap.free(spans[1]!);
    heap.free(spans[5]!);
    expect(heap.allocate(6400, MIB)!.address).toBe(spans[5]!.address);
    expect(heap.allocate(6400, MIB)!.address).toBe(spans[1]!.address);
    expect(heap.top).toBe(top);
  });

  test('may be kept from growing', () => {
    const heap = new Heap(0, MIB, 64);
    const span = heap.allocate(64 * KIB, 64 * KIB)!;
    expect(heap.allocate(64, 0)).toBeUndefined();
    heap.free(span);
    expect(heap.allocate(64 * KIB, 0)).toBeDefined();
  });

  test('extends the hole at its end', () => {
    const heap = new Heap(0, MIB, 64);
    heap.free(heap.allocate(64 * KIB, MIB)!);
    expect(heap.allocate(96 * KIB, 32 * KIB)!.address).toBe(0);
    expect(heap.top).toBe(96 * KIB);
  });

  test('refuses to free a span twice', () => {
    const heap = new Heap(0, MIB, 64);
    const span = heap.allocate(64, MIB)!;
    heap.free(span);
    expect(() => heap.free(span)).toThrow('freed twice');
  });
});

describe('an arena', () => {
  test('aligns blocks, and never gives out its first page', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 * KIB }), { maxLength: 60 }), (sizes) => {
        const arena = new Arena(0);
        for (const size of sizes) {
          const { address } = arena.allocate(size, Number.POSITIVE_INFINITY)!;
          expect(address).toBeGreaterThanOrEqual(RESERVED);
          expect(address % (size >= 64 * KIB ? 4096 : 64)).toBe(0);
        }
      }),
    );
  });

  test('small blocks that stay do not cut up the space of large ones', () => {
    const arena = new Arena(0);
    const large: Allocation[] = [];
    for (let i = 0; i < 16; i++) {
      large.push(arena.allocate(MIB, Number.POSITIVE_INFINITY)!);
      arena.allocate(8, Number.POSITIVE_INFINITY);
    }
    for (const allocation of large) arena.free(allocation);
    // All but the slab's neighbourhood is one hole again.
    expect(arena.allocate(15 * MIB, 0)).toBeDefined();
  });

  test('counts what is allocated, to zero', () => {
    const sizes = [0, 1, 64, 100, 20_000, 65_536, 1_000_000];
    const arena = new Arena(0);
    const all = sizes.map((size) => arena.allocate(size, Number.POSITIVE_INFINITY)!);
    expect(arena.used).toBe(64 + 64 + 64 + 128 + 20_480 + 65_536 + 1_003_520);
    arena.trim(all[6]!, 500_000);
    expect(arena.used).toBe(64 + 64 + 64 + 128 + 20_480 + 65_536 + 503_808);
    for (const allocation of all) arena.free(allocation);
    expect(arena.used).toBe(0);
  });

  test('holds 4 GiB but for the first page', () => {
    const arena = new Arena(0);
    expect(arena.allocate(2 ** 32, Number.POSITIVE_INFINITY)).toBeUndefined();
    const { address, size } = arena.allocate(2 ** 32 - RESERVED, Number.POSITIVE_INFINITY)!;
    expect(address + size).toBe(2 ** 32);
  });
});

describe('space', () => {
  test('holds all arenas together below one limit', () => {
    const space = new Space(3 * MIB, 2 * MIB);
    const first = space.open()!;
    const a = space.allocate(first, 1.5 * MIB)!;
    expect(space.allocate(first, MIB)).toBeUndefined();
    const second = space.open()!;
    expect(space.allocate(second, 1.5 * MIB)).toBeDefined();
    expect(space.allocate(second, 64 * KIB)).toBeUndefined();
    space.free(a);
    // What was touched stays resident, so only that may be used again.
    expect(space.allocate(second, 64 * KIB)).toBeUndefined();
    expect(space.allocate(first, MIB)).toBeDefined();
    expect(space.touched).toBe(3 * MIB);
  });
});
