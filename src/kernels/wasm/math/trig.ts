/**
 * Sine, cosine and tangent of two doubles: x = n·π/2 + r by Cody & Waite's reduction with π/2 in three parts, the first two of 33
 * bits so that their products with |n| < 2^20 are exact, r in two doubles; then minimax polynomials on |r| ≤ π/4 (test/truth/minimax.py)
 * and the quadrant's swap and sign. Larger and non-finite arguments go to JavaScript's functions.
 */

import { type Code, type FunctionBuilder, f64x2, i32, i64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { add, bits, K, mul, polynomial, ROUNDER, SIGN, sub, whenRare } from './poly.js';

const HALF_PI = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;

/** From here on |n| may not be below 2^20. */
const LIMIT = 1e6;

/** (sin r - r) / r³ in r² */
const SIN = [
  -0.16666666666666632, 0.008333333333322413, -0.00019841269829807688, 2.7557313691885456e-6,
  -2.5050758111233312e-8, 1.5896795465540055e-10,
];

/** (cos r - 1 + r²/2) / r⁴ in r² */
const COS = [
  0.04166666666666665, -0.0013888888888882215, 2.480158729395976e-5, -2.755731552101429e-7,
  2.087586885283207e-9, -1.1366630251073015e-11,
];

/** What sine and cosine of one argument share. */
export interface SinCos {
  readonly sin: Local;
  readonly cos: Local;
}

/** Both, each with an error below 1 ulp (1.1 next to the zeros). */
export function sinCos(f: FunctionBuilder, library: Library, x: Local): SinCos {
  const rounded = f.let('v128', add(mul(x, K(2 / Math.PI)), K(ROUNDER)));
  const n = f.let('v128', sub(rounded, K(ROUNDER)));
  const first = f.let('v128', sub(x, mul(n, K(HALF_PI[0]))));
  const product2 = f.let('v128', mul(n, K(HALF_PI[1])));
  const second = f.let('v128', sub(first, product2));
  const lost = sub(sub(first, second), product2);
  const third = f.let('v128', sub(mul(n, K(HALF_PI[2])), lost));
  // r - less is the remainder; subtracted rather than added so that the sign of 0 survives
  const r = f.let('v128', sub(second, third));
  const less = f.let('v128', sub(third, sub(second, r)));

  const z = f.let('v128', mul(r, r));
  const half = f.let('v128', mul(z, K(0.5)));
  const w = f.let('v128', sub(K(1), half));
  const sinTail = mul(mul(z, r), polynomial(f, z, SIN));
  const s = f.let('v128', sub(r, sub(mul(less, w), sinTail)));
  const cosTail = mul(mul(z, z), polynomial(f, z, COS));
  const c = f.let('v128', add(w, add(sub(sub(K(1), w), half), add(cosTail, mul(r, less)))));

  const odd = f.let('v128', i64x2.sub(bits(0n), v128.and(rounded, bits(1n))));
  const sinSign = v128.and(i64x2.shl(rounded, i32.const(62)), SIGN);
  const cosSign = v128.and(i64x2.shl(i64x2.add(rounded, bits(1n)), i32.const(62)), SIGN);
  const sin = f.let('v128', v128.xor(v128.bitselect(c, s, odd), sinSign));
  const cos = f.let('v128', v128.xor(v128.bitselect(s, c, odd), cosSign));
  const usual = f.let('v128', f64x2.le(f64x2.abs(x), K(LIMIT)));
  f.emit(
    whenRare(f, usual, () => [
      sin.set(v128.bitselect(sin, library.eachLane('sin', x), usual)),
      cos.set(v128.bitselect(cos, library.eachLane('cos', x), usual)),
    ]),
  );
  return { sin, cos };
}

/** The tangent from both, error below 2.2 ulp. */
export const tan = ({ sin, cos }: SinCos): Code => f64x2.div(sin, cos);
