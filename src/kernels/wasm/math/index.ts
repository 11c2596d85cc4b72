/** The transcendental functions: computed in double precision, two lanes at a time. */

import type { ElementFn } from '../../spec.js';
import { type Code, call, type FunctionBuilder, type Local } from '../assembler.js';
import type { Library } from '../library.js';
import { fmod, hypot, logaddexp } from './binary.js';
import { cbrt } from './cbrt.js';
import { exp, exp2, expm1 } from './exp.js';
import { arccosh, arcsinh, arctanh, cosh, sinh, tanh } from './hyperbolic.js';
import { arccos, arcsin, arctan, arctan2 } from './inverse.js';
import { log, log1p, log2, log10 } from './log.js';
import { power } from './pow.js';

export { type SinCos, sinCos, tan } from './trig.js';

type Unary = (f: FunctionBuilder, library: Library, x: Local) => Code;
type Binary = (f: FunctionBuilder, library: Library, a: Local, b: Local) => Code;

/** A function that loops call, being too long to repeat in their bodies. */
const called =
  (name: string, body: Unary): Unary =>
  (_f, library, x) =>
    call(
      library.own(name, { params: ['v128'], results: ['v128'] }, (f, [a]) => body(f, library, a!)),
      x,
    );

const calledBinary =
  (name: string, body: Binary) =>
  (library: Library, a: Code, b: Code): Code =>
    call(
      library.own(name, { params: ['v128', 'v128'], results: ['v128'] }, (f, [x, y]) =>
        body(f, library, x!, y!),
      ),
      a,
      b,
    );

/** Functions of one argument, beside those of `trig.ts`, which share their reduction. */
export const UNARY: Partial<Record<ElementFn, Unary>> = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  tanh,
  cbrt: called('cbrt', cbrt),
  sinh: called('sinh', sinh),
  cosh: called('cosh', cosh),
  arcsinh: called('arcsinh', arcsinh),
  arccosh: called('arccosh', arccosh),
  arctanh: called('arctanh', arctanh),
  arcsin: called('arcsin', arcsin),
  arccos: called('arccos', arccos),
  arctan: called('arctan', arctan),
};

export const BINARY: Partial<Record<ElementFn, (library: Library, a: Code, b: Code) => Code>> = {
  fmod: calledBinary('fmod', fmod),
  hypot: calledBinary('hypot', hypot),
  logaddexp: calledBinary('logaddexp', logaddexp),
  power: calledBinary('power', power),
  arctan2: calledBinary('arctan2', arctan2),
};

/** Functions computed in double precision whatever the float's width. */
export const isTranscendental = (fn: string): fn is ElementFn =>
  fn in UNARY || fn in BINARY || fn === 'sin' || fn === 'cos' || fn === 'tan';
