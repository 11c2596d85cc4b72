import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { itemsize, viewOf } from '../../src/kernels/dtype.js';
import {
  checkRandom,
  fillRandom,
  freshEntropy,
  type RandomSpec,
  randomScratch,
  SeedSequence,
  seedPcg64,
} from '../../src/kernels/random/index.js';

interface Truth {
  sequences: {
    seed: string | string[];
    key: number[];
    uint32: number[];
    uint64: string[];
    state: string;
    inc: string;
    grandchild: number[];
  }[];
  streams: {
    spec: RandomSpec;
    seed: string | string[];
    key: number[];
    count: number;
    head: string[];
    sha256: string;
  }[];
}

/** What NumPy gave; see test/truth/random_streams.py. */
const truth: Truth = JSON.parse(
  readFileSync(new URL('../truth/random_streams.json', import.meta.url), 'utf8'),
);

const seedOf = (seed: string | string[]) => (Array.isArray(seed) ? seed.map(BigInt) : BigInt(seed));

const memory = new WebAssembly.Memory({ initial: 300, maximum: 65536, shared: true });

function draw(spec: RandomSpec, sequence: SeedSequence, count: number) {
  const bytes = randomScratch(spec);
  // Behind the scratch memory, which is large for samples.
  const address = Math.ceil((64 + bytes) / 65536) * 65536;
  // A wall behind the block shows when a kernel writes past its end.
  const all = viewOf('uint8', memory.buffer, address, count * itemsize(spec.dtype) + 64);
  all.fill(0xa5);
  fillRandom(memory, spec, seedPcg64(sequence), { address, count, scratch: { address: 64, bytes } });
  expect(all.subarray(-64).every((byte) => byte === 0xa5)).toBe(true);
  return viewOf(spec.dtype, memory.buffer, address, count).slice();
}

describe('SeedSequence', () => {
  it('makes the words that NumPy makes', () => {
    for (const { seed, key, uint32, uint64, grandchild } of truth.sequences) {
      const sequence = new SeedSequence(seedOf(seed), key);
      expect(Array.from(sequence.generateState(9)), `${seed} ${key}`).toEqual(uint32);
      expect(Array.from(sequence.generateState(3, 'uint64'), String)).toEqual(uint64);
      const descendant = sequence.spawn(3)[2]!.child(1);
      expect(Array.from(descendant.generateState(2))).toEqual(grandchild);
    }
  });

  it('takes numbers and bigints alike', () => {
    for (const seed of [0, 42, 2 ** 32, 2 ** 53 - 1])
      expect(new SeedSequence(seed).generateState(4)).toEqual(
        new SeedSequence(BigInt(seed)).generateState(4),
      );
  });

  it('refuses what is no seed, saying why', () => {
    for (const seed of [-1, -5n, 1.5, Number.NaN, 2 ** 60, Number.POSITIVE_INFINITY])
      expect(() => new SeedSequence(seed)).toThrow(/seed is made of non-negative integers/);
    expect(() => new SeedSequence(2 ** 60)).toThrow(/give a bigint/);
    expect(() => new SeedSequence(1, [-1])).toThrow(/spawn key/);
  });

  it('finds fresh entropy', () => {
    expect(freshEntropy()).not.toBe(freshEntropy());
  });
});

describe('PCG64', () => {
  it('starts in the state that NumPy starts in', () => {
    for (const { seed, key, state, inc } of truth.sequences)
      expect(seedPcg64(new SeedSequence(seedOf(seed), key))).toEqual({
        state: BigInt(state),
        increment: BigInt(inc),
      });
  });
});

