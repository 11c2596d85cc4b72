/** Float functions of two operands. Shapes broadcast. */
import { type FloatBinaryFn, float2 } from './make.js';

/**
 * The angle of the point (y, x), in radians from -π to π. The y coordinate comes first.
 *
 * @example
 * await arctan2([1, -1], 0).compute(); // [1.57079633 -1.57079633]
 */
export const arctan2: FloatBinaryFn = float2('arctan2', 'arctan2');

/**
 * The length of the hypotenuse, `sqrt(x² + y²)`, without overflow on the way.
 *
 * @example
 * await hypot([3, 6], [4, 8]).compute(); // [5. 10.]
 */
export const hypot: FloatBinaryFn = float2('hypot', 'hypot');

/**
 * `x` with the signs of `y`.
 *
 * @example
 * await copysign([1, 2], [-1, 1]).compute(); // [-1. 2.]
 */
export const copysign: FloatBinaryFn = float2('copysign', 'copysign');

/**
 * `log(exp(x) + exp(y))`, without overflow on the way.
 *
 * @example
 * await logaddexp(1000, 1000).compute(); // 1000.6931471805599
 */
export const logaddexp: FloatBinaryFn = float2('logaddexp', 'logaddexp');
