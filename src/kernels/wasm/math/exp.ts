/**
 * exp, exp2 and expm1 on two doubles. All write x = n·ln 2 + r with |r| ≤ ln 2 / 2 (Cody & Waite's reduction: the leading
 * part of ln 2 is short enough that its product with n is exact), and take e^r from a polynomial whose coefficients
 * test/truth/minimax.py derives. For the method see J.-M. Muller, Elementary Functions.
 */

import { type Code, type FunctionBuilder, f64x2, i32, i64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { add, bits, K, mul, polynomial, ROUNDER, sub, unless } from './poly.js';

const LN2_HIGH = 0.6931471805582987;
const LN2_LOW = 1.6465949582897082e-12;

/** (e^r - 1 - r) / r² */
const EXP = [
  0.5000000000000011, 0.16666666666666413, 0.04166666666653016, 0.008333333333494486, 0.0013888888943629383,
  0.00019841269506526925, 2.4801493099599677e-5, 2.7557586422065495e-6, 2.7630248147790764e-7,
  2.5000045734485724e-8,
];

/** (2^r - 1 - r ln 2) / r² */
const EXP2 = [
  0.24022650695910133, 0.05550410866482169, 0.009618129107593534, 0.00133335581463866, 0.00015403530457887082,
  1.5252733862610333e-5, 1.3215434891268104e-6, 1.0178047978343597e-7, 7.073850143592745e-9,
  4.457208817884936e-10,
];

/** 2^n, n given as `n + ROUNDER`; n must be the exponent of a normal number. */
const powerOfTwo = (rounded: Code): Code => i64x2.shl(i64x2.add(rounded, bits(1023n)), i32.const(52));

/** y · 2^n, n given as `n + ROUNDER`, where neither y nor the result leaves the normal range. */
const scaleNormal = (y: Code, rounded: Code): Code => i64x2.add(y, i64x2.shl(rounded, i32.const(52)));

/** y · 2^n rounded once, for |n| ≤ 2000. */
function scaleAny(f: FunctionBuilder, y: Code, n: Code): Code {
  const half = f.let('v128', f64x2.nearest(mul(n, K(0.5))));
  const rest = sub(n, half);
  return mul(mul(y, powerOfTwo(add(half, K(ROUNDER)))), powerOfTwo(add(rest, K(ROUNDER))));
}

/** n + ROUNDER, n, and r = x - n ln 2 with what its rounding lost. */
function reduce(f: FunctionBuilder, x: Local) {
  const rounded = f.let('v128', add(mul(x, K(Math.LOG2E)), K(ROUNDER)));
  const n = f.let('v128', sub(rounded, K(ROUNDER)));
  const high = f.let('v128', sub(x, mul(n, K(LN2_HIGH))));
  const low = f.let('v128', mul(n, K(LN2_LOW)));
  const r = f.let('v128', sub(high, low));
  return { rounded, n, r, lost: () => sub(sub(high, r), low) };
}

const square = (f: FunctionBuilder, x: Local): Local => f.let('v128', mul(x, x));

/** e^x, error at most 1 ulp. */
export function exp(f: FunctionBuilder, _library: Library, given: Local): Code {
  // beyond these bounds the result is 0 or infinite; NaN stays
  const x = f.let('v128', f64x2.pmin(f64x2.pmax(given, K(-746)), K(710)));
  const { rounded, n, r } = reduce(f, x);
  const p = polynomial(f, r, EXP);
  const y = f.let('v128', add(K(1), add(r, mul(square(f, r), p))));
  const usual = f64x2.le(f64x2.abs(x), K(708));
  return unless(f, usual, scaleNormal(y, rounded), () => scaleAny(f, y, n));
}

/** 2^x, error below 1.2 ulp, exact for integers. */
export function exp2(f: FunctionBuilder, _library: Library, given: Local): Code {
  const x = f.let('v128', f64x2.pmin(f64x2.pmax(given, K(-1080)), K(1030)));
  const rounded = f.let('v128', add(x, K(ROUNDER)));
  const n = f.let('v128', sub(rounded, K(ROUNDER)));
  const r = f.let('v128', sub(x, n));
  const p = polynomial(f, r, EXP2);
  const y = f.let('v128', add(K(1), add(mul(r, K(Math.LN2)), mul(square(f, r), p))));
  const usual = f64x2.le(f64x2.abs(x), K(1021));
  return unless(f, usual, scaleNormal(y, rounded), () => scaleAny(f, y, n));
}

/** e^x - 1 for |x| ≤ 700 (or NaN): 2^n (e^r - 1) + (2^n - 1). The sign of 0 is lost. */
export function expm1Core(f: FunctionBuilder, x: Local): Local {
  const { rounded, r, lost } = reduce(f, x);
  const p = polynomial(f, r, EXP);
  const tail = f.let('v128', add(mul(square(f, r), p), lost()));
  const scale = f.let('v128', powerOfTwo(rounded));
  return f.let('v128', add(mul(scale, add(r, tail)), sub(scale, K(1))));
}

/** e^x - 1, error below 2 ulp. */
export function expm1(f: FunctionBuilder, library: Library, x: Local): Code {
  const y = expm1Core(f, x);
  const usual = f64x2.le(f64x2.abs(x), K(700));
  const signed = v128.bitselect(x, y, f64x2.eq(x, K(0)));
  return unless(f, usual, signed, () => library.eachLane('expm1', x));
}

/** 2^(high + low) for sums within ±1021. */
export function exp2OfSum(f: FunctionBuilder, high: Local, low: Local): Code {
  const rounded = f.let('v128', add(add(high, low), K(ROUNDER)));
  const left = f.let('v128', sub(high, sub(rounded, K(ROUNDER))));
  const r = f.let('v128', add(left, low));
  const lost = add(sub(left, r), low);
  const tail = add(mul(square(f, r), polynomial(f, r, EXP2)), mul(lost, K(Math.LN2)));
  return scaleNormal(add(K(1), add(mul(r, K(Math.LN2)), tail)), rounded);
}
