import { type DivideFn, divide2 } from './make.js';

/**
 * True division: float64, or float32 of float32. Shapes broadcast; by zero: ±Infinity or NaN.
 *
 * @example
 * await divide([1, 2, 0], [2, 0, 0]).compute(); // [0.5 inf nan]
 */
export const divide: DivideFn = divide2('divide', 'divide');