describe('fillRandom', () => {
  const kinds = new Set(truth.streams.map(({ spec }) => `${spec.kind} ${spec.dtype}`));
  it.each([...kinds])('gives the numbers of NumPy: %s', (kind) => {
    for (const { spec, seed, key, count, head, sha256 } of truth.streams) {
      if (`${spec.kind} ${spec.dtype}` !== kind) continue;
      const typed =
        spec.kind === 'integers' ? { ...spec, low: BigInt(spec.low), high: BigInt(spec.high) } : spec;
      const numbers = draw(typed, new SeedSequence(seedOf(seed), key), count);
      const what = `${JSON.stringify(spec)} of seed ${seed}, key ${key}, ${count} numbers`;
      const first = [numbers[0], numbers[1]].slice(0, head.length);
      const known = head.map((text) => (spec.dtype.startsWith('f') ? String(fromHex(text)) : text));
      expect(first.map(String), what).toEqual(known);
      const bytes = new Uint8Array(numbers.buffer, 0, numbers.byteLength);
      expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16), what).toBe(sha256);
    }
  });

  it('fills blocks above 2 GiB', () => {
    const large = new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true });
    const spec = { kind: 'standard_normal', dtype: 'float64' } as const;
    const scratch = { address: 2 ** 31 - 4096, bytes: randomScratch(spec) };
    const state = seedPcg64(new SeedSequence(9));
    const count = 5000;
    const address = 2 ** 32 - 8 * count;
    fillRandom(large, spec, state, { address, count, scratch });
    const low = draw(spec, new SeedSequence(9), count);
    expect(new Float64Array(large.buffer, address, count).slice()).toEqual(low);
  });

  it('says when the scratch memory is too small', () => {
    const spec = { kind: 'random', dtype: 'float64' } as const;
    const target = { address: 0, count: 1, scratch: { address: 64, bytes: 8 } };
    expect(() => fillRandom(memory, spec, { state: 0n, increment: 1n }, target)).toThrow(
      /scratch of 8 bytes, \d+ needed/,
    );
  });
});

/** A number as Python's float.hex writes it. */
function fromHex(hex: string): number {
  const [, sign, whole, fraction, exponent] = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(hex)!;
  const mantissa = Number.parseInt(whole!, 16) + Number.parseInt(fraction!, 16) / 16 ** fraction!.length;
  return (sign === '-' ? -mantissa : mantissa) * 2 ** Number(exponent);
}

describe('checkRandom', () => {
  const integers = (low: number | bigint, high: number | bigint, endpoint = false) =>
    ({ kind: 'integers', dtype: 'int8', low, high, endpoint }) as const;

  it('refuses what NumPy refuses', () => {
    expect(() => checkRandom(integers(5, 5))).toThrow('low >= high');
    expect(() => checkRandom(integers(6, 5, true))).toThrow('low > high');
    expect(() => checkRandom(integers(-129, 5))).toThrow('low -129 is out of bounds for int8');
    expect(() => checkRandom(integers(0, 129))).toThrow('high 129 is out of bounds for int8');
    expect(() => checkRandom(integers(0, 128, true))).toThrow('out of bounds');
    expect(() => checkRandom(integers(0, 1.5))).toThrow('high must be an integer');
    expect(() => checkRandom({ kind: 'normal', dtype: 'float64', loc: 0, scale: -1 })).toThrow('scale');
    const float64 = { dtype: 'float64' } as const;
    expect(() => checkRandom({ kind: 'exponential', ...float64, scale: -0 })).toThrow(
      'scale must not be negative',
    );
    expect(() => checkRandom({ kind: 'gamma', ...float64, shape: -1, scale: 1 })).toThrow(
      'shape must not be negative',
    );
    expect(() => checkRandom({ kind: 'gamma', ...float64, shape: 1, scale: -1 })).toThrow(
      'scale must not be negative',
    );
    const int64 = { dtype: 'int64' } as const;
    for (const lam of [-1, Number.NaN, 9.3e18])
      expect(() => checkRandom({ kind: 'poisson', ...int64, lam })).toThrow(`got ${lam}`);
    for (const [n, p] of [
      [-1, 0.5],
      [1.5, 0.5],
      [1, -0.1],
      [1, 1.1],
      [1, Number.NaN],
    ] as const)
      expect(() => checkRandom({ kind: 'binomial', ...int64, n, p })).toThrow('binomial: ');
    expect(() => checkRandom({ kind: 'uniform', dtype: 'float64', low: -1e308, high: 1e308 })).toThrow(
      'must be finite',
    );
  });

  it('accepts what NumPy accepts', () => {
    for (const spec of [integers(5, 5, true), integers(-128, 128), integers(127n, 127n, true)])
      expect(() => checkRandom(spec)).not.toThrow();
  });
});
