/** Conversions between dtypes, as C does them on x86-64 (and so NumPy there). */

import { type DType, itemsize, kindOf } from '../dtype.js';
import {
  type Code,
  type FunctionBuilder,
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
  select,
  v128,
} from './assembler.js';
import { lanesOf } from './lanes.js';
import { scalarType, wrapNarrow } from './scalar-lanes.js';

/** 2^31 and 2^63: what a float must stay below to become a signed integer. Beyond, and for NaN, x86-64 gives the most negative one. */
const TWO31 = 2 ** 31;
const TWO63 = 2 ** 63;

function floatToInt64(f: FunctionBuilder, value: Code): Code {
  const x = f.let('f64', value);
  const inRange = i32.and(f64.lt(x, f64.const(TWO63)), f64.ge(x, f64.const(-TWO63)));
  return select(i64.truncSatF64S(x), i64.const(-(2n ** 63n)), inRange);
}

function floatToUint64(f: FunctionBuilder, value: Code): Code {
  const x = f.let('f64', value);
  const upper = i64.xor(floatToInt64(f, f64.sub(x, f64.const(TWO63))), i64.const(-(2n ** 63n)));
  // NaN goes with what is below: it becomes 2^63.
  return select(upper, floatToInt64(f, x), f64.ge(x, f64.const(TWO63)));
}

function floatToInt32(f: FunctionBuilder, value: Code): Code {
  const x = f.let('f64', value);
  const inRange = i32.and(f64.lt(x, f64.const(TWO31)), f64.gt(x, f64.const(-TWO31 - 1)));
  return select(i32.truncSatF64S(x), i32.const(-TWO31), inRange);
}

/** Converts one element. A bool is an i32 of 0 or 1 on either side. */
export function castScalar(f: FunctionBuilder, from: DType, to: DType, value: Code): Code {
  if (from === to) return value;
  const source = scalarType(from);
  const unsigned = kindOf(from) !== 'int';
  if (to === 'bool')
    switch (source) {
      case 'f64':
        return f64.ne(value, f64.const(0));
      case 'f32':
        return f32.ne(value, f32.const(0));
      case 'i64':
        return i64.ne(value, i64.const(0n));
      default:
        return i32.ne(value, i32.const(0));
    }
  if (to === 'float64')
    switch (source) {
      case 'f32':
        return f64.promoteF32(value);
      case 'i64':
        return unsigned ? f64.convertI64U(value) : f64.convertI64S(value);
      default:
        return unsigned ? f64.convertI32U(value) : f64.convertI32S(value);
    }
  if (to === 'float32')
    switch (source) {
      case 'f64':
        return f32.demoteF64(value);
      case 'i64':
        return unsigned ? f32.convertI64U(value) : f32.convertI64S(value);
      default:
        return unsigned ? f32.convertI32U(value) : f32.convertI32S(value);
    }
  if (source === 'f32') return castScalar(f, 'float64', to, f64.promoteF32(value));
  if (source === 'f64') {
    if (to === 'int64') return floatToInt64(f, value);
    if (to === 'uint64') return floatToUint64(f, value);
    // NumPy's vector loop gives other values out of range than its loop over single elements, which this is.
    if (to === 'uint32') return i32.wrapI64(floatToInt64(f, value));
    return wrapNarrow(to, floatToInt32(f, value));
  }
  if (itemsize(to) === 8)
    return source === 'i64' ? value : unsigned ? i64.extendI32U(value) : i64.extendI32S(value);
  return wrapNarrow(to, source === 'i64' ? i32.wrapI64(value) : value);
}

/**
 * The dtype through which a vector conversion goes, when no single step leads from `from` to `to`; `to` itself when one does;
 * undefined where lanes are converted one by one.
 */
export function castStep(from: DType, to: DType): DType | undefined {
  const [a, b] = [itemsize(from), itemsize(to)];
  const [ka, kb] = [kindOf(from), kindOf(to)];
  const integer = (bytes: number, kind: string): DType =>
    `${kind === 'int' ? 'int' : 'uint'}${bytes * 8}` as DType;
  if (kb === 'float') {
    if (ka === 'float') return to;
    if (a === 8) return undefined;
    if (a < 4) return integer(a * 2, ka);
    return to;
  }
  if (ka === 'float') {
    if (from === 'float32') return 'float64';
    if (b === 8 || to === 'uint32') return undefined;
    return to === 'int32' ? to : 'int32';
  }
  if (a === b) return to;
  return integer(a < b ? a * 2 : a / 2, ka);
}

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
const every = (bytes: number) =>
  Array.from({ length: 16 }, (_, k) => Math.floor(k / bytes) * 2 * bytes + (k % bytes));
