/** Names that NumPy has beside others. */
import { round } from './convert.js';
import { divide } from './division.js';
import { degrees, radians } from './float.js';
import { abs, invert, trunc } from './same.js';

/**
 * As `abs`.
 *
 * @example
 * await absolute([-1, 2]).compute(); // [1. 2.]
 */
export const absolute = abs;

/**
 * As `round`.
 *
 * @example
 * await around([1.25, -0.75], 1).compute(); // [ 1.2 -0.8]
 */
export const around = round;

/**
 * As `trunc`.
 *
 * @example
 * await fix([1.7, -1.7]).compute(); // [ 1. -1.]
 */
export const fix = trunc;

/**
 * As `radians`.
 *
 * @example
 * await deg2rad(180).compute(); // 3.141592653589793
 */
export const deg2rad = radians;

/**
 * As `degrees`.
 *
 * @example
 * await rad2deg(Math.PI).compute(); // 180
 */
export const rad2deg = degrees;

/**
 * As `divide`.
 *
 * @example
 * await trueDivide([1, 2], 4).compute(); // [0.25 0.5 ]
 */
export const trueDivide = divide;

/**
 * As `invert`.
 *
 * @example
 * await bitwiseNot([0n, 5n]).compute(); // [-1 -6]
 */
export const bitwiseNot = invert;
