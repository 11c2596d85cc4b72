/** Universal functions: elementwise, broadcasting, typed by NumPy's promotion. */

export {
  add,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  fmax,
  fmin,
  maximum,
  minimum,
  multiply,
  subtract,
} from './arithmetic.js';
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  notEqual,
} from './comparisons.js';
export { astype, type CloseOptions, isclose, round } from './convert.js';
export { divide } from './division.js';
export {
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctanh,
  cbrt,
  cos,
  cosh,
  degrees,
  exp,
  exp2,
  expm1,
  log,
  log1p,
  log2,
  log10,
  radians,
  rint,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
} from './float.js';
export { arctan2, copysign, hypot, logaddexp } from './float-pairs.js';
export type {
  BinaryFn,
  CompareFn,
  DivideFn,
  FloatBinaryFn,
  FloatFn,
  NumberBinaryFn,
  NumberFn,
  SameFn,
  TestFn,
} from './make.js';
export { reciprocal, square } from './number.js';
export { floorDivide, fmod, leftShift, mod, power, remainder, rightShift } from './numeric.js';
export type { PromoteInputs } from './operands.js';
export { absolute, around, bitwiseNot, deg2rad, fix, rad2deg, trueDivide } from './other-names.js';
export { divmod, heaviside, isneginf, isposinf, modf, sinc } from './pieces.js';
export { isfinite, isinf, isnan, logicalNot, signbit } from './predicates.js';
export { abs, ceil, floor, invert, negative, positive, sign, trunc } from './same.js';
export { type ClipOf, clip, where } from './select.js';
