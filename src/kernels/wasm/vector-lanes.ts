/** As many elements as sixteen bytes hold. */
import { type DType, itemsize, kindOf } from '../dtype.js';
import { type Code, f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, pooled, v128 } from './assembler.js';
import type { Binary, FloatLanes, Lanes, Masks } from './lane-types.js';

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

export function vectorInt(dtype: DType): Lanes {
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

export function vectorFloat(dtype: 'float32' | 'float64'): FloatLanes {
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
