/** Functions of two arguments, two doubles each: fmod, hypot, logaddexp. */

import { type Code, type FunctionBuilder, f64x2, type Local, v128 } from '../assembler.js';
import type { Library } from '../library.js';
import { exp } from './exp.js';
import { log1p } from './log.js';
import { add, K, mul, SIGN, sub, unless } from './poly.js';

/** The error of the rounded product `p` = a·b (Dekker's product, Veltkamp's splitting). */
function productError(f: FunctionBuilder, a: Local, b: Local, p: Local): Code {
  const split = (x: Local) => {
    const c = f.let('v128', mul(x, K(2 ** 27 + 1)));
    const high = f.let('v128', sub(c, sub(c, x)));
    return [high, f.let('v128', sub(x, high))] as const;
  };
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  return sub(mul(al, bl), sub(sub(sub(p, mul(ah, bh)), mul(al, bh)), mul(ah, bl)));
}

/**
 * C's fmod, exactly. |a| - q|b| with q = trunc(|a| / |b|), which is the quotient or one more: below 2^51 the product is exact in two
 * doubles, so is the difference, and a negative one is one |b| too low. Larger quotients and extreme numbers go to JavaScript's `%`.
 */
export function fmod(f: FunctionBuilder, library: Library, x: Local, y: Local): Code {
  const ax = f.let('v128', f64x2.abs(x));
  const ay = f.let('v128', f64x2.abs(y));
  const q = f.let('v128', f64x2.trunc(f64x2.div(ax, ay)));
  const p = f.let('v128', mul(q, ay));
  const r = f.let('v128', sub(sub(ax, p), productError(f, q, ay, p)));
  const lifted = f.let('v128', add(r, v128.and(ay, f64x2.lt(r, K(0)))));
  const ordinary = v128.and(f64x2.gt(ay, K(2 ** -900)), f64x2.lt(ay, K(2 ** 900)));
  const usual = v128.and(f64x2.lt(q, K(2 ** 51)), ordinary);
  return unless(f, usual, v128.bitselect(x, lifted, SIGN), () => library.eachLane('fmod', x, y));
}

/** √(a² + b²) without overflow, by scaling with powers of two; infinite when either is, even beside NaN. */
export function hypot(f: FunctionBuilder, _library: Library, x: Local, y: Local): Code {
  const ax = f.let('v128', f64x2.abs(x));
  const ay = f.let('v128', f64x2.abs(y));
  const largest = f.let('v128', f64x2.pmax(ax, ay));
  const huge = f64x2.gt(largest, K(2 ** 500));
  const tiny = f64x2.lt(largest, K(2 ** -400));
  const down = v128.bitselect(K(2 ** -600), K(1), huge);
  const scale = f.let('v128', v128.bitselect(K(2 ** 600), down, tiny));
  const sx = f.let('v128', mul(ax, scale));
  const sy = f.let('v128', mul(ay, scale));
  const root = f64x2.sqrt(add(mul(sx, sx), mul(sy, sy)));
  const infinite = v128.or(
    f64x2.eq(ax, K(Number.POSITIVE_INFINITY)),
    f64x2.eq(ay, K(Number.POSITIVE_INFINITY)),
  );
  return v128.bitselect(K(Number.POSITIVE_INFINITY), f64x2.div(root, scale), infinite);
}

/** log(e^a + e^b) = max + log(1 + e^-|a - b|). */
export function logaddexp(f: FunctionBuilder, library: Library, x: Local, y: Local): Code {
  const distance = f.let('v128', v128.or(f64x2.abs(sub(x, y)), SIGN));
  const largest = f.let('v128', f64x2.max(x, y));
  const e = f.let('v128', exp(f, library, distance));
  const sum = add(largest, log1p(f, library, e));
  // equal infinities: their difference is NaN
  const equal = f64x2.eq(x, y);
  return v128.bitselect(add(largest, K(Math.LN2)), sum, equal);
}
