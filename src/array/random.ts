import { checkOptions } from '../engine/known-options.js';
import type { Key, Task } from '../graph/task.js';
import type { DType } from '../kernels/dtype.js';
import {
  checkRandom,
  type Entropy,
  freshEntropy,
  type IntegerDType,
  isLeapable,
  type Part,
  partCost,
  type RandomSpec,
  randomScratch,
  SeedSequence,
} from '../kernels/random/index.js';
import { type ArrayInput, asarray, type DTypeOf, TileArray } from './array.js';
import { normalizeAxis, requireKnown } from './axes.js';
import { blockShape, type ChunkSpec, checkShape, normalizeChunks, product, stridesOf } from './chunks.js';
import { makeNode, type TasksNode } from './node.js';
import type { RandomCommon, RandomParams } from './ops/random.js';
import { endsOfShares, takenAt } from './sampling.js';
import { searchsorted } from './searching.js';
import { workOf } from './work.js';

export interface RandomOptions {
  readonly chunks?: ChunkSpec;
}

/** Steps that a random number takes. */
const DRAW = {
  random: 3,
  uniform: 3,
  integers: 6,
  standard_normal: 8,
  normal: 8,
  exponential: 12,
  gamma: 40,
  poisson: 60,
  binomial: 60,
  choice: 30,
  permutation: 20,
} as const;

const KNOWN: { readonly [K in RandomSpec['kind']]: readonly string[] } = {
  random: ['chunks', 'dtype'],
  uniform: ['chunks'],
  integers: ['chunks', 'dtype', 'endpoint'],
  standard_normal: ['chunks', 'dtype'],
  normal: ['chunks'],
  exponential: ['chunks'],
  gamma: ['chunks'],
  poisson: ['chunks'],
  binomial: ['chunks'],
  choice: ['chunks'],
  permutation: ['chunks'],
};

/** What `choice` draws. */
export interface ChoiceOptions extends RandomOptions {
  /** Whether an element may be drawn several times (default true). Without replacement all is drawn in one block. */
  readonly replace?: boolean;
  /** The probability of each element (default: all alike); only with replacement. */
  readonly p?: readonly number[] | Float64Array;
  /** Along which axis of an array elements lie (default 0). */
  readonly axis?: number;
}

type Shape = number | readonly number[];

/**
 * A source of random arrays. Every block draws from a PCG64 stream of its own, seeded by the seed and the block's number
 * only, so that results depend on neither threads nor engine. Block `i` (in C order, counted on through all arrays of one
 * generator) is what `np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed).spawn(i + 1)[i]))` draws; these are Dask's
 * numbers too.
 */
export class Generator {
  private blocks = 0;

  constructor(private readonly entropy: Entropy) {}

  /**
   * Uniform over [0, 1), float64 or float32.
   *
   * @example
   * await random.defaultRng(42).random(2).compute(); // [0.91674416 0.91098667]
   */
  random<D extends 'float32' | 'float64' = 'float64'>(
    shape: Shape,
    options: RandomOptions & { readonly dtype?: D } = {},
  ): TileArray<D> {
    return this.draw<D>({ kind: 'random', dtype: options.dtype ?? 'float64' }, shape, options);
  }

  /**
   * Uniform over [low, high), float64.
   *
   * @throws RangeError where the range is not finite
   * @example
   * await random.defaultRng(42).uniform(10, 20, 2).compute(); // [19.16744158 19.10986668]
   */
  uniform(low: number, high: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.draw({ kind: 'uniform', dtype: 'float64', low, high }, shape, options);
  }

  /**
   * Normal with mean 0 and standard deviation 1, float64 or float32.
   *
   * @example
   * await random.defaultRng(42).standardNormal(2).compute(); // [0.41832997 0.60557617]
   */
  standardNormal<D extends 'float32' | 'float64' = 'float64'>(
    shape: Shape,
    options: RandomOptions & { readonly dtype?: D } = {},
  ): TileArray<D> {
    return this.draw<D>({ kind: 'standard_normal', dtype: options.dtype ?? 'float64' }, shape, options);
  }

  /**
   * Normal with mean `loc` and standard deviation `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).normal(100, 1, 2).compute(); // [100.41832997 100.60557617]
   */
  normal(loc: number, scale: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.draw({ kind: 'normal', dtype: 'float64', loc, scale }, shape, options);
  }

  /**
   * Uniform over the whole numbers `low` … `high - 1` (… `high` with `endpoint`), int64 unless told.
   *
   * @throws RangeError where there is none, or the dtype does not hold them
   * @example
   * await random.defaultRng(42).integers(0, 10, 5).compute(); // [4 9 5 9 2]
   */
  integers<D extends IntegerDType = 'int64'>(
    low: number | bigint,
    high: number | bigint,
    shape: Shape,
    options: RandomOptions & { readonly dtype?: D; readonly endpoint?: boolean } = {},
  ): TileArray<D> {
    const dtype: IntegerDType = options.dtype ?? 'int64';
    return this.draw<D>(
      { kind: 'integers', dtype, low, high, endpoint: options.endpoint ?? false },
      shape,
      options,
    );
  }

