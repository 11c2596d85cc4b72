/** One element in a WebAssembly number. */
import { type DType, itemsize, kindOf } from '../dtype.js';
import { type Code, f32, f64, i32, i64, select, type ValueType } from './assembler.js';
import type { Binary, FloatLanes, Lanes, Masks, Unary } from './lane-types.js';

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

/** A scalar's WebAssembly type. */
export function scalarType(dtype: DType): ValueType {
  if (dtype === 'float64') return 'f64';
  if (dtype === 'float32') return 'f32';
  return itemsize(dtype) === 8 ? 'i64' : 'i32';
}

/** In place of operations that floats have not. */
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

export function scalarInt(dtype: DType): Lanes {
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

export function scalarFloat(dtype: 'float32' | 'float64'): FloatLanes {
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
