import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewOf } from '../../src/kernels/dtype.js';
import {
  fillPart,
  fillRandom,
  isLeapable,
  partCost,
  type RandomSpec,
  randomScratch,
  SeedSequence,
  seedPcg64,
} from '../../src/kernels/random/index.js';
import { leap, leapt } from '../../src/kernels/random/pcg64.js';

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
const ADDRESS = 65_536;

const uniform = { kind: 'uniform', dtype: 'float64', low: -3, high: 5 } as const;
const unit = { kind: 'random', dtype: 'float64' } as const;

const target = (spec: RandomSpec, count: number) => ({
  address: ADDRESS,
  count,
  scratch: { address: 64, bytes: randomScratch(spec) },
});

function whole(spec: Leapable, sequence: SeedSequence, count: number): Float64Array {
  fillRandom(memory, spec, seedPcg64(sequence), target(spec, count));
  return viewOf('float64', memory.buffer, ADDRESS, count).slice() as Float64Array;
}

interface Cut {
  readonly block: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** An axis of a block, and a slice of it. */
const cut = (most: number): fc.Arbitrary<Cut> =>
  fc
    .integer({ min: 1, max: most })
    .chain((block) =>
      fc
        .tuple(fc.integer({ min: 0, max: block - 1 }), fc.integer({ min: 1, max: block }))
        .chain(([start, step]) =>
          fc
            .integer({ min: 0, max: Math.floor((block - 1 - start) / step) + 1 })
            .map((count) => ({ block, start, step, count })),
        ),
    );

/** The elements of a slice of a block in C order, one by one. */
function pick(all: Float64Array, axes: readonly Cut[]): number[] {
  let places = [0];
  for (const { block, start, step, count } of axes)
    places = places.flatMap((p) => Array.from({ length: count }, (_, i) => p * block + start + i * step));
  return places.map((p) => all[p]!);
}

type Leapable = Extract<RandomSpec, { kind: 'random' | 'uniform' }>;

function draw(spec: Leapable, sequence: SeedSequence, axes: readonly Cut[]): number[] {
  const shape = axes.map(({ count }) => count);
  const count = shape.reduce((a, b) => a * b, 1);
  // A wall behind the part shows when a kernel writes past its end.
  const all = viewOf('float64', memory.buffer, ADDRESS, count + 8) as Float64Array;
  all.fill(7);
  const part = {
    block: axes.map(({ block }) => block),
    start: axes.map(({ start }) => start),
    step: axes.map(({ step }) => step),
  };
  fillPart(memory, spec, seedPcg64(sequence), target(spec, count), part, shape);
  expect(Array.from(all.subarray(count))).toEqual(Array(8).fill(7));
  return Array.from(all.subarray(0, count));
}

test('a part has the numbers of the whole, to the bit', () => {
  const anything = fc.tuple(fc.array(cut(40), { maxLength: 4 }), fc.constantFrom(unit, uniform), fc.nat());
  fc.assert(
    fc.property(anything, ([axes, spec, seed]) => {
      fc.pre(axes.reduce((n, { block }) => n * block, 1) <= 300_000);
      const sequence = new SeedSequence(seed);
      const all = whole(
        spec,
        sequence,
        axes.reduce((n, { block }) => n * block, 1),
      );
      expect(draw(spec, sequence, axes)).toEqual(pick(all, axes));
    }),
    { numRuns: 300 },
  );
});

test('runs longer than a call', () => {
  const sequence = new SeedSequence(5);
  const all = whole(unit, sequence, 200_000);
  for (const step of [1, 2, 3]) {
    const axes = [{ block: 200_000, start: 7, step, count: Math.floor(199_992 / step) }];
    expect(draw(unit, sequence, axes)).toEqual(pick(all, axes));
  }
});

test("the even numbers and the odd ones are together NumPy's", () => {
  const { streams } = JSON.parse(
    readFileSync(new URL('../truth/random_streams.json', import.meta.url), 'utf8'),
  ) as {
    streams: { spec: RandomSpec; seed: string | string[]; key: number[]; count: number; sha256: string }[];
  };
  const kinds = new Set<string>();
  for (const { spec, seed, key, count, sha256 } of streams) {
    if (!isLeapable(spec)) continue;
    const sequence = new SeedSequence([seed].flat().map(BigInt), key);
    const numbers = new Float64Array(count);
    for (const start of [0, 1]) {
      const axis = { block: count, start, step: 2, count: Math.ceil((count - start) / 2) };
      for (const [i, number] of draw(spec, sequence, [axis]).entries()) numbers[start + 2 * i] = number;
    }
    const hash = createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('hex');
    expect(hash.slice(0, 16), `${spec.kind}, ${count} numbers`).toBe(sha256);
    kinds.add(spec.kind);
  }
  expect(kinds).toEqual(new Set(['random', 'uniform']));
});

test('leaps are steps, one after another, and back', () => {
  const state = seedPcg64(new SeedSequence(3));
  const one = leap(1);
  let walked = state;
  for (let n = 0; n < 70; n++) {
    expect(leapt(state, n)).toEqual(walked);
    expect(leapt(walked, -n)).toEqual(state);
    const next = walked.state * one.multiplier + walked.increment * one.sum;
    walked = { ...walked, state: BigInt.asUintN(128, next) };
  }
  expect(leapt(leapt(state, 2 ** 40), -(2 ** 40) + 1)).toEqual(leapt(state, 1));
});

test('a part costs its share, unless its numbers lie scattered', () => {
  expect(partCost({ block: [100, 100], step: [2, 1] }, [50, 100])).toBe(0.5);
  expect(partCost({ block: [100, 100], step: [1, 2] }, [100, 50])).toBe(0.5);
  expect(partCost({ block: [100, 9], step: [1, 2] }, [100, 5])).toBe(Number.POSITIVE_INFINITY);
  // Whole rows one after another are one run, as are numbers whose distance goes on from row to row.
  expect(partCost({ block: [100, 4], step: [1, 2] }, [100, 2])).toBe(0.5);
  expect(partCost({ block: [100, 4], step: [1, 1] }, [50, 4])).toBe(0.5);
});

test('what does not take one word a number cannot leap', () => {
  const specs: RandomSpec[] = [
    { kind: 'random', dtype: 'float32' },
    { kind: 'standard_normal', dtype: 'float64' },
    { kind: 'integers', dtype: 'int64', low: 0, high: 10 },
  ];
  expect(specs.map(isLeapable)).toEqual([false, false, false]);
});
