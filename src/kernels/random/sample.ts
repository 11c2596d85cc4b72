import { searchLane } from '../lanes/search.js';
import type { Words } from './words.js';

/** Whole numbers 0 … `pool` - 1 without repetition; all of them in any order where as many are wanted. */
export interface Sample {
  readonly pool: number;
  readonly count: number;
  /** The probability of each; default: all alike. */
  readonly p?: Float64Array;
}

/** From so large a pool of which more than this share is wanted, the pool itself is shuffled. */
const SHUFFLED_FROM = 10_000;
const SHUFFLED_SHARE = 1 / 50;

/**
 * How a sample is drawn. `permute`: all of the pool, shuffled in place. `tail`: the end of the shuffled pool. `floyd`: R. W. Floyd's algorithm
 * (J. Bentley, "Programming Pearls: A sample of brilliance", 1987), which needs no pool, shuffled then. `weighted`: in rounds, in which what was drawn before has no
 * probability any more.
 */
function wayOf({ pool, count, p }: Sample, permutes: boolean): 'permute' | 'tail' | 'floyd' | 'weighted' {
  if (p) return 'weighted';
  if (permutes) return 'permute';
  return pool > SHUFFLED_FROM && count > Math.floor(pool * SHUFFLED_SHARE) ? 'tail' : 'floyd';
}

/** Places of the table in which Floyd's algorithm finds what it has drawn: a power of two, more than 1.2 times as many. */
function placesFor(count: number): number {
  let places = 1;
  while (places <= Math.floor(1.2 * count)) places *= 2;
  return places;
}

/** Bytes of scratch memory that a sample needs. */
export function sampleScratch(sample: Sample, permutes: boolean): number {
  const way = wayOf(sample, permutes);
  if (way === 'permute') return 0;
  if (way === 'weighted') return 16 * sample.pool;
  return 8 * (way === 'tail' ? sample.pool : placesFor(sample.count));
}

/** Draws a sample to `out`, as numbers; `scratch` has `sampleScratch` bytes. */
export function drawSample(
  words: Words,
  sample: Sample,
  permutes: boolean,
  out: Float64Array,
  scratch: Float64Array,
): void {
  const { pool, count } = sample;
  const way = wayOf(sample, permutes);
  if (way === 'weighted') {
    weighted(words, sample, out, scratch);
    return;
  }
  if (way === 'floyd') {
    floyd(words, sample, out, scratch);
    shuffle(words, out, 1, upTo);
    return;
  }
  const all = way === 'permute' ? out : scratch;
  for (let i = 0; i < pool; i++) all[i] = i;
  shuffle(words, all, way === 'permute' ? 1 : Math.max(pool - count, 1), permutes ? masked : upTo);
  if (way === 'tail') out.set(all.subarray(pool - count));
}

/** Fisher and Yates' shuffle of the elements from `first` on, each with one before it. */
function shuffle(words: Words, elements: Float64Array, first: number, below: typeof upTo): void {
  for (let i = elements.length - 1; i >= first; i--) {
    const j = below(words, i);
    const element = elements[j]!;
    elements[j] = elements[i]!;
    elements[i] = element;
  }
}

function floyd(words: Words, { pool, count }: Sample, out: Float64Array, table: Float64Array): void {
  const places = table.length;
  table.fill(-1);
  const placeOf = (value: number): number => {
    let place = value % places;
    while (table[place] !== -1 && table[place] !== value) place = (place + 1) % places;
    return place;
  };
  for (let i = 0; i < count; i++) {
    const last = pool - count + i;
    const drawn = upTo(words, last);
    const isNew = table[placeOf(drawn)] === -1;
    const value = isNew ? drawn : last;
    table[placeOf(value)] = value;
    out[i] = value;
  }
}

function weighted(words: Words, { pool, count, p }: Sample, out: Float64Array, scratch: Float64Array): void {
  const left = scratch.subarray(0, pool);
  const ends = scratch.subarray(pool, 2 * pool);
  left.set(p!);
  let found = 0;
  while (found < count) {
    for (let i = 0, sum = 0; i < pool; i++) ends[i] = sum += left[i]!;
    const total = ends[pool - 1]!;
    for (let i = 0; i < pool; i++) ends[i]! /= total;
    for (let wanted = count - found; wanted > 0; wanted--) {
      const drawn = searchLane(ends, words.unit(), 'right');
      if (left[drawn] === 0) continue;
      left[drawn] = 0;
      out[found++] = drawn;
    }
  }
}

/** Uniform over 0 … `last` < 2^32: as many bits as it has, until they are no more than it. */
function masked(words: Words, last: number): number {
  const mask = 0xffffffff >>> Math.clz32(last);
  for (;;) {
    const draw = (words.half() & mask) >>> 0;
    if (draw <= last) return draw;
  }
}

const HALF = 2 ** 32;
const WORD = 1n << 64n;

/** Uniform over 0 … `last` without bias, by D. Lemire's method (see `bounded.ts`). */
function upTo(words: Words, last: number): number {
  if (last === 0) return 0;
  if (last >= HALF) return upToLarge(words, BigInt(last));
  const bound = last + 1;
  if (bound === HALF) return words.half();
  for (;;) {
    const draw = words.half();
    const lower = Math.imul(draw, bound) >>> 0;
    // The product's double is off by less than half of 2^32.
    if (lower >= bound || lower >= HALF % bound) return Math.round((draw * bound - lower) / HALF);
  }
}

function upToLarge(words: Words, last: bigint): number {
  const bound = last + 1n;
  const threshold = WORD % bound;
  for (;;) {
    words.next();
    const product = ((BigInt(words.high) << 32n) | BigInt(words.low)) * bound;
    if (BigInt.asUintN(64, product) >= threshold) return Number(product >> 64n);
  }
}
