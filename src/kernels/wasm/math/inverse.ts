/**
 * Inverse trigonometric functions of two doubles. The arctangent of a quotient in [0, 1] is a polynomial where the quotient is at most
 * tan(π/8), else π/4 and the polynomial of (y - x) / (y + x); the arcsine is a polynomial up to ½, and beyond, by
 * arcsin x = π/2 - 2 arcsin √((1 - x) / 2). Polynomials: test/truth/minimax.py. For the methods see J.-M. Muller, Elementary Functions.
 */

import { type Code, type FunctionBuilder, f64x2, i64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { add, bits, K, mul, polynomial, SIGN, sub, unless } from './poly.js';

/** (arctan t - t) / t³ in t², for t up to tan(π/8) */
const ATAN = [
  -0.3333333333333328, 0.19999999999971566, -0.14285714281672232, 0.11111110846374413, -0.09090899345954122,
  0.07692085520811204, -0.06663365533130786, 0.058496383428809966, -0.050466137386355796,
  0.038238022688838316, -0.018085700366398304,
];

/** (arcsin x - x) / x³ in x², for x up to ½ */
const ASIN = [
  0.16666666666666693, 0.07499999999984067, 0.04464285716440848, 0.030381943121510414, 0.02237220483402464,
  0.01735177425468299, 0.013979063501049637, 0.011412055457607281, 0.010712260569360067, 0.003945296957476194,
  0.021163290807130242, -0.020274178172946276, 0.032199908731557425,
];

/** π/4 in two doubles, the first with so few bits that small multiples of it are exact. */
const QUARTER_PI = [0.7853981633974483, 3.061616997868383e-17] as const;
const HALF_PI = [2 * QUARTER_PI[0], 2 * QUARTER_PI[1]] as const;

/** The angle in [0, π] whose tangent is ±y/x, for y and x not negative; beyond π/2 where `behind` (a mask, if given). */
function angle(f: FunctionBuilder, y: Local, x: Code, behind?: Local): Code {
  const least = f.let('v128', f64x2.pmin(y, x));
  const most = f.let('v128', f64x2.pmax(y, x));
  const steep = f.let('v128', f64x2.gt(y, x));
  const diagonal = f.let('v128', f64x2.gt(least, mul(most, K(Math.SQRT2 - 1))));
  const t = f.let(
    'v128',
    f64x2.div(sub(least, v128.and(most, diagonal)), add(most, v128.and(least, diagonal))),
  );
  const z = f.let('v128', mul(t, t));
  const tail = f.let('v128', mul(mul(z, t), polynomial(f, z, ATAN)));
  // how many quarters of π lie below, and whether t counts downwards from there
  let quarters: Code = f.let('v128', v128.and(K(1), diagonal));
  quarters = f.let('v128', v128.bitselect(sub(K(2), quarters), quarters, steep));
  let down: Code = steep;
  if (behind !== undefined) {
    quarters = f.let('v128', v128.bitselect(sub(K(4), quarters), quarters, behind));
    down = v128.xor(steep, behind);
  }
  const flip = f.let('v128', v128.and(down, SIGN));
  const small = add(v128.xor(tail, flip), mul(quarters, K(QUARTER_PI[1])));
  return add(mul(quarters, K(QUARTER_PI[0])), add(v128.xor(t, flip), small));
}

/** `size` with the sign of `x`. */
const withSign = (size: Code, x: Code): Code => v128.bitselect(x, size, SIGN);

/** Error below 2 ulp. */
export const arctan = (f: FunctionBuilder, _library: Library, x: Local): Code =>
  withSign(angle(f, f.let('v128', f64x2.abs(x)), K(1)), x);

/** The angle of the point (x, y), error below 2 ulp. Two zeros, infinities and extreme sizes go to JavaScript's Math.atan2. */
export function arctan2(f: FunctionBuilder, library: Library, y: Local, x: Local): Code {
  const ax = f.let('v128', f64x2.abs(x));
  const ay = f.let('v128', f64x2.abs(y));
  const behind = f.let('v128', i64x2.ltS(x, bits(0n)));
  const value = withSign(angle(f, ay, ax, behind), y);
  const size = f.let('v128', add(ax, ay));
  const usual = v128.and(f64x2.gt(size, K(2 ** -900)), f64x2.lt(size, K(2 ** 900)));
  return unless(f, usual, value, () => library.eachLane('atan2', y, x));
}

/** What arcsine and arccosine share: above ½, s = √((1 - |x|) / 2) as head + rest; the polynomial's part of the arcsine of s or |x|. */
function halfAngle(f: FunctionBuilder, x: Local) {
  const size = f.let('v128', f64x2.abs(x));
  const large = f.let('v128', f64x2.gt(size, K(0.5)));
  const z = f.let('v128', v128.bitselect(mul(sub(K(1), size), K(0.5)), mul(size, size), large));
  const s = f.let('v128', v128.bitselect(f64x2.sqrt(z), size, large));
  const tail = f.let('v128', mul(mul(z, s), polynomial(f, z, ASIN)));
  const head = f.let('v128', v128.and(s, bits(-(2n ** 27n))));
  const lost = f64x2.div(sub(z, mul(head, head)), add(s, head));
  // 0 / 0 at the ends
  const rest = f.let('v128', v128.and(lost, f64x2.ne(s, K(0))));
  return { size, large, s, tail, head, rest };
}

/** Error below 1.5 ulp. */
export function arcsin(f: FunctionBuilder, _library: Library, x: Local): Code {
  const { large, s, tail, head, rest } = halfAngle(f, x);
  const near = sub(K(HALF_PI[1]), mul(K(2), add(rest, tail)));
  const upper = add(sub(K(QUARTER_PI[0]), mul(K(2), head)), add(K(QUARTER_PI[0]), near));
  return withSign(v128.bitselect(upper, add(s, tail), large), x);
}

/** Error below 1.5 ulp. */
export function arccos(f: FunctionBuilder, _library: Library, x: Local): Code {
  const { large, tail, head, rest } = halfAngle(f, x);
  const signed = withSign(tail, x);
  const middle = sub(K(HALF_PI[0]), sub(x, sub(K(HALF_PI[1]), signed)));
  const twice = f.let('v128', mul(K(2), add(head, add(rest, tail))));
  const left = sub(K(2 * HALF_PI[0]), sub(twice, K(2 * HALF_PI[1])));
  const outer = v128.bitselect(left, twice, f64x2.lt(x, K(0)));
  return v128.bitselect(outer, middle, large);
}
