import { type DType, kindOf } from '../../kernels/dtype.js';
import type { ElementFn } from '../../kernels/spec.js';
import type { TileArray } from '../array.js';
import type { ArrayInput } from '../input.js';
import { type DivideOf, type FloatOf, floatOf, type NumberOf, type Promote } from '../nodes/promote.js';
import { commonType, elementwise, floatType, type OperandType, type PromoteInputs } from './operands.js';

/** `x → float`: float dtypes stay, bool and integers up to 16 bits give float32, larger ones float64. */
export type FloatFn = <A extends ArrayInput>(x: A) => TileArray<FloatOf<OperandType<A>>>;
/** `x → same dtype`. */
export type SameFn = <A extends ArrayInput>(x: A) => TileArray<OperandType<A>>;
/** `x → same dtype`, but bool gives int8. */
export type NumberFn = <A extends ArrayInput>(x: A) => TileArray<NumberOf<OperandType<A>>>;
/** `x → bool`. */
export type TestFn = (x: ArrayInput) => TileArray<'bool'>;
/** `x, y → their promoted dtype`; shapes broadcast. */
export type BinaryFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<PromoteInputs<A, B>>;
/** `x, y → their promoted dtype`, but bool gives int8; shapes broadcast. */
export type NumberBinaryFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<NumberOf<PromoteInputs<A, B>>>;
/** What float functions make of two operands: each becomes a float by itself, then they promote. */
export type FloatOf2<A, B> = A extends number | bigint | boolean
  ? FloatOf<PromoteInputs<A, B>>
  : B extends number | bigint | boolean
    ? FloatOf<PromoteInputs<A, B>>
    : Promote<FloatOf<OperandType<A>>, FloatOf<OperandType<B>>>;
/** `x, y → float32 or float64`; shapes broadcast. */
export type FloatBinaryFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<FloatOf2<A, B>>;
/** `x, y → float64, or float32 of float32`; shapes broadcast. */
export type DivideFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<DivideOf<PromoteInputs<A, B>>>;
/** `x, y → bool`; shapes broadcast. */
export type CompareFn = (x: ArrayInput, y: ArrayInput) => TileArray<'bool'>;

/** The dtype that a ufunc computes in, of the one its operands meet in; throws where it has no meaning for it. */
type Rule = (common: DType, label: string) => DType;

// Declared as functions, which exist before this module has run: the modules of ufuncs and of arrays import one another.

export function same(dtype: DType): DType {
  return dtype;
}

/** True division: whole numbers of any size give float64, as NumPy's do. */
function dividing(dtype: DType): DType {
  return dtype === 'float32' ? dtype : 'float64';
}

export function notBool(dtype: DType, label: string): DType {
  if (dtype === 'bool')
    throw new TypeError(`${label} has no meaning for bool; use logicalNot, logicalXor or astype first`);
  return dtype;
}

export function boolAsInt8(dtype: DType): DType {
  return dtype === 'bool' ? 'int8' : dtype;
}

export function whole(dtype: DType, label: string): DType {
  if (kindOf(dtype) === 'float')
    throw new TypeError(`${label} needs whole numbers or bool, not ${dtype}; use astype first`);
  return dtype;
}

export function shifting(dtype: DType, label: string): DType {
  return boolAsInt8(whole(dtype, label));
}

export function unary(label: string, fn: ElementFn, rule: Rule, result?: DType) {
  return (x: ArrayInput): TileArray<DType> => {
    const dtype = rule(commonType([x]), label);
    return elementwise(label, [x], dtype, (e, [a]) => e.call(fn, [a], result ?? dtype));
  };
}

export function binary(label: string, fn: ElementFn, rule: Rule, result?: DType) {
  return (x: ArrayInput, y: ArrayInput): TileArray<DType> => {
    const dtype = rule(commonType([x, y]), label);
    return elementwise(label, [x, y], dtype, (e, [a, b]) => e.call(fn, [a, b], result ?? dtype));
  };
}

export function float1(label: string, fn: ElementFn): FloatFn {
  return unary(label, fn, floatOf) as FloatFn;
}

export function same1(label: string, fn: ElementFn, rule: Rule = same): SameFn {
  return unary(label, fn, rule) as SameFn;
}

export function number1(label: string, fn: ElementFn): NumberFn {
  return unary(label, fn, boolAsInt8) as NumberFn;
}

export function arithmetic2(label: string, fn: ElementFn, rule: Rule = same): BinaryFn {
  return binary(label, fn, rule) as BinaryFn;
}

export function number2(label: string, fn: ElementFn, rule: Rule = boolAsInt8): NumberBinaryFn {
  return binary(label, fn, rule) as NumberBinaryFn;
}

export function divide2(label: string, fn: ElementFn): DivideFn {
  return binary(label, fn, dividing) as DivideFn;
}

export function float2(label: string, fn: ElementFn): FloatBinaryFn {
  return ((x: ArrayInput, y: ArrayInput) =>
    elementwise(label, [x, y], floatType([x, y]), (e, [a, b]) => e.call(fn, [a, b]))) as FloatBinaryFn;
}