const NARROW: Record<number, number[]> = { 1: every(1), 2: every(2), 4: every(4) };

/** The upper eight bytes of a vector, moved down. */
const upperHalf = (v: Code): Code => i8x16.shuffle(v, v, HIGH_HALF);

/** Keeps the low half of every lane of two vectors, `width` bytes each: lanes of `a`, then of `b`. */
const narrowLanes = (a: Code, b: Code, width: number): Code => i8x16.shuffle(a, b, NARROW[width]!);

/** Two vectors of f64 as one of f32. */
export const demotePair = (a: Code, b: Code): Code =>
  i8x16.shuffle(
    f32x4.demoteF64x2Zero(a),
    f32x4.demoteF64x2Zero(b),
    [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
  );

/** One widening step of lanes: half `half` (0 or 1) of a vector, each lane twice as wide. */
export function widen(from: DType, to: DType, v: Code, half: number): Code {
  const signed = kindOf(from) === 'int';
  if (to === 'float64') {
    const low = half === 0 ? v : upperHalf(v);
    if (from === 'float32') return f64x2.promoteLowF32x4(low);
    return signed ? f64x2.convertLowI32x4S(low) : f64x2.convertLowI32x4U(low);
  }
  switch (itemsize(from)) {
    case 1:
      if (signed) return half === 0 ? i16x8.extendLowI8x16S(v) : i16x8.extendHighI8x16S(v);
      return half === 0 ? i16x8.extendLowI8x16U(v) : i16x8.extendHighI8x16U(v);
    case 2:
      if (signed) return half === 0 ? i32x4.extendLowI16x8S(v) : i32x4.extendHighI16x8S(v);
      return half === 0 ? i32x4.extendLowI16x8U(v) : i32x4.extendHighI16x8U(v);
    default:
      if (signed) return half === 0 ? i64x2.extendLowI32x4S(v) : i64x2.extendHighI32x4S(v);
      return half === 0 ? i64x2.extendLowI32x4U(v) : i64x2.extendHighI32x4U(v);
  }
}

/** f64 lanes of `a`, then of `b`, as int32, out of range as x86-64 does it. */
function truncatePair(f: FunctionBuilder, a: Code, b: Code): Code {
  const half = (v: Code): Code => {
    const x = f.let('v128', v);
    const constant = lanesOf('float64', 'vector').constant;
    const inRange = v128.and(f64x2.lt(x, constant(TWO31)), f64x2.gt(x, constant(-TWO31 - 1)));
    // in-range lanes truncate, the others become -2^31 while they are still doubles
    return i32x4.truncSatF64x2SZero(v128.bitselect(x, constant(-TWO31), inRange));
  };
  return i8x16.shuffle(half(a), half(b), [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]);
}

/** One narrowing step: lanes of `a`, then of `b`, each half as wide. */
export function narrow(f: FunctionBuilder, from: DType, to: DType, a: Code, b: Code): Code {
  if (to === 'float32') return demotePair(a, b);
  if (from === 'float64') return truncatePair(f, a, b);
  return narrowLanes(a, b, itemsize(to));
}

/** A conversion between lanes of equal width: int32 or uint32 to float32; integers reinterpret. */
export function sameWidth(from: DType, to: DType, v: Code): Code {
  if (to !== 'float32') return v;
  return kindOf(from) === 'int' ? f32x4.convertI32x4S(v) : f32x4.convertI32x4U(v);
}

/** Masks one step wider: half of the lanes, each copied to twice its bytes. */
export const widenMask = (v: Code, half: number, width: number): Code =>
  widen(`int${width * 8}` as DType, `int${width * 16}` as DType, v, half);

/** Masks one step narrower, to `width` bytes. */
export function narrowMask(a: Code, b: Code, width: number): Code {
  if (width === 1) return i8x16.narrowI16x8S(a, b);
  if (width === 2) return i16x8.narrowI32x4S(a, b);
  return narrowLanes(a, b, 4);
}
