import type { Variate } from './variates.js';
import type { Words } from './words.js';

/** Poisson with mean `lam`. */
export function poisson(words: Words, lam: number): Variate {
  if (lam === 0) return () => 0;
  return lam < 10 ? productPoisson(words, lam) : rejectionPoisson(words, lam);
}

/** How many uniform numbers can be multiplied before the product is below exp(-lam). */
function productPoisson(words: Words, lam: number): Variate {
  const least = Math.exp(-lam);
  return () => {
    let count = 0;
    for (let product = words.unit(); product > least; product *= words.unit()) count++;
    return count;
  };
}

/** W. Hörmann, "The transformed rejection method for generating Poisson random variables" (1993): PTRS. */
function rejectionPoisson(words: Words, lam: number): Variate {
  const logLam = Math.log(lam);
  const b = 0.931 + 2.53 * Math.sqrt(lam);
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const sure = 0.9277 - 3.6224 / (b - 2);
  return () => {
    for (;;) {
      const u = words.unit() - 0.5;
      const v = words.unit();
      const s = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / s + b) * u + lam + 0.43);
      if (s >= 0.07 && v <= sure) return k;
      if (k < 0 || (s < 0.013 && v > s)) continue;
      const drawn = Math.log(v) + logInverseAlpha - Math.log(a / (s * s) + b);
      if (drawn <= -lam + k * logLam - logGamma(k + 1)) return k;
    }
  };
}

/** The coefficients of Stirling's series, B(2n) / (2n (2n - 1)), the last one fitted. */
const STIRLING = [
  8.333333333333333e-2, -2.777777777777778e-3, 7.936507936507937e-4, -5.952380952380952e-4,
  8.417508417508418e-4, -1.917526917526918e-3, 6.41025641025641e-3, -2.955065359477124e-2,
  1.796443723688307e-1, -1.3924322169059,
];

const HALF_LOG_2_PI = 0.5 * Math.log(2 * Math.PI);

/** log Γ(x) for x ≥ 1, as in S. Zhang and J. Jin, "Computation of Special Functions" (1996). */
function logGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  const steps = x <= 7 ? Math.floor(7 - x) : 0;
  let at = x + steps;
  const square = 1 / (at * at);
  let series = STIRLING[9]!;
  for (let i = 8; i >= 0; i--) series = series * square + STIRLING[i]!;
  let value = series / at + HALF_LOG_2_PI + (at - 0.5) * Math.log(at) - at;
  for (let i = 0; i < steps; i++) value -= Math.log(--at);
  return value;
}

/** How many of `n` trials succeed, each with probability `p`. */
export function binomial(words: Words, n: number, p: number): Variate {
  if (n === 0 || p === 0) return () => 0;
  if (p <= 0.5) return halfBinomial(words, n, p);
  const failures = halfBinomial(words, n, 1 - p);
  return () => n - failures();
}

const halfBinomial = (words: Words, n: number, p: number): Variate =>
  p * n <= 30 ? inversionBinomial(words, n, p) : rejectionBinomial(words, n, p);

/** Goes up from 0 until the probabilities add up to a uniform number; beyond ten standard deviations it begins again. */
function inversionBinomial(words: Words, n: number, p: number): Variate {
  const q = 1 - p;
  const none = Math.exp(n * Math.log(q));
  const bound = Math.floor(Math.min(n, n * p + 10 * Math.sqrt(n * p * q + 1)));
  return () => {
    let k = 0;
    let probability = none;
    let u = words.unit();
    while (u > probability) {
      k++;
      if (k > bound) {
        k = 0;
        probability = none;
        u = words.unit();
      } else {
        u -= probability;
        probability = ((n - k + 1) * p * probability) / (k * q);
      }
    }
    return k;
  };
}

/**
 * V. Kachitvichyanukul and B. W. Schmeiser, "Binomial random variate generation" (1988): BTPE, for p ≤ ½. Proposals lie in a triangle around
 * the mode, in parallelograms beside it, or in exponential tails.
 */
function rejectionBinomial(words: Words, n: number, p: number): Variate {
  const q = 1 - p;
  const mean = n * p + p;
  const mode = Math.floor(mean);
  const half = Math.floor(2.195 * Math.sqrt(n * p * q) - 4.6 * q) + 0.5;
  const middle = mode + 0.5;
  const left = middle - half;
  const right = middle + half;
  const c = 0.134 + 20.5 / (15.3 + mode);
  const slope = (a: number): number => a * (1 + a / 2);
  const leftSlope = slope((mean - left) / (mean - left * p));
  const rightSlope = slope((right - mean) / (right * q));
  const triangle = half;
  const parallelograms = half * (1 + 2 * c);
  const leftTail = parallelograms + c / leftSlope;
  const all = leftTail + c / rightSlope;
  const accepts = acceptance(n, p, mode);
  return () => {
    for (;;) {
      const u = words.unit() * all;
      let v = words.unit();
      if (u <= triangle) return Math.floor(middle - half * v + u);
      let y: number;
      if (u <= parallelograms) {
        const x = left + (u - half) / c;
        v = v * c + 1 - Math.abs(mode - x + 0.5) / half;
        if (v > 1) continue;
        y = Math.floor(x);
      } else if (u <= leftTail) {
        y = Math.floor(left + Math.log(v) / leftSlope);
        if (y < 0 || v === 0) continue;
        v = v * (u - parallelograms) * leftSlope;
      } else {
        y = Math.floor(right - Math.log(v) / rightSlope);
        if (y > n || v === 0) continue;
        v = v * (u - leftTail) * rightSlope;
      }
      if (accepts(y, v)) return y;
    }
  };
}

/** Whether `v` is below the probability of `y` as a share of the mode's: counted out near the mode, else squeezed, else by Stirling. */
function acceptance(n: number, p: number, mode: number): (y: number, v: number) => boolean {
  const q = 1 - p;
  const variance = n * p * q;
  const ratio = p / q;
  const a = ratio * (n + 1);
  return (y, v) => {
    const k = Math.abs(y - mode);
    if (k <= 20 || k >= variance / 2 - 1) {
      let share = 1;
      for (let i = mode + 1; i <= y; i++) share *= a / i - ratio;
      for (let i = y + 1; i <= mode; i++) share /= a / i - ratio;
      return v <= share;
    }
    const rho = (k / variance) * ((k * (k / 3 + 0.625) + 0.16666666666666666) / variance + 0.5);
    const t = (-k * k) / (2 * variance);
    const logV = Math.log(v);
    if (logV < t - rho) return true;
    if (logV > t + rho) return false;
    const [x1, f1, z, w] = [y + 1, mode + 1, n + 1 - mode, n - y + 1];
    const limit =
      (mode + 0.5) * Math.log(f1 / x1) +
      (n - mode + 0.5) * Math.log(z / w) +
      (y - mode) * Math.log((w * p) / (x1 * q)) +
      correction(f1) +
      correction(z) +
      correction(x1) +
      correction(w);
    return logV <= limit;
  };
}

function correction(x: number): number {
  const square = x * x;
  return (13680 - (462 - (132 - (99 - 140 / square) / square) / square) / square) / x / 166320;
}
