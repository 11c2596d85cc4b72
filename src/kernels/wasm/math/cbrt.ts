/**
 * Cube roots of two doubles. x = 2^3q·m with m between √½/2 and 2√2; a polynomial of m (test/truth/minimax.py) is right to ten bits,
 * Halley's iteration triples them; rounded to 26 bits, so that its square is exact, a second one gives the rest.
 */

import { type Code, type FunctionBuilder, f64x2, i32, i64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { isUsual, split } from './log.js';
import { add, bits, K, mul, polynomial, ROUNDER, SIGN, sub, unless } from './poly.js';

const CBRT = [
  0.4151389205178865, 1.0523703092167518, -0.7610904736318418, 0.38695728735047347, -0.10445606591362402,
  0.01127820324136133,
];

/** t (t³ + 2m) / (2t³ + m), written so that what it adds to t is small. */
function halley(f: FunctionBuilder, t: Local, m: Code): Code {
  const quotient = f.let('v128', f64x2.div(m, mul(t, t)));
  return add(t, mul(t, f64x2.div(sub(quotient, t), add(add(t, t), quotient))));
}

/** Error below 1 ulp. Zero, subnormal and non-finite arguments go to JavaScript's Math.cbrt. */
export function cbrt(f: FunctionBuilder, library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.abs(x));
  const { k, f: fraction } = split(f, size);
  const third = f.let('v128', add(mul(k, K(1 / 3)), K(ROUNDER)));
  const q = f.let('v128', sub(third, K(ROUNDER)));
  // 2^(k - 3q), the exponent being -1, 0 or 1
  const rest = add(sub(k, mul(q, K(3))), K(ROUNDER));
  const m = f.let('v128', i64x2.add(add(fraction, K(1)), i64x2.shl(rest, i32.const(52))));
  const first = f.let('v128', polynomial(f, m, CBRT));
  const second = f.let('v128', v128.and(halley(f, first, m), bits(-(2n ** 27n))));
  const root = i64x2.add(halley(f, second, m), i64x2.shl(third, i32.const(52)));
  return unless(f, isUsual(size), v128.bitselect(x, root, SIGN), () => library.eachLane('cbrt', x));
}
