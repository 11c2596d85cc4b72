/** Distributions that are functions of simpler ones. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { searchsorted } from '../ordering/searching.js';
import {
  add,
  ceil,
  divide,
  exp,
  expm1,
  greaterEqual,
  lessEqual,
  log,
  minimum,
  multiply,
  negative,
  power,
  sqrt,
  subtract,
  where,
} from '../ufuncs/index.js';
import type { RandomOptions, Shape } from './drawing.js';

type Numbers = TileArray<'float64'>;

/** From this probability on NumPy goes through the possible numbers of trials, below it it inverts their distribution. */
const SEARCHED_FROM = 1 / 3;

/**
 * Random numbers that are worked out, in the same loops as what reads them, of numbers that a generator draws. They are NumPy's but for last digits of powers, exponentials and logarithms;
 * what NumPy draws again, once in 2^53 numbers, is infinite here.
 */
export abstract class Transformed {
  abstract random(shape: Shape, options?: RandomOptions): Numbers;
  abstract normal(loc: number, scale: number, shape: Shape, options?: RandomOptions): Numbers;
  abstract exponential(scale: number, shape: Shape, options?: RandomOptions): Numbers;

  /**
   * Log-normal, float64: its logarithm is normal with mean `mean` and standard deviation `sigma`.
   *
   * @throws RangeError where `sigma` is negative
   * @example
   * await random.defaultRng(42).lognormal(0, 1, 2).compute(); // [1.51942195 1.83230763]
   */
  lognormal(mean: number, sigma: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('lognormal', 'sigma', sigma);
    return exp(this.normal(mean, sigma, shape, options)) as Numbers;
  }

  /**
   * Weibull with shape `a` and scale 1, float64.
   *
   * @throws RangeError where `a` is negative
   * @example
   * await random.defaultRng(42).weibull(2, 2).compute(); // [0.98426503 1.3521454 ]
   */
  weibull(a: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('weibull', 'a', a);
    const drawn = this.exponential(1, shape, options);
    return (a === 0 ? multiply(drawn, 0) : power(drawn, 1 / a)) as Numbers;
  }

  /**
   * Rayleigh with mode `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).rayleigh(3, 2).compute(); // [4.17588284 5.73666709]
   */
  rayleigh(scale: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('rayleigh', 'scale', scale);
    return multiply(sqrt(multiply(this.exponential(1, shape, options), 2)), scale) as Numbers;
  }

  /**
   * Pareto of the second kind (Lomax) with shape `a`, float64; add 1 for the classical one.
   *
   * @throws RangeError where `a` is not positive
   * @example
   * await random.defaultRng(42).pareto(3, 2).compute(); // [0.38116298 0.83938706]
   */
  pareto(a: number, shape: Shape, options: RandomOptions = {}): Numbers {
    positive('pareto', 'a', a);
    return expm1(divide(this.exponential(1, shape, options), a)) as Numbers;
  }

  /**
   * With density a·x^(a - 1) over [0, 1], float64.
   *
   * @throws RangeError where `a` is not positive
   * @example
   * await random.defaultRng(42).power(3, 2).compute(); // [0.85290966 0.94328152]
   */
  power(a: number, shape: Shape, options: RandomOptions = {}): Numbers {
    positive('power', 'a', a);
    return power(negative(expm1(negative(this.exponential(1, shape, options)))), 1 / a) as Numbers;
  }

  /**
   * Laplace with mean `loc` and exponential decay `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).laplace(0, 1, 2).compute(); // [1.79268979 1.72582194]
   */
  laplace(loc: number, scale: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('laplace', 'scale', scale);
    const u = this.random(shape, options);
    const above = subtract(loc, multiply(log(subtract(subtract(2, u), u)), scale));
    const below = add(multiply(log(add(u, u)), scale), loc);
    return where(greaterEqual(u, 0.5), above as Numbers, below as Numbers) as Numbers;
  }

  /**
   * Logistic with mean `loc` and scale `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).logistic(0, 1, 2).compute(); // [2.39891013 2.3257421 ]
   */
  logistic(loc: number, scale: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('logistic', 'scale', scale);
    const u = this.random(shape, options);
    return add(multiply(log(divide(u, subtract(1, u)) as Numbers), scale), loc) as Numbers;
  }

  /**
   * Gumbel with mode `loc` and scale `scale`, float64.
   *
   * @throws RangeError where `scale` is negative
   * @example
   * await random.defaultRng(42).gumbel(0, 1, 2).compute(); // [-0.91060941 -0.88334147]
   */
  gumbel(loc: number, scale: number, shape: Shape, options: RandomOptions = {}): Numbers {
    notNegative('gumbel', 'scale', scale);
    const u = subtract(1, this.random(shape, options)) as Numbers;
    return subtract(loc, multiply(log(negative(log(u)) as Numbers), scale)) as Numbers;
  }

  /**
   * Triangular over [left, right], densest at `mode`, float64.
   *
   * @throws RangeError where left ≤ mode ≤ right does not hold, or left and right are one
   * @example
   * await random.defaultRng(42).triangular(0, 1, 4, 2).compute(); // [3.00046505 2.96648174]
   */
  triangular(left: number, mode: number, right: number, shape: Shape, options: RandomOptions = {}): Numbers {
    if (!(left <= mode && mode <= right && left < right))
      throw new RangeError(
        `triangular: left ≤ mode ≤ right, and left < right; got ${left}, ${mode} and ${right}`,
      );
    const base = right - left;
    const u = this.random(shape, options);
    const low = add(sqrt(multiply(u, (mode - left) * base)), left);
    const high = subtract(right, sqrt(multiply(subtract(1, u), (right - mode) * base)));
    return where(lessEqual(u, (mode - left) / base), low as Numbers, high as Numbers) as Numbers;
  }

  /**
   * Geometric, int64: how many trials it takes until one succeeds, each with probability `p`.
   *
   * @throws RangeError where `p` is not above 0, or above 1
   * @example
   * await random.defaultRng(42).geometric(0.25, 5).compute(); // [ 4  7  2  1 12]
   */
  geometric(p: number, shape: Shape, options: RandomOptions = {}): TileArray<'int64'> {
    if (!(p > 0 && p <= 1)) throw new RangeError(`geometric: p must be a probability above 0, got ${p}`);
    if (p >= SEARCHED_FROM) {
      const places = searchsorted(chances(p), this.random(shape, options));
      return add(places, 1n) as TileArray<'int64'>;
    }
    const trials = ceil(divide(this.exponential(1, shape, options), -Math.log1p(-p)));
    return minimum(trials as Numbers, 2 ** 63 - 1024).astype('int64') as TileArray<'int64'>;
  }
}

/** The probabilities that one of the first trials succeeds, of so many as change them. */
function chances(p: number): TileArray<DType> {
  const sums = [p];
  for (let share = p * (1 - p), sum = p + share; sum > sums[sums.length - 1]; sum += share) {
    sums.push(sum);
    share *= 1 - p;
  }
  return asarray(Float64Array.from(sums)).rechunk(-1) as TileArray<DType>;
}

function notNegative(label: string, name: string, value: number): void {
  if (value < 0 || Object.is(value, -0))
    throw new RangeError(`${label}: ${name} must not be negative, got ${value}`);
}

function positive(label: string, name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${label}: ${name} must be positive, got ${value}`);
}
