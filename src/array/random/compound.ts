/** Distributions whose numbers are made of several numbers of others. */
import type { DType } from '../../kernels/dtype.js';
import type { RandomSpec } from '../../kernels/random/index.js';
import type { TileArray } from '../array.js';
import type { RandomOptions, Shape } from './drawing.js';
import { Transformed } from './transformed.js';

type Numbers = TileArray<'float64'>;
type Counts = TileArray<'int64'>;

/** Random numbers that NumPy draws by way of several of its others. They are NumPy's but for last digits of powers and logarithms, on which single numbers may hang. */
export abstract class Compound extends Transformed {
  protected abstract draw<D extends DType>(
    spec: RandomSpec,
    size: Shape,
    options: RandomOptions,
  ): TileArray<D>;

  /**
   * Beta with parameters `a` and `b`, between 0 and 1, float64: its mean is `a / (a + b)`.
   *
   * @throws RangeError where one is not positive
   * @example
   * await random.defaultRng(42).beta(2, 3, 2).compute(); // [0.45515142 0.80890404]
   */
  beta(a: number, b: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'beta', dtype: 'float64', a, b }, shape, options);
  }

  /**
   * Student's t with `df` degrees of freedom, float64.
   *
   * @throws RangeError where `df` is not positive
   * @example
   * await random.defaultRng(42).standardT(5, 2).compute(); // [ 0.37057346 -0.75796738]
   */
  standardT(df: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'standard_t', dtype: 'float64', df }, shape, options);
  }

  /**
   * Cauchy with mode 0, float64.
   *
   * @example
   * await random.defaultRng(42).standardCauchy(2).compute(); // [ 0.69079661 -0.02655104]
   */
  standardCauchy(shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'standard_cauchy', dtype: 'float64' }, shape, options);
  }

  /**
   * Fisher's F with `dfnum` and `dfden` degrees of freedom above and below, float64.
   *
   * @throws RangeError where one is not positive
   * @example
   * await random.defaultRng(42).f(2, 10, 2).compute(); // [0.79396171 0.16123333]
   */
  f(dfnum: number, dfden: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'f', dtype: 'float64', dfnum, dfden }, shape, options);
  }

  /**
   * Chi-square with `df` degrees of freedom of normal numbers whose means, squared, add up to `nonc`, float64.
   *
   * @throws RangeError where `df` is not positive or `nonc` is negative
   * @example
   * await random.defaultRng(42).noncentralChisquare(3, 2, 2).compute(); // [6.01710586 1.02383964]
   */
  noncentralChisquare(df: number, nonc: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'noncentral_chisquare', dtype: 'float64', df, nonc }, shape, options);
  }

  /**
   * Negative binomial, int64: how many trials fail before `n` succeed, each with probability `p`. `n` need not be whole.
   *
   * @throws RangeError where `n` is not positive, `p` not above 0 and up to 1, or the numbers too large for int64
   * @example
   * await random.defaultRng(42).negativeBinomial(3, 0.5, 5).compute(); // [6 1 2 6 3]
   */
  negativeBinomial(n: number, p: number, shape: Shape, options: RandomOptions = {}): Counts {
    return this.draw({ kind: 'negative_binomial', dtype: 'int64', n, p }, shape, options);
  }

  /**
   * Von Mises, float64: angles of -π … π around `mu`, the closer to it the larger `kappa` is.
   *
   * @throws RangeError where `kappa` is negative
   * @example
   * await random.defaultRng(42).vonmises(0, 4, 2).compute(); // [0.11997845 0.14089548]
   */
  vonmises(mu: number, kappa: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'vonmises', dtype: 'float64', mu, kappa }, shape, options);
  }

  /**
   * Wald, or inverse Gaussian, with mean `mean` and scale `scale`, float64.
   *
   * @throws RangeError where one is not positive
   * @example
   * await random.defaultRng(42).wald(3, 2, 2).compute(); // [4.98042519 2.89607488]
   */
  wald(mean: number, scale: number, shape: Shape, options: RandomOptions = {}): Numbers {
    return this.draw({ kind: 'wald', dtype: 'float64', mean, scale }, shape, options);
  }

  /**
   * Zipf with exponent `a`, int64: k comes as often as 1 / k^`a` says.
   *
   * @throws RangeError where `a` is not greater than 1
   * @example
   * await random.defaultRng(42).zipf(2, 5).compute(); // [ 8 22  1  2  1]
   */
  zipf(a: number, shape: Shape, options: RandomOptions = {}): Counts {
    return this.draw({ kind: 'zipf', dtype: 'int64', a }, shape, options);
  }

  /**
   * Of the logarithmic series of `p`, int64: k comes as often as `p`^k / k says.
   *
   * @throws RangeError where `p` is not at least 0 and less than 1
   * @example
   * await random.defaultRng(42).logseries(0.5, 5).compute(); // [1 1 1 2 3]
   */
  logseries(p: number, shape: Shape, options: RandomOptions = {}): Counts {
    return this.draw({ kind: 'logseries', dtype: 'int64', p }, shape, options);
  }
}