  /**
   * Exponential with mean 1, float64.
   *
   * @example
   * await random.defaultRng(42).standardExponential(2).compute(); // [0.96877764 1.82829718]
   */
  standardExponential(shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.exponential(1, shape, options);
  }

  /**
   * Exponential with mean `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).exponential(10, 2).compute(); // [ 9.68777641 18.28297184]
   */
  exponential(scale: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.draw({ kind: 'exponential', dtype: 'float64', scale }, shape, options);
  }

  /**
   * Gamma with shape `k` and scale 1, float64.
   *
   * @throws RangeError where `k` is negative or not finite
   * @example
   * await random.defaultRng(42).standardGamma(2, 2).compute(); // [2.26716189 1.70410857]
   */
  standardGamma(k: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.gamma(k, 1, shape, options);
  }

  /**
   * Gamma with shape `k` and scale `theta`, float64: its mean is their product. Where `k` < 1, last digits may differ from NumPy's.
   *
   * @throws RangeError where one is negative, or `k` not finite
   * @example
   * await random.defaultRng(42).gamma(2, 10, 2).compute(); // [22.67161889 17.04108565]
   */
  gamma(k: number, theta: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    return this.draw({ kind: 'gamma', dtype: 'float64', shape: k, scale: theta }, shape, options);
  }

  /**
   * Chi-square with `df` > 0 degrees of freedom, float64. With `df` < 2, last digits may differ from NumPy's.
   *
   * @throws RangeError where `df` is not positive
   * @example
   * await random.defaultRng(42).chisquare(3, 2).compute(); // [3.35871652 2.39607635]
   */
  chisquare(df: number, shape: Shape, options: RandomOptions = {}): TileArray<'float64'> {
    if (!(df > 0)) throw new RangeError(`chisquare: df must be positive, got ${df}`);
    return this.gamma(df / 2, 2, shape, options);
  }

  /**
   * Poisson with mean `lam`, int64: how often happens what happens `lam` times on average.
   *
   * @throws RangeError where `lam` is negative, or too large for int64
   * @example
   * await random.defaultRng(42).poisson(5, 5).compute(); // [8 5 2 6 6]
   */
  poisson(lam: number, shape: Shape, options: RandomOptions = {}): TileArray<'int64'> {
    return this.draw({ kind: 'poisson', dtype: 'int64', lam }, shape, options);
  }

  /**
   * Binomial, int64: how many of `n` trials succeed, each with probability `p`.
   *
   * @throws RangeError where `n` is no whole number of 0 … 2^53 - 1, or `p` not in 0 … 1
   * @example
   * await random.defaultRng(42).binomial(10, 0.5, 5).compute(); // [7 7 7 4 8]
   */
  binomial(n: number, p: number, shape: Shape, options: RandomOptions = {}): TileArray<'int64'> {
    return this.draw({ kind: 'binomial', dtype: 'int64', n, p }, shape, options);
  }

  /**
   * Elements of `a` at random, or of the whole numbers 0 … `a` - 1; of an array of several axes what it has along `axis` (default 0), whose place
   * the axes of `shape` take. All of the axis comes into one block.
   *
   * @throws RangeError where there is nothing to draw or not enough, the axis is out of bounds, or `p` are not the probabilities of the elements; Error where
   *   chunk sizes are unknown
   * @example
   * await random.defaultRng(42).choice(10, 5).compute(); // [4 9 5 9 2]
   * await random.defaultRng(42).choice(10, 5, { replace: false }).compute(); // [4 8 2 6 9]
   * await random.defaultRng(42).choice([2.5, 3.5], 4, { p: [0.9, 0.1] }).compute(); // [3.5 3.5 2.5 2.5]
   */
  choice(a: number, shape: Shape, options?: ChoiceOptions): TileArray<'int64'>;
  choice<A extends ArrayInput>(a: A, shape: Shape, options?: ChoiceOptions): TileArray<DTypeOf<A>>;
  choice(a: ArrayInput, shape: Shape, options: ChoiceOptions = {}): TileArray<DType> {
    checkOptions('choice', options, ['replace', 'p', 'axis', 'chunks']);
    if (typeof a === 'number') return this.places(a, shape, options) as TileArray<DType>;
    const array = asarray(a) as TileArray<DType>;
    requireKnown('choice', array);
    const axis = normalizeAxis(options.axis ?? 0, array.ndim, 'choice');
    return takenAt(array, this.places(array.shape[axis], shape, options), axis);
  }

