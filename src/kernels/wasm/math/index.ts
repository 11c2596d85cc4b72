/** The transcendental functions: those computed here on two doubles at once, and those that JavaScript's Math computes. */

import type { ElementFn } from '../../spec.js';
import type { Code, FunctionBuilder, Local } from '../assembler.js';
import type { Imported, Library } from '../library.js';
import { fmod, hypot, logaddexp } from './binary.js';
import { exp, exp2, expm1, tanh } from './exp.js';
import { log, log1p, log2, log10 } from './log.js';
import { power } from './pow.js';

export { type SinCos, sinCos, tan } from './trig.js';

/** One argument, two lanes of f64. */
export const UNARY: Partial<Record<ElementFn, (f: FunctionBuilder, library: Library, x: Local) => Code>> = {
  exp,
  exp2,
  expm1,
  tanh,
  log,
  log2,
  log10,
  log1p,
};

/** Two arguments. */
export const BINARY: Partial<Record<ElementFn, (library: Library, a: Code, b: Code) => Code>> = {
  fmod,
  hypot,
  logaddexp,
  power,
};

export const IMPORTED: Partial<Record<ElementFn, Imported>> = {
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  arcsinh: 'asinh',
  arccosh: 'acosh',
  arctanh: 'atanh',
  cbrt: 'cbrt',
  arctan2: 'atan2',
};

/** Functions computed in double precision whatever the float's width. */
export const isTranscendental = (fn: string): fn is ElementFn =>
  fn in UNARY || fn in BINARY || fn in IMPORTED || fn === 'sin' || fn === 'cos' || fn === 'tan';
