import { poisson } from './counts.js';
import type { RandomSpec } from './spec.js';
import { standardGamma, standardNormal, type Variate } from './variates.js';
import type { Words } from './words.js';

/** Distributions whose numbers are made of several numbers of others, in the order in which NumPy draws them. */

export type CompoundSpec = Extract<
  RandomSpec,
  {
    kind:
      | 'beta'
      | 'standard_t'
      | 'standard_cauchy'
      | 'f'
      | 'noncentral_chisquare'
      | 'negative_binomial'
      | 'vonmises'
      | 'wald'
      | 'zipf'
      | 'logseries';
  }
>;

/** The numbers of one of them. */
export function compound(words: Words, spec: CompoundSpec): Variate {
  switch (spec.kind) {
    case 'beta':
      return beta(words, spec.a, spec.b);
    case 'standard_t':
      return standardT(words, spec.df);
    case 'standard_cauchy':
      return standardCauchy(words);
    case 'f':
      return fisher(words, spec.dfnum, spec.dfden);
    case 'noncentral_chisquare':
      return noncentralChisquare(words, spec.df, spec.nonc);
    case 'negative_binomial':
      return negativeBinomial(words, spec.n, spec.p);
    case 'vonmises':
      return vonmises(words, spec.mu, spec.kappa);
    case 'wald':
      return wald(words, spec.mean, spec.scale);
    case 'zipf':
      return zipf(words, spec.a);
    case 'logseries':
      return logseries(words, spec.p);
  }
}

const chisquare = (words: Words, df: number): Variate => {
  const gamma = standardGamma(words, df / 2);
  return () => 2 * gamma();
};

/** Two parameters both below this would be lost in powers: it is one end or the other. */
const TINY = 3e-103;

/** Beta: M. D. Jöhnk's method of 1964 where both parameters are at most 1, else of two gammas. */
function beta(words: Words, a: number, b: number): Variate {
  if (a > 1 || b > 1) {
    const [first, second] = [standardGamma(words, a), standardGamma(words, b)];
    return () => {
      const x = first();
      return x / (x + second());
    };
  }
  if (a < TINY && b < TINY) return () => ((a + b) * words.unit() < a ? 1 : 0);
  return () => {
    for (;;) {
      const u = words.unit();
      const v = words.unit();
      const [x, y] = [u ** (1 / a), v ** (1 / b)];
      if (x + y > 1 || u + v === 0) continue;
      if (x > 0 && y > 0) return x / (x + y);
      const [logX, logY] = [Math.log(u) / a, Math.log(v) / b];
      const most = Math.max(logX, logY);
      return Math.exp(logX - most - Math.log(Math.exp(logX - most) + Math.exp(logY - most)));
    }
  };
}

/** Student's t with `df` degrees of freedom. */
function standardT(words: Words, df: number): Variate {
  const [normal, gamma] = [standardNormal(words), standardGamma(words, df / 2)];
  const scale = Math.sqrt(df / 2);
  return () => {
    const x = normal();
    return (scale * x) / Math.sqrt(gamma());
  };
}

/** Cauchy around 0. */
function standardCauchy(words: Words): Variate {
  const normal = standardNormal(words);
  return () => {
    const x = normal();
    return x / normal();
  };
}

/** Fisher's F: of two chi-squares, each over its degrees of freedom. */
function fisher(words: Words, above: number, below: number): Variate {
  const [upper, lower] = [chisquare(words, above), chisquare(words, below)];
  return () => {
    const x = upper() * below;
    return x / (lower() * above);
  };
}

/** Chi-square of normal numbers whose means, squared, add up to `nonc`. */
function noncentralChisquare(words: Words, df: number, nonc: number): Variate {
  if (nonc === 0) return chisquare(words, df);
  if (df > 1) {
    const [rest, normal] = [chisquare(words, df - 1), standardNormal(words)];
    const root = Math.sqrt(nonc);
    return () => {
      const x = rest();
      return x + (normal() + root) ** 2;
    };
  }
  const more = poisson(words, nonc / 2);
  return () => chisquare(words, df + 2 * more())();
}

/** How many trials fail before `n` succeed, each with probability `p`: Poisson, of a mean that is gamma. */
function negativeBinomial(words: Words, n: number, p: number): Variate {
  const gamma = standardGamma(words, n);
  const scale = (1 - p) / p;
  return () => poisson(words, scale * gamma())();
}

/** Angles around `mu`: D. J. Best and N. I. Fisher, "Efficient simulation of the von Mises distribution" (1979). */
function vonmises(words: Words, mu: number, kappa: number): Variate {
  if (kappa < 1e-8) return () => Math.PI * (2 * words.unit() - 1);
  if (kappa > 1e6) {
    const normal = standardNormal(words);
    return () => {
      const x = mu + Math.sqrt(1 / kappa) * normal();
      return x < -Math.PI ? x + 2 * Math.PI : x > Math.PI ? x - 2 * Math.PI : x;
    };
  }
  const s = concentration(kappa);
  return () => {
    let w: number;
    for (;;) {
      const z = Math.cos(Math.PI * words.unit());
      w = (1 + s * z) / (s + z);
      const y = kappa * (s - w);
      const v = words.unit();
      if (y * (2 - y) - v >= 0 || Math.log(y / v) + 1 - y >= 0) break;
    }
    const x = Math.acos(w) * (words.unit() < 0.5 ? -1 : 1) + mu;
    const turned = ((Math.abs(x) + Math.PI) % (2 * Math.PI)) - Math.PI;
    return x < 0 ? -turned : turned;
  };
}

function concentration(kappa: number): number {
  if (kappa < 1e-5) return 1 / kappa + kappa;
  const r = 1 + Math.sqrt(1 + 4 * kappa * kappa);
  const rho = (r - Math.sqrt(2 * r)) / (2 * kappa);
  return (1 + rho * rho) / (2 * rho);
}

/** Inverse Gaussian: J. R. Michael, W. R. Schucany and R. W. Haas (1976). */
function wald(words: Words, mean: number, scale: number): Variate {
  const normal = standardNormal(words);
  return () => {
    const y = mean * normal() ** 2;
    const d = 2 * scale + y;
    const x = mean * ((2 * scale) / (d + Math.sqrt(y * (4 * scale + y))));
    return words.unit() <= mean / (mean + x) ? x : (mean * mean) / x;
  };
}

const MOST_INT64 = 2 ** 63;

/** Zipf: L. Devroye, "Non-Uniform Random Variate Generation" (1986), page 551. */
function zipf(words: Words, a: number): Variate {
  if (a >= 1025) return () => 1;
  const less = a - 1;
  const b = 2 ** less;
  const least = MOST_INT64 ** -less;
  return () => {
    for (;;) {
      const share = words.unit();
      const u = share * least + (1 - share);
      const v = words.unit();
      const x = Math.floor(u ** (-1 / less));
      if (x >= MOST_INT64 || x < 1) continue;
      const t = (1 + 1 / x) ** less;
      if ((v * x * (t - 1)) / (b - 1) <= t / b) return x;
    }
  };
}

/** How often whole numbers come in a logarithmic series: A. W. Kemp, "Efficient generation of logarithmically distributed pseudo-random variables" (1981). */
function logseries(words: Words, p: number): Variate {
  const r = Math.log1p(-p);
  return () => {
    for (;;) {
      const v = words.unit();
      if (v >= p) return 1;
      const q = -Math.expm1(r * words.unit());
      if (v <= q * q) {
        const x = Math.floor(1 + Math.log(v) / Math.log(q));
        if (x >= 1 && v !== 0) return x;
      } else return v >= q ? 1 : 2;
    }
  };
}
