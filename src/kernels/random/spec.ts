import type { DType } from '../dtype.js';

export type IntegerDType = Exclude<DType, 'float32' | 'float64'>;

/** A distribution to draw from, as data; each is the method of that name of NumPy's `Generator`. */
export type RandomSpec =
  /** uniform over [0, 1) */
  | { readonly kind: 'random'; readonly dtype: 'float32' | 'float64' }
  /** uniform over [low, high) */
  | { readonly kind: 'uniform'; readonly dtype: 'float64'; readonly low: number; readonly high: number }
  | { readonly kind: 'standard_normal'; readonly dtype: 'float32' | 'float64' }
  /** with mean `loc` and standard deviation `scale` ≥ 0 */
  | { readonly kind: 'normal'; readonly dtype: 'float64'; readonly loc: number; readonly scale: number }
  /** uniform over the integers `low` … `high` - 1, or `high` with `endpoint` */
  | {
      readonly kind: 'integers';
      readonly dtype: IntegerDType;
      readonly low: number | bigint;
      readonly high: number | bigint;
      readonly endpoint?: boolean;
    }
  /** with mean `scale` ≥ 0 */
  | { readonly kind: 'exponential'; readonly dtype: 'float64'; readonly scale: number }
  /** with mean `shape`·`scale` */
  | { readonly kind: 'gamma'; readonly dtype: 'float64'; readonly shape: number; readonly scale: number }
  /** with mean `lam` */
  | { readonly kind: 'poisson'; readonly dtype: 'int64'; readonly lam: number }
  /** successes of `n` trials that succeed with probability `p` */
  | { readonly kind: 'binomial'; readonly dtype: 'int64'; readonly n: number; readonly p: number }
  /** between 0 and 1 */
  | { readonly kind: 'beta'; readonly dtype: 'float64'; readonly a: number; readonly b: number }
  | { readonly kind: 'standard_t'; readonly dtype: 'float64'; readonly df: number }
  | { readonly kind: 'standard_cauchy'; readonly dtype: 'float64' }
  | { readonly kind: 'f'; readonly dtype: 'float64'; readonly dfnum: number; readonly dfden: number }
  | {
      readonly kind: 'noncentral_chisquare';
      readonly dtype: 'float64';
      readonly df: number;
      readonly nonc: number;
    }
  /** failures before the `n`th success */
  | { readonly kind: 'negative_binomial'; readonly dtype: 'int64'; readonly n: number; readonly p: number }
  /** angles around `mu` */
  | { readonly kind: 'vonmises'; readonly dtype: 'float64'; readonly mu: number; readonly kappa: number }
  | { readonly kind: 'wald'; readonly dtype: 'float64'; readonly mean: number; readonly scale: number }
  | { readonly kind: 'zipf'; readonly dtype: 'int64'; readonly a: number }
  | { readonly kind: 'logseries'; readonly dtype: 'int64'; readonly p: number }
  /** `count` of the whole numbers 0 … `pool` - 1, each at most once: as `choice` without replacement draws them; with the probabilities `p`, if not all are alike */
  | {
      readonly kind: 'choice';
      readonly dtype: 'int64';
      readonly pool: number;
      readonly count: number;
      readonly p?: Float64Array;
    }
  /** all of them in any order: `count` is `pool` */
  | { readonly kind: 'permutation'; readonly dtype: 'int64'; readonly pool: number; readonly count: number };

type IntegersSpec = Extract<RandomSpec, { kind: 'integers' }>;

/** Bits of an integer dtype, and of the draws for it. */
const BITS: Record<IntegerDType, 1 | 8 | 16 | 32 | 64> = {
  bool: 1,
  int8: 8,
  uint8: 8,
  int16: 16,
  uint16: 16,
  int32: 32,
  uint32: 32,
  int64: 64,
  uint64: 64,
};

/** What `integers` draws: `offset` plus an integer of 0 … `range`. */
export interface IntegerRange {
  readonly offset: bigint;
  readonly range: bigint;
  /** Bits of the dtype. */
  readonly bits: 1 | 8 | 16 | 32 | 64;
}

/** The offset and range of an `integers` spec. Throws as `checkRandom` does. */
export function integerRange({ dtype, low, high, endpoint = false }: IntegersSpec): IntegerRange {
  const bits = BITS[dtype];
  if (bits === undefined)
    throw new TypeError(`integers: dtype ${dtype} is not an integer type; for floats use random or uniform`);
  const first = integer(low, 'low');
  const last = integer(high, 'high') - (endpoint ? 0n : 1n);
  const signed = dtype.startsWith('int');
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = signed ? -min - 1n : 2n ** BigInt(bits) - 1n;
  if (first < min)
    throw new RangeError(`integers: low ${low} is out of bounds for ${dtype} (${min} … ${max})`);
  if (last > max)
    throw new RangeError(`integers: high ${high} is out of bounds for ${dtype} (${min} … ${max})`);
  if (first > last)
    throw new RangeError(
      `integers: low ${endpoint ? '>' : '>='} high (${low} and ${high}): no integer lies between`,
    );
  return { offset: first, range: last - first, bits };
}

