/**
 * Arithmetic on elements of one dtype in two forms with one interface: `scalar`, one element in a WebAssembly number, and
 * `vector`, as many as sixteen bytes hold. What is written against `Lanes` compiles to the body of a vector loop and to its tail.
 */

import type { DType } from '../dtype.js';
import type { Code, ValueType } from './assembler.js';

export type Form = 'scalar' | 'vector';

export type Unary = (a: Code) => Code;
export type Binary = (a: Code, b: Code) => Code;

/** Truth values: an i32 of 0 or 1, or a vector of lanes with all bits set or none. */
export interface Masks {
  readonly type: ValueType;
  constant(value: boolean): Code;
  and: Binary;
  or: Binary;
  xor: Binary;
  not: Unary;
  /** a and not b */
  andnot: Binary;
  select(mask: Code, a: Code, b: Code): Code;
}

/** Elements of a dtype other than bool. Integers narrower than 32 bits are sign- or zero-extended where they are scalars. */
export interface Lanes {
  readonly dtype: DType;
  readonly form: Form;
  readonly type: ValueType;
  readonly mask: Masks;
  constant(value: number | bigint): Code;
  /** A scalar of this dtype in every lane. */
  splat: Unary;
  /** One lane, as a scalar of this dtype. */
  extract(a: Code, lane: number): Code;
  add: Binary;
  sub: Binary;
  mul: Binary;
  neg: Unary;
  abs: Unary;
  eq: Binary;
  ne: Binary;
  lt: Binary;
  le: Binary;
  /** NaN wins. */
  min: Binary;
  max: Binary;
  /** Bitwise, on integers. */
  and: Binary;
  or: Binary;
  xor: Binary;
  not: Unary;
  select(mask: Code, a: Code, b: Code): Code;
}

export interface FloatLanes extends Lanes {
  div: Binary;
  sqrt: Unary;
  floor: Unary;
  ceil: Unary;
  trunc: Unary;
  nearest: Unary;
  copysign: Binary;
  /** a < b ? b : a, and b < a ? b : a: of a number and NaN, the first. */
  larger: Binary;
  smaller: Binary;
  /** The sign bit is set. */
  negativeSign: Unary;
}
