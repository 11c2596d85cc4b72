import { type DType, itemsize, kindOf } from '../../kernels/dtype.js';

/**
 * NumPy 2's promotion rules (NEP 50), at run time and in types.
 * Where NumPy would answer float16, which tilework does not have, the answer is float32.
 */

interface Table {
  bool: {
    bool: 'bool';
    int8: 'int8';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'uint8';
    uint16: 'uint16';
    uint32: 'uint32';
    uint64: 'uint64';
    float32: 'float32';
    float64: 'float64';
  };
  int8: {
    bool: 'int8';
    int8: 'int8';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int16';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
    float32: 'float32';
    float64: 'float64';
  };
  int16: {
    bool: 'int16';
    int8: 'int16';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int16';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
    float32: 'float32';
    float64: 'float64';
  };
  int32: {
    bool: 'int32';
    int8: 'int32';
    int16: 'int32';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int32';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
    float32: 'float64';
    float64: 'float64';
  };
  int64: {
    bool: 'int64';
    int8: 'int64';
    int16: 'int64';
    int32: 'int64';
    int64: 'int64';
    uint8: 'int64';
    uint16: 'int64';
    uint32: 'int64';
    uint64: 'float64';
    float32: 'float64';
    float64: 'float64';
  };
  uint8: {
    bool: 'uint8';
    int8: 'int16';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'uint8';
    uint16: 'uint16';
    uint32: 'uint32';
    uint64: 'uint64';
    float32: 'float32';
    float64: 'float64';
  };
  uint16: {
    bool: 'uint16';
    int8: 'int32';
    int16: 'int32';
    int32: 'int32';
    int64: 'int64';
    uint8: 'uint16';
    uint16: 'uint16';
    uint32: 'uint32';
    uint64: 'uint64';
    float32: 'float32';
    float64: 'float64';
  };
  uint32: {
    bool: 'uint32';
    int8: 'int64';
    int16: 'int64';
    int32: 'int64';
    int64: 'int64';
    uint8: 'uint32';
    uint16: 'uint32';
    uint32: 'uint32';
    uint64: 'uint64';
    float32: 'float64';
    float64: 'float64';
  };
  uint64: {
    bool: 'uint64';
    int8: 'float64';
    int16: 'float64';
    int32: 'float64';
    int64: 'float64';
    uint8: 'uint64';
    uint16: 'uint64';
    uint32: 'uint64';
    uint64: 'uint64';
    float32: 'float64';
    float64: 'float64';
  };
  float32: {
    bool: 'float32';
    int8: 'float32';
    int16: 'float32';
    int32: 'float64';
    int64: 'float64';
    uint8: 'float32';
    uint16: 'float32';
    uint32: 'float64';
    uint64: 'float64';
    float32: 'float32';
    float64: 'float64';
  };
  float64: {
    bool: 'float64';
    int8: 'float64';
    int16: 'float64';
    int32: 'float64';
    int64: 'float64';
    uint8: 'float64';
    uint16: 'float64';
    uint32: 'float64';
    uint64: 'float64';
    float32: 'float64';
    float64: 'float64';
  };
}

/** The dtype that holds values of both: `Promote<'int32', 'float32'>` is `'float64'`. */
export type Promote<A extends DType, B extends DType> = Table[A][B];

/** What float functions and true division make of a dtype. */
export type FloatOf<D extends DType> = D extends 'float32' | 'bool' | 'int8' | 'uint8' | 'int16' | 'uint16'
  ? 'float32'
  : 'float64';

/** What true division makes of the dtype in which its operands meet. */
export type DivideOf<D extends DType> = D extends 'float32' ? 'float32' : 'float64';

/** The dtype of functions that count with bool. */
export type NumberOf<D extends DType> = D extends 'bool' ? 'int8' : D;

/** What sums and products make of a dtype. */
export type SumOf<D extends DType> = D extends 'float32' | 'float64'
  ? D
  : D extends 'uint8' | 'uint16' | 'uint32' | 'uint64'
    ? 'uint64'
    : 'int64';

/** What means make of a dtype. */
export type MeanOf<D extends DType> = D extends 'float32' ? 'float32' : 'float64';

/** A JavaScript scalar beside an array: it takes the array's dtype where that can hold its kind (NumPy's weak scalars). */
export type Scalar = number | bigint | boolean;

const SIGNED: readonly DType[] = ['int8', 'int16', 'int32', 'int64'];

