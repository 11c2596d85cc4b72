/**
 * Powers of two doubles: x^y = 2^(y log2 x), the logarithm in two doubles of some 70 bits together. With s = (m - 1) / (m + 1),
 * log m = 2/3 s (3 + s² + s⁴ q(s²)); s and each sum are kept as a short leading part, whose products are exact, and a rest. This is the
 * scheme of fdlibm's e_pow.c; q is derived by test/truth/minimax.py. Zero, negative, subnormal and non-finite bases, and results near the
 * ends of the range go to JavaScript's Math.pow, corrected to C's rules.
 */

import { type Code, type FunctionBuilder, f64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { exp2OfSum } from './exp.js';
import { isUsual, split } from './log.js';
import { add, bits, K, mul, polynomial, sub, unless } from './poly.js';

/** q */
const LOG = [
  0.6, 0.4285714285715014, 0.3333333333008564, 0.27272727889820386, 0.23076860955294534, 0.20003575997538162,
  0.17529019167129006, 0.1785417819270439,
];

/** 2 / (3 ln 2) */
const SCALE = [0.9617962837219238, 4.102040517767816e-7] as const;

/** The leading 21 bits. */
const head = (x: Code): Code => v128.and(x, bits(-(2n ** 32n)));

/** x^y, error below 1.5 ulp. */
export function power(f: FunctionBuilder, library: Library, x: Local, y: Local): Code {
  const { k, f: m } = split(f, x);
  const d = f.let('v128', add(m, K(2)));
  const s = f.let('v128', f64x2.div(m, d));
  const sHead = f.let('v128', head(s));
  const dHead = f.let('v128', head(d));
  const dRest = f.let('v128', sub(m, sub(dHead, K(2))));
  const sRest = f.let('v128', f64x2.div(sub(sub(m, mul(sHead, dHead)), mul(sHead, dRest)), d));
  // 3 + s² + s⁴ q
  const z = f.let('v128', mul(s, s));
  const squareHead = f.let('v128', mul(sHead, sHead));
  const higher = mul(mul(z, z), polynomial(f, z, LOG));
  const rest = f.let('v128', add(higher, mul(sRest, add(sHead, s))));
  const factorHead = f.let('v128', head(add(add(K(3), squareHead), rest)));
  const factorRest = f.let('v128', sub(rest, sub(sub(factorHead, K(3)), squareHead)));
  // times s
  const u = f.let('v128', mul(sHead, factorHead));
  const v = f.let('v128', add(mul(sRest, factorHead), mul(factorRest, s)));
  const pHead = f.let('v128', head(add(u, v)));
  const pRest = f.let('v128', sub(v, sub(pHead, u)));
  // times 2 / (3 ln 2), plus k
  const zHead = f.let('v128', mul(pHead, K(SCALE[0])));
  const zRest = f.let('v128', add(mul(pHead, K(SCALE[1])), mul(pRest, K(SCALE[0] + SCALE[1]))));
  const logHead = f.let('v128', head(add(add(zHead, zRest), k)));
  const logRest = f.let('v128', sub(zRest, sub(sub(logHead, k), zHead)));
  // times y
  const yHead = f.let('v128', head(y));
  const high = f.let('v128', mul(yHead, logHead));
  const low = f.let('v128', add(mul(sub(y, yHead), logHead), mul(y, logRest)));
  const size = f64x2.abs(add(high, low));
  const usual = v128.and(isUsual(x), f64x2.le(size, K(1020)));
  return unless(f, usual, exp2OfSum(f, high, low), () => library.eachLane('pow', x, y));
}
