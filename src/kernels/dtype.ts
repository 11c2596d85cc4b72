/** Element types of arrays, named as NumPy names them, and how they lie in memory. */

export const DTYPES = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float32',
  'float64',
] as const;

/** The name of an element type. */
export type DType = (typeof DTYPES)[number];

/** The JavaScript typed array that holds elements of a dtype (`bool` is one byte, 0 or 1). */
export interface TypedArrayOf {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type TypedArray = TypedArrayOf[DType];

/** The JavaScript type of one element: bigint for 64-bit integers, boolean for bool, else number. */
export type ScalarOf<D extends DType> = D extends 'int64' | 'uint64'
  ? bigint
  : D extends 'bool'
    ? boolean
    : number;

export type Kind = 'bool' | 'int' | 'uint' | 'float';

interface DTypeInfo {
  readonly kind: Kind;
  /** bytes per element */
  readonly itemsize: number;
  readonly array: new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TypedArray;
}

const INFO: { readonly [D in DType]: DTypeInfo } = {
  bool: { kind: 'bool', itemsize: 1, array: Uint8Array },
  int8: { kind: 'int', itemsize: 1, array: Int8Array },
  int16: { kind: 'int', itemsize: 2, array: Int16Array },
  int32: { kind: 'int', itemsize: 4, array: Int32Array },
  int64: { kind: 'int', itemsize: 8, array: BigInt64Array },
  uint8: { kind: 'uint', itemsize: 1, array: Uint8Array },
  uint16: { kind: 'uint', itemsize: 2, array: Uint16Array },
  uint32: { kind: 'uint', itemsize: 4, array: Uint32Array },
  uint64: { kind: 'uint', itemsize: 8, array: BigUint64Array },
  float32: { kind: 'float', itemsize: 4, array: Float32Array },
  float64: { kind: 'float', itemsize: 8, array: Float64Array },
};

export const isDType = (name: unknown): name is DType =>
  typeof name === 'string' && Object.hasOwn(INFO, name);

export const kindOf = (dtype: DType): Kind => INFO[dtype].kind;

/** Bytes per element. */
export const itemsize = (dtype: DType): number => INFO[dtype].itemsize;

/** A typed-array view of `length` elements of `dtype` at `byteOffset` of `buffer`. */
export function viewOf<D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArrayOf[D] {
  return new INFO[dtype].array(buffer, byteOffset, length) as TypedArrayOf[D];
}

/** A fresh typed array of `length` zeros. */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrayOf[D] {
  return viewOf(dtype, new ArrayBuffer(length * itemsize(dtype)), 0, length);
}