  private places(
    pool: number,
    shape: Shape,
    { replace = true, p, chunks }: ChoiceOptions,
  ): TileArray<'int64'> {
    checkRandom({ kind: 'choice', dtype: 'int64', pool, count: 0 });
    const where = chunks === undefined ? {} : { chunks };
    if (p !== undefined) {
      if (!replace) throw new RangeError('choice: p is for drawing with replacement; leave out p or replace');
      const drawn = this.random(shape, where);
      return searchsorted(endsOfShares(p, pool), drawn, { side: 'right' });
    }
    if (replace) {
      if (pool === 0) throw new RangeError('choice: there is no element to draw');
      return this.integers(0, pool, shape, where);
    }
    const spec = { kind: 'choice', dtype: 'int64', pool, count: product(checkShape(shape)) } as const;
    const drawn = this.draw<'int64'>(spec, shape, { chunks: -1 });
    return chunks === undefined ? drawn : drawn.rechunk(chunks);
  }

  /**
   * The whole numbers 0 … `x` - 1 in any order, or what an array has along an axis (default 0) in any order: what `shuffle` does to NumPy's
   * arrays, which can be changed. All of the axis comes into one block.
   *
   * @throws RangeError where `x` is no count, or the axis is out of bounds; Error where chunk sizes are unknown
   * @example
   * await random.defaultRng(42).permutation(5).compute(); // [3 1 2 4 0]
   * await random.defaultRng(1).permutation([[1, 2], [3, 4], [5, 6]]).compute(); // [[3. 4.] [1. 2.] [5. 6.]]
   */
  permutation(x: number): TileArray<'int64'>;
  permutation<A extends ArrayInput>(x: A, axis?: number): TileArray<DTypeOf<A>>;
  permutation(x: ArrayInput, axis = 0): TileArray<DType> {
    if (typeof x === 'number') return this.order(x) as TileArray<DType>;
    const array = asarray(x) as TileArray<DType>;
    requireKnown('permutation', array);
    const along = normalizeAxis(axis, array.ndim, 'permutation');
    return takenAt(array, this.order(array.shape[along]), along);
  }

  private order(pool: number): TileArray<'int64'> {
    return this.draw({ kind: 'permutation', dtype: 'int64', pool, count: pool }, pool, { chunks: -1 });
  }

  private draw<D extends DType>(spec: RandomSpec, size: Shape, options: RandomOptions): TileArray<D> {
    checkOptions(spec.kind, options, KNOWN[spec.kind]);
    const { chunks = 'auto' } = options;
    checkRandom(spec);
    const isFloat = spec.kind === 'random' || spec.kind === 'standard_normal';
    if (isFloat && spec.dtype !== 'float32' && spec.dtype !== 'float64')
      throw new TypeError(`${spec.kind}: dtype ${String(spec.dtype)} must be float32 or float64`);
    const shape = checkShape(size);
    const sizes = normalizeChunks(chunks, shape, spec.dtype);
    const grid = sizes.map((c) => c.length);
    const along = stridesOf(grid);
    const first = this.blocks;
    this.blocks += product(grid);
    const common: RandomCommon = { entropy: this.entropy, spec };
    const drawing = (coords: readonly number[], of: readonly number[], key: Key, part?: Part): Task => {
      const out = [{ dtype: spec.dtype, shape: of }];
      const spawnKey = [coords.reduce((n, c, axis) => n + c * along[axis], first)];
      return {
        key,
        op: 'array/random',
        inputs: [],
        params: { spawnKey, ...(part && { part }) } satisfies RandomParams,
        common,
        out,
        scratch: randomScratch(spec),
        work: workOf(product(of), DRAW[spec.kind], out),
      };
    };
    const node = makeNode<TasksNode>(spec.kind, [spec, this.entropy, first], {
      kind: 'tasks',
      parts: [spec.dtype],
      chunks: sizes,
      inputs: [],
      task: (coords, key) => drawing(coords, blockShape(sizes, coords), key),
      ...(isLeapable(spec) && {
        read: {
          most: 0.8,
          cost: (coords, step, of) => partCost({ block: blockShape(sizes, coords), step }, of),
          task: (coords, start, step, of, key) =>
            drawing(coords, of, key, { block: blockShape(sizes, coords), start, step }),
        },
      }),
    });
    return new TileArray<D>(node);
  }
}

/**
 * A generator of a seed (a whole number, or several), or of fresh entropy.
 *
 * @throws RangeError where the seed is negative or not whole, TypeError where it is no number
 * @example
 * const rng = random.defaultRng(42);
 * rng.random([1000, 1000], { chunks: [500, 1000] }).numBlocks; // [2, 1]
 */
export function defaultRng(seed?: Entropy): Generator {
  for (const part of [seed ?? 0].flat())
    if (typeof part !== 'bigint' && typeof part !== 'number')
      throw new TypeError(`a seed is a whole number or a list of them, not ${typeof part}`);
  if (seed !== undefined) new SeedSequence(seed);
  return new Generator(seed ?? freshEntropy());
}
