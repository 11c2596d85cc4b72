/**
 * Hyperbolic functions of two doubles and their inverses: polynomials near 0 (test/truth/minimax.py), else from exponentials and
 * logarithms in forms that do not cancel. Extreme arguments go to JavaScript's functions.
 */

import { type Code, call, type FunctionBuilder, f64x2, type Local, v128 } from '../assembler.js';
import type { Imported, Library } from '../library.js';
import { expm1Core } from './exp.js';
import { log1p } from './log.js';
import { add, K, mul, polynomial, SIGN, sub, unless } from './poly.js';

/** (tanh x - x) / x³ in x², for |x| ≤ 0.55 */
const TANH = [
  -0.3333333333333332, 0.1333333333332919, -0.053968253964934515, 0.021869488413668745, -0.00886323299096565,
  0.0035920954688374853, -0.001455562504550065, 0.0005885171640732313, -0.0002335492485198716,
  8.353593115454978e-5, -1.96191171027509e-5,
];

/** (sinh x - x) / x³ in x², for |x| ≤ 1 */
const SINH = [
  0.16666666666666669, 0.008333333333333156, 0.00019841269841428007, 2.7557319157820473e-6,
  2.5052123066346874e-8, 1.6057262636641462e-10, 7.758719083914025e-13,
];

const withSign = (size: Code, x: Code): Code => v128.bitselect(x, size, SIGN);

/** x + x³ p(x²) */
function oddSeries(f: FunctionBuilder, x: Local, coefficients: readonly number[]): Code {
  const z = f.let('v128', mul(x, x));
  return add(x, mul(mul(z, x), polynomial(f, z, coefficients)));
}

/** A polynomial up to 0.55, then 1 - 2 / (e^2|x| + 1); 1 from 22 on. Error below 2 ulp. */
export function tanh(f: FunctionBuilder, _library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.pmin(f64x2.abs(x), K(22)));
  const small = f.let('v128', oddSeries(f, size, TANH));
  const t = expm1Core(f, f.let('v128', add(size, size)));
  const large = sub(K(1), f64x2.div(K(2), add(t, K(2))));
  return withSign(v128.bitselect(small, large, f64x2.lt(size, K(0.55))), x);
}

/** A polynomial up to 1, then (t + t / (t + 1)) / 2 with t = e^|x| - 1. Error below 2 ulp. */
export function sinh(f: FunctionBuilder, library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.abs(x));
  const small = f.let('v128', oddSeries(f, size, SINH));
  const t = expm1Core(f, size);
  const large = mul(K(0.5), add(t, f64x2.div(t, add(t, K(1)))));
  const value = withSign(v128.bitselect(small, large, f64x2.lt(size, K(1))), x);
  return unless(f, f64x2.le(size, K(700)), value, () => library.eachLane('sinh', x));
}

/** (e^|x| + e^-|x|) / 2. Error below 2 ulp. */
export function cosh(f: FunctionBuilder, library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.abs(x));
  const e = f.let('v128', add(expm1Core(f, size), K(1)));
  const value = mul(K(0.5), add(e, f64x2.div(K(1), e)));
  return unless(f, f64x2.le(size, K(700)), value, () => library.eachLane('cosh', x));
}

/** log(1 + x), called rather than repeated. */
const log1pOf = (library: Library, x: Code): Code =>
  call(
    library.own('log1p', { params: ['v128'], results: ['v128'] }, (f, [a]) => log1p(f, library, a!)),
    x,
  );

const otherwise = (library: Library, name: Imported, x: Local) => (): Code => library.eachLane(name, x);

/** log(1 + (|x| + x² / (1 + √(1 + x²)))). Error below 2.5 ulp. */
export function arcsinh(f: FunctionBuilder, library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.abs(x));
  const square = f.let('v128', mul(size, size));
  const root = add(K(1), f64x2.sqrt(add(K(1), square)));
  const value = withSign(log1pOf(library, add(size, f64x2.div(square, root))), x);
  return unless(f, f64x2.lt(size, K(2 ** 500)), value, otherwise(library, 'asinh', x));
}

/** log(1 + (t + √(2t + t²))) with t = x - 1. Error below 2.5 ulp. */
export function arccosh(f: FunctionBuilder, library: Library, x: Local): Code {
  const t = f.let('v128', sub(x, K(1)));
  const value = log1pOf(library, add(t, f64x2.sqrt(add(add(t, t), mul(t, t)))));
  const usual = v128.and(f64x2.ge(x, K(1)), f64x2.lt(x, K(2 ** 500)));
  return unless(f, usual, value, otherwise(library, 'acosh', x));
}

/** log(1 + 2|x| / (1 - |x|)) / 2. Error below 2.5 ulp. */
export function arctanh(f: FunctionBuilder, library: Library, x: Local): Code {
  const size = f.let('v128', f64x2.abs(x));
  const value = mul(K(0.5), log1pOf(library, f64x2.div(add(size, size), sub(K(1), size))));
  return unless(f, f64x2.lt(size, K(1)), withSign(value, x), otherwise(library, 'atanh', x));
}
