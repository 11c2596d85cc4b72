/**
 * Logarithms of two doubles. x = 2^k·m with √½ ≤ m < √2; with f = m - 1 and s = f / (2 + f),
 * log m = f - (f²/2 - s (f²/2 + R)), R being a polynomial in s² that test/truth/minimax.py derives. The identity keeps f, which is
 * exact, as the leading term (the method of fdlibm's e_log.c). Zero, negative, subnormal and non-finite arguments go to
 * JavaScript's functions.
 */

import { type Code, type FunctionBuilder, f64x2, i32, i64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { add, bits, K, mul, polynomial, sub, unless } from './poly.js';

const LN2_HIGH = 0.6931471805582987;
const LN2_LOW = 1.6465949582897082e-12;

/** Of 1 / ln 2, 1 / ln 10 and log10 2: a leading part whose products are exact, and the rest. */
const LOG2_E = [1.4426950216293335, 1.9259629911266175e-8] as const;
const LOG10_E = [0.4342944622039795, 1.9699272335463627e-8] as const;
const LOG10_2 = [0.30102999566224753, 1.7336659603752853e-12] as const;

/** (log((1 + s) / (1 - s)) - 2s) / s³, in s² */
const LOG = [
  0.6666666666666723, 0.3999999999947178, 0.2857142873189709, 0.2222219950454557, 0.1818352121662272,
  0.15315052394508946, 0.14786714662361503,
];

const MANTISSA = 2n ** 52n - 1n;
const ONE = 0x3ff0000000000000n;
const ROOT_HALF = 0x3fe6a09e667f3bcdn;

/** k as a double, and m - 1. */
export function split(f: FunctionBuilder, x: Local): { k: Local; f: Local } {
  const shifted = f.let('v128', i64x2.add(x, bits(ONE - ROOT_HALF)));
  // the exponent, put in the low bits of 2^52
  const k = f.let(
    'v128',
    sub(v128.or(i64x2.shrU(shifted, i32.const(52)), bits(0x4330000000000000n)), K(2 ** 52 + 1023)),
  );
  const m = i64x2.add(v128.and(shifted, bits(MANTISSA)), bits(ROOT_HALF));
  return { k, f: f.let('v128', sub(m, K(1))) };
}

/** f²/2 and s (f²/2 + R). */
function series(f: FunctionBuilder, x: Local): { half: Local; rest: Local } {
  const s = f.let('v128', f64x2.div(x, add(x, K(2))));
  const z = f.let('v128', mul(s, s));
  const r = mul(z, polynomial(f, z, LOG));
  const half = f.let('v128', mul(mul(x, x), K(0.5)));
  return { half, rest: f.let('v128', mul(s, add(half, r))) };
}

/** The argument is a normal positive number. */
export const isUsual = (x: Code): Code =>
  v128.and(f64x2.ge(x, K(2 ** -1022)), f64x2.lt(x, K(Number.POSITIVE_INFINITY)));

/** Natural logarithm, error below 1 ulp. */
export function log(f: FunctionBuilder, library: Library, x: Local): Code {
  const { k, f: m } = split(f, x);
  const { half, rest } = series(f, m);
  const small = add(rest, mul(k, K(LN2_LOW)));
  const y = sub(mul(k, K(LN2_HIGH)), sub(sub(half, small), m));
  return unless(f, isUsual(x), y, () => library.eachLane('log', x));
}

/** log m in two parts, the first of so few bits that its product with a short constant is exact. */
function inTwoParts(f: FunctionBuilder, m: Local): { high: Local; low: Local } {
  const { half, rest } = series(f, m);
  const high = f.let('v128', v128.and(sub(m, half), bits(-(2n ** 32n))));
  const low = f.let('v128', add(sub(sub(m, high), half), rest));
  return { high, low };
}

/** (high + low)·factor + k·unit, summed from the smallest to the largest. */
function weigh(
  f: FunctionBuilder,
  parts: { high: Local; low: Local },
  factor: readonly [number, number],
  large: Local,
  small: Code,
): Code {
  const { high, low } = parts;
  const main = f.let('v128', mul(high, K(factor[0])));
  const rest = add(add(small, mul(add(low, high), K(factor[1]))), mul(low, K(factor[0])));
  const sum = f.let('v128', add(large, main));
  return add(add(rest, add(sub(large, sum), main)), sum);
}

/** Base 2, error below 1 ulp, exact for powers of two. */
export function log2(f: FunctionBuilder, library: Library, x: Local): Code {
  const { k, f: m } = split(f, x);
  const y = weigh(f, inTwoParts(f, m), LOG2_E, k, K(0));
  return unless(f, isUsual(x), y, () => library.eachLane('log2', x));
}

/** Base 10, error below 1 ulp. */
export function log10(f: FunctionBuilder, library: Library, x: Local): Code {
  const { k, f: m } = split(f, x);
  const large = f.let('v128', mul(k, K(LOG10_2[0])));
  const y = weigh(f, inTwoParts(f, m), LOG10_E, large, mul(k, K(LOG10_2[1])));
  return unless(f, isUsual(x), y, () => library.eachLane('log10', x));
}

/** log(1 + x), error below 1 ulp: the logarithm of u = 1 + x rounded, and what the rounding lost, divided by u. */
export function log1p(f: FunctionBuilder, library: Library, x: Local): Code {
  const u = f.let('v128', add(x, K(1)));
  const back = f.let('v128', sub(u, K(1)));
  const lost = add(sub(x, back), sub(K(1), sub(u, back)));
  const correction = f64x2.div(lost, u);
  const { k, f: m } = split(f, u);
  const { half, rest } = series(f, m);
  const small = add(rest, add(mul(k, K(LN2_LOW)), correction));
  const y = sub(mul(k, K(LN2_HIGH)), sub(sub(half, small), m));
  const signed = v128.bitselect(x, y, f64x2.eq(x, K(0)));
  const usual = v128.and(f64x2.gt(x, K(-1)), f64x2.lt(x, K(Number.POSITIVE_INFINITY)));
  return unless(f, usual, signed, () => library.eachLane('log1p', x));
}
