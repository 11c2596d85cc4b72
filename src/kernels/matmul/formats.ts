import type { DType } from '../dtype.js';
import {
  type Code,
  f32,
  f32x4,
  f64,
  f64x2,
  i16x8,
  i32,
  i32x4,
  i64,
  type ValueType,
  v128,
} from '../wasm/assembler.js';

type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;
type Binary = (a: Code, b: Code) => Code;

/**
 * How matrices of a dtype are multiplied: which registers hold a tile of the product, and how single elements are moved.
 * Integers wrap around, so signed and unsigned ones are alike; "plus" and "times" of booleans are or and and.
 */
export interface Format {
  /** Type of a register: several elements, or, where there is no vector multiplication worth it, one. */
  readonly register: 'v128' | 'i64';
  readonly lanes: number;
  /** Rows and registers per row of a tile: what keeps both arithmetic units busy without running out of registers. */
  readonly rows: number;
  readonly columns: number;
  readonly load: Load;
  readonly broadcast: Load;
  readonly store: Store;
  readonly times: Binary;
  readonly plus: Binary;
  readonly zero: Code;
  /** Bytes of an element as it lies in a matrix, and in a packed panel. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** Single elements, in the type `one`. */
  readonly one: ValueType;
  readonly loadOne: Load;
  readonly loadPackedOne: Load;
  readonly storeOne: Store;
  readonly storePackedOne: Store;
  readonly plusOne: Binary;
  readonly timesOne: Binary;
  readonly zeroOne: Code;
}

const vector = {
  register: 'v128',
  rows: 4,
  columns: 2,
  load: v128.load,
  store: v128.store,
  zero: v128.const(0n, 0n),
} as const;

const float64: Format = {
  ...vector,
  lanes: 2,
  broadcast: v128.load64Splat,
  times: f64x2.mul,
  plus: f64x2.add,
  bytes: 8,
  packedBytes: 8,
  one: 'f64',
  loadOne: f64.load,
  loadPackedOne: f64.load,
  storeOne: f64.store,
  storePackedOne: f64.store,
  plusOne: f64.add,
  timesOne: f64.mul,
  zeroOne: f64.const(0),
};

const float32: Format = {
  ...vector,
  lanes: 4,
  broadcast: v128.load32Splat,
  times: f32x4.mul,
  plus: f32x4.add,
  bytes: 4,
  packedBytes: 4,
  one: 'f32',
  loadOne: f32.load,
  loadPackedOne: f32.load,
  storeOne: f32.store,
  storePackedOne: f32.store,
  plusOne: f32.add,
  timesOne: f32.mul,
  zeroOne: f32.const(0),
};

/** Vectors of 64-bit products take nine instructions for two; scalars take one each. */
const int64: Format = {
  register: 'i64',
  lanes: 1,
  rows: 2,
  columns: 2,
  load: i64.load,
  broadcast: i64.load,
  store: i64.store,
  times: i64.mul,
  plus: i64.add,
  zero: i64.const(0n),
  bytes: 8,
  packedBytes: 8,
  one: 'i64',
  loadOne: i64.load,
  loadPackedOne: i64.load,
  storeOne: i64.store,
  storePackedOne: i64.store,
  plusOne: i64.add,
  timesOne: i64.mul,
  zeroOne: i64.const(0n),
};

const int32: Format = {
  ...vector,
  lanes: 4,
  broadcast: v128.load32Splat,
  times: i32x4.mul,
  plus: i32x4.add,
  bytes: 4,
  packedBytes: 4,
  one: 'i32',
  loadOne: i32.load,
  loadPackedOne: i32.load,
  storeOne: i32.store,
  storePackedOne: i32.store,
  plusOne: i32.add,
  timesOne: i32.mul,
  zeroOne: i32.const(0),
};

const int16: Format = {
  ...vector,
  lanes: 8,
  broadcast: v128.load16Splat,
  times: i16x8.mul,
  plus: i16x8.add,
  bytes: 2,
  packedBytes: 2,
  one: 'i32',
  loadOne: i32.load16U,
  loadPackedOne: i32.load16U,
  storeOne: i32.store16,
  storePackedOne: i32.store16,
  plusOne: i32.add,
  timesOne: i32.mul,
  zeroOne: i32.const(0),
};

/** There is no multiplication of bytes: they are packed as 16 bits, whose lower halves come out right. */
const int8: Format = { ...int16, bytes: 1, loadOne: i32.load8U, storeOne: i32.store8 };

const bool: Format = {
  ...vector,
  lanes: 16,
  broadcast: v128.load8Splat,
  times: v128.and,
  plus: v128.or,
  bytes: 1,
  packedBytes: 1,
  one: 'i32',
  loadOne: i32.load8U,
  loadPackedOne: i32.load8U,
  storeOne: i32.store8,
  storePackedOne: i32.store8,
  plusOne: i32.or,
  timesOne: i32.and,
  zeroOne: i32.const(0),
};

export const FORMATS: Record<DType, Format> = {
  bool,
  int8,
  uint8: int8,
  int16,
  uint16: int16,
  int32,
  uint32: int32,
  int64,
  uint64: int64,
  float32,
  float64,
};

/** Columns of a tile. */
export const tileColumns = ({ columns, lanes }: Format): number => columns * lanes;