/**
 * The dtype that holds values of both, by NumPy's rules.
 *
 * @example
 * promoteTypes('int32', 'float32'); // float64
 * promoteTypes('int8', 'uint8'); // int16
 */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a;
  const [ka, kb] = [kindOf(a), kindOf(b)];
  if (ka === 'bool') return b;
  if (kb === 'bool') return a;
  if (ka === 'float' || kb === 'float') {
    if (a === 'float64' || b === 'float64') return 'float64';
    const other = a === 'float32' ? b : a;
    return itemsize(other) <= 2 || other === 'float32' ? 'float32' : 'float64';
  }
  if (ka === kb) return itemsize(a) >= itemsize(b) ? a : b;
  const [signed, unsigned] = ka === 'int' ? [a, b] : [b, a];
  if (itemsize(signed) > itemsize(unsigned)) return signed;
  return itemsize(unsigned) === 8 ? 'float64' : SIGNED[Math.log2(itemsize(unsigned)) + 1];
}

/**
 * The dtype that holds values of all. Floats meet first, as NumPy has it: uint16 and int16 beside float32 are float32, though
 * the two of them would be int32, which float32 does not hold.
 */
export function promoteAll(dtypes: readonly DType[]): DType {
  const floats = dtypes.filter((d) => kindOf(d) === 'float');
  return [...floats, ...dtypes.filter((d) => kindOf(d) !== 'float')].reduce(promoteTypes);
}

/** The dtype of an array of `dtype` combined with a JavaScript scalar. */
export function promoteScalar(dtype: DType, scalar: Scalar): DType {
  if (typeof scalar === 'boolean') return dtype;
  const kind = kindOf(dtype);
  if (typeof scalar === 'bigint' || Number.isInteger(scalar)) return kind === 'bool' ? 'int64' : dtype;
  return kind === 'float' ? dtype : 'float64';
}

/** The dtype a scalar has on its own. */
export function scalarType(scalar: Scalar): DType {
  if (typeof scalar === 'boolean') return 'bool';
  return typeof scalar === 'bigint' || Number.isSafeInteger(scalar) ? 'int64' : 'float64';
}

/** What float functions make of a dtype. */
export function floatOf(dtype: DType): DType {
  if (kindOf(dtype) === 'float') return dtype;
  return itemsize(dtype) <= 2 ? 'float32' : 'float64';
}

/** What sums and products make of a dtype. */
export function sumOf(dtype: DType): DType {
  const kind = kindOf(dtype);
  return kind === 'float' ? dtype : kind === 'uint' ? 'uint64' : 'int64';
}

/** What means make of a dtype. */
export const meanOf = (dtype: DType): DType => (dtype === 'float32' ? 'float32' : 'float64');

const RANGE: { readonly [D in DType]?: readonly [bigint, bigint] } = {
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-2147483648n, 2147483647n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65535n],
  uint32: [0n, 4294967295n],
  uint64: [0n, (1n << 64n) - 1n],
};

/** Smallest and largest value of an integer dtype; undefined for bool and floats. */
export const integerRange = (dtype: DType): readonly [bigint, bigint] | undefined => RANGE[dtype];

/** Whether a scalar, where it is a whole number, lies in the range of `dtype`. */
export function fits(scalar: Scalar, dtype: DType): boolean {
  const range = RANGE[dtype];
  if (!range || typeof scalar === 'boolean' || (typeof scalar === 'number' && !Number.isInteger(scalar)))
    return true;
  return BigInt(scalar) >= range[0] && BigInt(scalar) <= range[1];
}

/** The scalar as a constant of `dtype`; throws where an integer does not fit, as NumPy does. */
export function constantOf(scalar: Scalar, dtype: DType): number | bigint | boolean {
  if (typeof scalar !== 'number' && typeof scalar !== 'bigint' && typeof scalar !== 'boolean')
    throw new TypeError(`a value is a number, a bigint or a boolean, not ${typeof scalar}`);
  const kind = kindOf(dtype);
  if (kind === 'bool') return Boolean(scalar);
  if (kind === 'float') return Number(scalar);
  if (typeof scalar === 'number' && !Number.isInteger(scalar))
    throw new TypeError(`${scalar} is not an integer and cannot become ${dtype}; use astype first`);
  const whole = BigInt(scalar);
  const [low, high] = RANGE[dtype]!;
  if (whole < low || whole > high)
    throw new RangeError(
      `${scalar} is out of bounds for ${dtype} (${low} to ${high}); use astype for a wider dtype`,
    );
  return itemsize(dtype) === 8 ? whole : Number(whole);
}
