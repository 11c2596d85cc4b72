/**
 * Arithmetic on elements of one dtype in two forms with one interface: `scalar`, one element in a WebAssembly number, and
 * `vector`, as many as sixteen bytes hold. What is written against `Lanes` compiles to the body of a vector loop and to its tail.
 */

import { type DType, itemsize, kindOf } from '../dtype.js';
import {
  type Code,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  i64x2,
  pooled,
  select,
  type ValueType,
  v128,
} from './assembler.js';

export type Form = 'scalar' | 'vector';

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;

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

export const scalarMasks: Masks = {
  type: 'i32',
  constant: (value) => i32.const(value ? 1 : 0),
  and: i32.and,
  or: i32.or,
  xor: i32.xor,
  not: i32.eqz,
  andnot: (a, b) => i32.and(a, i32.eqz(b)),
  select: (mask, a, b) => select(a, b, mask),
};

export const vectorMasks: Masks = {
  type: 'v128',
  constant: (value) => v128.const(value ? -1n : 0n, value ? -1n : 0n),
  and: v128.and,
  or: v128.or,
  xor: v128.xor,
  not: v128.not,
  andnot: v128.andnot,
  select: (mask, a, b) => v128.bitselect(a, b, mask),
};

/** A scalar's WebAssembly type. */
export function scalarType(dtype: DType): ValueType {
  if (dtype === 'float64') return 'f64';
  if (dtype === 'float32') return 'f32';
  return itemsize(dtype) === 8 ? 'i64' : 'i32';
}

const none = (): never => {
  throw new Error('wasm: not an operation of this dtype');
};

/** Brings an i32 back into the range of a narrow integer, as its bits wrap around. */
export function wrapNarrow(dtype: DType, value: Code): Code {
  switch (dtype) {
    case 'int8':
      return i32.extend8S(value);
    case 'int16':
      return i32.extend16S(value);
    case 'uint8':
      return i32.and(value, i32.const(0xff));
    case 'uint16':
      return i32.and(value, i32.const(0xffff));
    default:
      return value;
  }
}

function scalarInt(dtype: DType): Lanes {
  const wide = itemsize(dtype) === 8;
  const s = wide ? i64 : i32;
  const signed = kindOf(dtype) === 'int';
  const constant = (value: number | bigint): Code =>
    wide ? i64.const(BigInt(value)) : i32.const(Number(value));
  const wrapped =
    (op: Binary): Binary =>
    (a, b) =>
      wrapNarrow(dtype, op(a, b));
  const lt = signed ? s.ltS : s.ltU;
  const neg: Unary = (a) => wrapNarrow(dtype, s.sub(constant(0), a));
  return {
    dtype,
    form: 'scalar',
    type: wide ? 'i64' : 'i32',
    mask: scalarMasks,
    constant,
    splat: (a) => a,
    extract: (a) => a,
    add: wrapped(s.add),
    sub: wrapped(s.sub),
    mul: wrapped(s.mul),
    neg,
    abs: (a) => (signed ? select(neg(a), a, lt(a, constant(0))) : a),
    eq: s.eq,
    ne: s.ne,
    lt,
    le: signed ? s.leS : s.leU,
    min: (a, b) => select(a, b, lt(a, b)),
    max: (a, b) => select(b, a, lt(a, b)),
    and: s.and,
    or: s.or,
    xor: s.xor,
    not: (a) => wrapNarrow(dtype, s.xor(a, constant(-1))),
    select: (mask, a, b) => select(a, b, mask),
  };
}

/** The same 64 bits twice; those that one instruction makes need no memory. */
function vectorConstant(bits: bigint): Code {
  return bits === 0n || bits === 2n ** 64n - 1n ? v128.const(bits, bits) : pooled(bits, bits);
}

const view = new DataView(new ArrayBuffer(8));

function doubleBits(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Two doubles as one vector. */
export const doublePair = (low: number, high: number): Code => pooled(doubleBits(low), doubleBits(high));

/** Twice, to fill 64 bits. */
function floatBits(value: number): bigint {
  view.setFloat32(0, value);
  view.setFloat32(4, value);
  return view.getBigUint64(0);
}

const EVEN_BYTES = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];

