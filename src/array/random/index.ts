import { checkOptions } from '../../engine/known-options.js';
import type { DType } from '../../kernels/dtype.js';
import {
  checkRandom,
  type Entropy,
  freshEntropy,
  type IntegerDType,
  type RandomSpec,
  SeedSequence,
} from '../../kernels/random/index.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireKnown } from '../nodes/axes.js';
import { checkShape, product } from '../nodes/chunks.js';
import { searchsorted } from '../ordering/searching.js';
import { Compound } from './compound.js';
import { drawnArray, type RandomOptions, type Shape } from './drawing.js';
import { endsOfShares, sharesOf, takenAt } from './sampling.js';

export type { RandomOptions } from './drawing.js';

/** What `choice` draws. */
export interface ChoiceOptions extends RandomOptions {
  /** Whether an element may be drawn several times (default true). Without replacement all is drawn in one block. */
  readonly replace?: boolean;
  /** The probability of each element (default: all alike). */
  readonly p?: readonly number[] | Float64Array;
  /** Along which axis of an array elements lie (default 0). */
  readonly axis?: number;
}

/**
 * A source of random arrays. Every block draws from a PCG64 stream of its own, seeded by the seed and the block's number
 * only, so that results depend on neither threads nor engine. Block `i` (in C order, counted on through all arrays of one
 * generator) is what `np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed).spawn(i + 1)[i]))` draws; these are Dask's
 * numbers too.
 */
export class Generator extends Compound {
  private blocks = 0;

  constructor(private readonly entropy: Entropy) {
    super();
  }

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
    const shares = p === undefined ? undefined : sharesOf(p, pool);
    if (replace && shares)
      return searchsorted(endsOfShares(shares), this.random(shape, where), { side: 'right' });
    if (replace) {
      if (pool === 0) throw new RangeError('choice: there is no element to draw');
      return this.integers(0, pool, shape, where);
    }
    const count = product(checkShape(shape));
    const spec = { kind: 'choice', dtype: 'int64', pool, count, ...(shares && { p: shares }) } as const;
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

  protected draw<D extends DType>(spec: RandomSpec, size: Shape, options: RandomOptions): TileArray<D> {
    const drawn = drawnArray<D>({ entropy: this.entropy, spec }, size, options, this.blocks);
    this.blocks += product(drawn.numBlocks);
    return drawn;
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