function integer(value: number | bigint, name: string): bigint {
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new RangeError(`integers: ${name} must be an integer, got ${value}`);
  return BigInt(value);
}

/** The largest mean of Poisson numbers that int64 holds, ten standard deviations above it included. */
const MOST_LAM = 2 ** 63 - 10 * Math.sqrt(2 ** 63);

/** What the method that draws from a distribution is called. */
export const methodOf = (kind: RandomSpec['kind']): string =>
  kind.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function notNegative(kind: RandomSpec['kind'], name: string, value: number): void {
  if (value < 0 || Object.is(value, -0))
    throw new RangeError(`${methodOf(kind)}: ${name} must not be negative, got ${value}`);
}

function positive(kind: RandomSpec['kind'], values: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(values))
    if (!(value > 0)) throw new RangeError(`${methodOf(kind)}: ${name} must be positive, got ${value}`);
}

/** Throws a RangeError where NumPy would refuse the arguments: call it when an array is described, not when it is filled. */
export function checkRandom(spec: RandomSpec): void {
  switch (spec.kind) {
    case 'uniform':
      if (!Number.isFinite(spec.high - spec.low))
        throw new RangeError(`uniform: high - low must be finite, got low ${spec.low} and high ${spec.high}`);
      return;
    case 'normal':
    case 'exponential':
      notNegative(spec.kind, 'scale', spec.scale);
      return;
    case 'gamma':
      if (!Number.isFinite(spec.shape))
        throw new RangeError(`gamma: shape must be a finite number, got ${spec.shape}`);
      notNegative('gamma', 'shape', spec.shape);
      notNegative('gamma', 'scale', spec.scale);
      return;
    case 'poisson':
      if (!(spec.lam >= 0 && spec.lam <= MOST_LAM))
        throw new RangeError(`poisson: lam must lie in 0 … ${MOST_LAM}, got ${spec.lam}`);
      return;
    case 'binomial':
      if (!(Number.isSafeInteger(spec.n) && spec.n >= 0))
        throw new RangeError(`binomial: n must be a whole number in 0 … 2^53 - 1, got ${spec.n}`);
      if (!(spec.p >= 0 && spec.p <= 1))
        throw new RangeError(`binomial: p must be a probability in 0 … 1, got ${spec.p}`);
      return;
    case 'integers':
      integerRange(spec);
      return;
    case 'beta':
      positive('beta', { a: spec.a, b: spec.b });
      return;
    case 'standard_t':
      positive('standard_t', { df: spec.df });
      return;
    case 'f':
      positive('f', { dfnum: spec.dfnum, dfden: spec.dfden });
      return;
    case 'noncentral_chisquare':
      positive('noncentral_chisquare', { df: spec.df });
      notNegative('noncentral_chisquare', 'nonc', spec.nonc);
      return;
    case 'negative_binomial':
      checkNegativeBinomial(spec);
      return;
    case 'vonmises':
      notNegative('vonmises', 'kappa', spec.kappa);
      return;
    case 'wald':
      positive('wald', { mean: spec.mean, scale: spec.scale });
      return;
    case 'zipf':
      if (!(spec.a > 1)) throw new RangeError(`zipf: a must be greater than 1, got ${spec.a}`);
      return;
    case 'logseries':
      if (!(spec.p >= 0 && spec.p < 1))
        throw new RangeError(`logseries: p must be at least 0 and less than 1, got ${spec.p}`);
      return;
    case 'choice':
    case 'permutation':
      if (!(Number.isSafeInteger(spec.pool) && spec.pool >= 0))
        throw new RangeError(
          `${spec.kind}: elements are counted in whole numbers of 0 or more, not ${spec.pool}`,
        );
      if (spec.count > spec.pool)
        throw new RangeError(
          `${spec.kind}: of ${spec.pool} elements ${spec.count} cannot be drawn without replacement`,
        );
      if (spec.kind === 'choice' && spec.p) {
        const possible = spec.p.reduce((n, share) => (share > 0 ? n + 1 : n), 0);
        if (spec.count > possible)
          throw new RangeError(
            `choice: of ${possible} elements that have a probability ${spec.count} cannot be drawn without replacement`,
          );
      }
      return;
    default:
      return;
  }
}

/** As NumPy has it: means of ten standard deviations above the gamma's must still fit into int64. */
function checkNegativeBinomial({ n, p }: Extract<RandomSpec, { kind: 'negative_binomial' }>): void {
  positive('negative_binomial', { n });
  if (!(p > 0 && p <= 1))
    throw new RangeError(`negativeBinomial: p must be a probability above 0 and up to 1, got ${p}`);
  if (((1 - p) / p) * (n + 10 * Math.sqrt(n)) > MOST_LAM)
    throw new RangeError(`negativeBinomial: n ${n} is too large or p ${p} too small for int64`);
}
