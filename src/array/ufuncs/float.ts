/** Float functions of one operand. One constant is the function and the method. */
import type { ArrayInput } from '../input.js';
import { floatOf } from '../nodes/promote.js';
import { type FloatFn, float1 } from './make.js';
import { commonType, elementwise } from './operands.js';

/**
 * Square root of each element; NaN of negative ones.
 *
 * @example
 * await sqrt([1, 4, 9]).compute(); // [1. 2. 3.]
 */
export const sqrt: FloatFn = float1('sqrt', 'sqrt');

/**
 * Cube root of each element, of negative ones too.
 *
 * @example
 * await cbrt([-8, 27]).compute(); // [-2. 3.]
 */
export const cbrt: FloatFn = float1('cbrt', 'cbrt');

/**
 * e to the power of each element.
 *
 * @example
 * await exp([0, 1]).compute(); // [1. 2.71828183]
 */
export const exp: FloatFn = float1('exp', 'exp');

/**
 * 2 to the power of each element.
 *
 * @example
 * await exp2([0, 3, -1]).compute(); // [1. 8. 0.5]
 */
export const exp2: FloatFn = float1('exp2', 'exp2');

/**
 * `exp(x) - 1`, accurate for small elements.
 *
 * @example
 * await expm1(1e-12).compute(); // 1.0000000000005e-12
 */
export const expm1: FloatFn = float1('expm1', 'expm1');

/**
 * Natural logarithm of each element; -Infinity of 0, NaN of negative ones.
 *
 * @example
 * await log([1, 0]).compute(); // [0. -inf]
 */
export const log: FloatFn = float1('log', 'log');

/**
 * Logarithm of each element to base 2.
 *
 * @example
 * await log2([1, 8]).compute(); // [0. 3.]
 */
export const log2: FloatFn = float1('log2', 'log2');

/**
 * Logarithm of each element to base 10.
 *
 * @example
 * await log10([1, 1000]).compute(); // [0. 3.]
 */
export const log10: FloatFn = float1('log10', 'log10');

/**
 * `log(1 + x)`, accurate for small elements.
 *
 * @example
 * await log1p(1e-12).compute(); // 9.999999999995e-13
 */
export const log1p: FloatFn = float1('log1p', 'log1p');

/**
 * Sine of each element, in radians.
 *
 * @example
 * await sin([0, Math.PI / 2]).compute(); // [0. 1.]
 */
export const sin: FloatFn = float1('sin', 'sin');

/**
 * Cosine of each element, in radians.
 *
 * @example
 * await cos([0, Math.PI]).compute(); // [1. -1.]
 */
export const cos: FloatFn = float1('cos', 'cos');

/**
 * Tangent of each element, in radians.
 *
 * @example
 * await tan(0).compute(); // 0
 */
export const tan: FloatFn = float1('tan', 'tan');

/**
 * Inverse sine of each element, from -π/2 to π/2; NaN outside of -1 … 1.
 *
 * @example
 * await arcsin(1).compute(); // 1.5707963267948966
 */
export const arcsin: FloatFn = float1('arcsin', 'arcsin');

/**
 * Inverse cosine of each element, from 0 to π; NaN outside of -1 … 1.
 *
 * @example
 * await arccos(-1).compute(); // 3.141592653589793
 */
export const arccos: FloatFn = float1('arccos', 'arccos');

/**
 * Inverse tangent of each element, from -π/2 to π/2. See `arctan2` for the whole circle.
 *
 * @example
 * await arctan(Infinity).compute(); // 1.5707963267948966
 */
export const arctan: FloatFn = float1('arctan', 'arctan');

/**
 * Hyperbolic sine of each element.
 *
 * @example
 * await sinh(0).compute(); // 0
 */
export const sinh: FloatFn = float1('sinh', 'sinh');

/**
 * Hyperbolic cosine of each element.
 *
 * @example
 * await cosh(0).compute(); // 1
 */
export const cosh: FloatFn = float1('cosh', 'cosh');

/**
 * Hyperbolic tangent of each element.
 *
 * @example
 * await tanh([0, Infinity]).compute(); // [0. 1.]
 */
export const tanh: FloatFn = float1('tanh', 'tanh');

/**
 * Inverse hyperbolic sine of each element.
 *
 * @example
 * await arcsinh(0).compute(); // 0
 */
export const arcsinh: FloatFn = float1('arcsinh', 'arcsinh');

/**
 * Inverse hyperbolic cosine of each element; NaN below 1.
 *
 * @example
 * await arccosh([0, 1]).compute(); // [nan 0.]
 */
export const arccosh: FloatFn = float1('arccosh', 'arccosh');

/**
 * Inverse hyperbolic tangent of each element; NaN outside of -1 … 1.
 *
 * @example
 * await arctanh([0, 1]).compute(); // [0. inf]
 */
export const arctanh: FloatFn = float1('arctanh', 'arctanh');

/**
 * Each element rounded to the nearest whole number, halves to the even one, as a float. `round` keeps integers.
 *
 * @example
 * await rint([0.5, 1.5, 2.5]).compute(); // [0. 2. 2.]
 */
export const rint: FloatFn = float1('rint', 'rint');

const scaled = (label: string, factor: number): FloatFn =>
  ((x: ArrayInput) => {
    const dtype = floatOf(commonType([x]));
    return elementwise(label, [x], dtype, (e, [a]) => e.call('multiply', [a, e.constant(factor, dtype)]));
  }) as FloatFn;

/**
 * Radians to degrees.
 *
 * @example
 * await degrees(Math.PI).compute(); // 180
 */
export const degrees: FloatFn = scaled('degrees', 180 / Math.PI);

/**
 * Degrees to radians.
 *
 * @example
 * await radians(180).compute(); // 3.141592653589793
 */
export const radians: FloatFn = scaled('radians', Math.PI / 180);