function vectorInt(dtype: DType): Lanes {
  const signed = kindOf(dtype) === 'int';
  const common = {
    dtype,
    form: 'vector' as const,
    type: 'v128' as const,
    mask: vectorMasks,
    and: v128.and,
    or: v128.or,
    xor: v128.xor,
    not: v128.not,
    select: vectorMasks.select,
  };
  const width = itemsize(dtype);
  const constant = (value: number | bigint): Code => {
    let lanes = 0n;
    for (let at = 0; at < 64; at += 8 * width)
      lanes |= BigInt.asUintN(8 * width, BigInt(value)) << BigInt(at);
    return vectorConstant(lanes);
  };
  if (width === 8) {
    const top = constant(-(2n ** 63n));
    const biased =
      (op: Binary): Binary =>
      (a, b) =>
        signed ? op(a, b) : op(v128.xor(a, top), v128.xor(b, top));
    const lt = biased(i64x2.ltS);
    return {
      ...common,
      constant,
      splat: i64x2.splat,
      extract: i64x2.extractLane,
      add: i64x2.add,
      sub: i64x2.sub,
      mul: i64x2.mul,
      neg: i64x2.neg,
      abs: signed ? i64x2.abs : (a) => a,
      eq: i64x2.eq,
      ne: i64x2.ne,
      lt,
      le: biased(i64x2.leS),
      min: (a, b) => v128.bitselect(a, b, lt(a, b)),
      max: (a, b) => v128.bitselect(b, a, lt(a, b)),
    };
  }
  const s = width === 4 ? i32x4 : width === 2 ? i16x8 : i8x16;
  const mulBytes: Binary = (a, b) =>
    i8x16.shuffle(i16x8.extmulLowI8x16S(a, b), i16x8.extmulHighI8x16S(a, b), EVEN_BYTES);
  return {
    ...common,
    constant,
    splat: s.splat,
    extract: s === i32x4 ? i32x4.extractLane : extractNarrow(s === i16x8 ? i16x8 : i8x16, signed),
    add: s.add,
    sub: s.sub,
    mul: s === i32x4 ? i32x4.mul : s === i16x8 ? i16x8.mul : mulBytes,
    neg: s.neg,
    abs: signed ? s.abs : (a) => a,
    eq: s.eq,
    ne: s.ne,
    lt: signed ? s.ltS : s.ltU,
    le: signed ? s.leS : s.leU,
    min: signed ? s.minS : s.minU,
    max: signed ? s.maxS : s.maxU,
  };
}

const extractNarrow = (s: typeof i8x16 | typeof i16x8, signed: boolean) =>
  signed ? s.extractLaneS : s.extractLaneU;

function scalarFloat(dtype: 'float32' | 'float64'): FloatLanes {
  const s = dtype === 'float64' ? f64 : f32;
  const bitsBelowZero: Unary =
    dtype === 'float64'
      ? (a) => i64.ltS(i64.reinterpretF64(a), i64.const(0n))
      : (a) => i32.ltS(i32.reinterpretF32(a), i32.const(0));
  return {
    ...s,
    dtype,
    form: 'scalar',
    type: dtype === 'float64' ? 'f64' : 'f32',
    mask: scalarMasks,
    constant: (value) => s.const(Number(value)),
    splat: (a) => a,
    extract: (a) => a,
    larger: (a, b) => select(b, a, s.lt(a, b)),
    smaller: (a, b) => select(b, a, s.lt(b, a)),
    negativeSign: bitsBelowZero,
    and: none,
    or: none,
    xor: none,
    not: none,
    select: (mask, a, b) => select(a, b, mask),
  };
}

function vectorFloat(dtype: 'float32' | 'float64'): FloatLanes {
  const double = dtype === 'float64';
  const sign = vectorConstant(double ? 2n ** 63n : 0x8000000080000000n);
  return {
    ...(double ? f64x2 : f32x4),
    dtype,
    form: 'vector',
    type: 'v128',
    mask: vectorMasks,
    constant: (value) => vectorConstant(double ? doubleBits(Number(value)) : floatBits(Number(value))),
    extract: double ? f64x2.extractLane : f32x4.extractLane,
    copysign: (a, b) => v128.bitselect(b, a, sign),
    larger: double ? f64x2.pmax : f32x4.pmax,
    smaller: double ? f64x2.pmin : f32x4.pmin,
    negativeSign: double ? (a) => i64x2.ltS(a, v128.const(0n, 0n)) : (a) => i32x4.ltS(a, v128.const(0n, 0n)),
    and: v128.and,
    or: v128.or,
    xor: v128.xor,
    not: v128.not,
    select: vectorMasks.select,
  };
}

const known = new Map<string, Lanes>();

/** Arithmetic for a dtype other than bool. */
export function lanesOf(dtype: DType, form: Form): Lanes {
  const key = dtype + form;
  let lanes = known.get(key);
  if (lanes === undefined) {
    lanes = makeLanes(dtype, form);
    known.set(key, lanes);
  }
  return lanes;
}

/** Arithmetic for a floating-point dtype. */
export const floatLanes = (dtype: 'float32' | 'float64', form: Form): FloatLanes =>
  lanesOf(dtype, form) as FloatLanes;

function makeLanes(dtype: DType, form: Form): Lanes {
  if (dtype === 'float64' || dtype === 'float32')
    return form === 'scalar' ? scalarFloat(dtype) : vectorFloat(dtype);
  return form === 'scalar' ? scalarInt(dtype) : vectorInt(dtype);
}

/** An f64 is neither infinite nor NaN. */
export const isFinite64 = (x: Code): Code => f64.lt(f64.abs(x), f64.const(Number.POSITIVE_INFINITY));

/** A vector made of scalars of this dtype, one for each lane; lanes beyond them are copies of the first. */
export function gather(dtype: DType, scalars: readonly Code[]): Code {
  const lanes = lanesOf(dtype, 'vector');
  const replace = {
    1: i8x16.replaceLane,
    2: i16x8.replaceLane,
    4: dtype === 'float32' ? f32x4.replaceLane : i32x4.replaceLane,
    8: dtype === 'float64' ? f64x2.replaceLane : i64x2.replaceLane,
  }[itemsize(dtype)]!;
  return scalars.slice(1).reduce<Code>((v, s, k) => replace(v, k + 1, s), lanes.splat(scalars[0]!));
}
