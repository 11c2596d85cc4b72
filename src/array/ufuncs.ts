import { type DType, itemsize, kindOf } from '../kernels/dtype.js';
import type { ElementFn } from '../kernels/spec.js';
import { type ArrayInput, asarray, type DTypeOf, TileArray, type Weak } from './array.js';
import { mapNode } from './elementwise.js';
import type { Expression, Term } from './expression.js';
import {
  constantOf,
  type FloatOf,
  fits,
  floatOf,
  type Promote,
  promoteScalar,
  promoteTypes,
  type Scalar,
  scalarType,
} from './promote.js';

/** What two operands promote to; a JavaScript scalar is weak beside an array. */
export type PromoteInputs<A, B> =
  A extends TileArray<infer D>
    ? B extends TileArray<infer E>
      ? Promote<D, E>
      : B extends Scalar
        ? Weak<D, B>
        : DType
    : B extends TileArray<infer E>
      ? A extends Scalar
        ? Weak<E, A>
        : DType
      : DType;

const isScalar = (x: unknown): x is Scalar =>
  typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean';

/** The dtype in which operands meet. */
function commonType(inputs: readonly ArrayInput[]): DType {
  const arrays = inputs.filter((x) => !isScalar(x)).map((x) => asarray(x as ArrayInput).dtype as DType);
  const scalars = inputs.filter(isScalar);
  if (arrays.length === 0) return scalars.map(scalarType).reduce(promoteTypes);
  return scalars.reduce<DType>(promoteScalar, arrays.reduce(promoteTypes));
}

/** Maps an expression over operands: scalars become constants of `dtype`, arrays are cast to it. */
export function elementwise<D extends DType>(
  label: string,
  inputs: readonly ArrayInput[],
  dtype: DType,
  build: (e: Expression, terms: readonly Term[]) => Term,
): TileArray<D> {
  const given = inputs.every(isScalar) ? inputs.map((x) => asarray(x)) : inputs;
  const arrays = given.flatMap((x) => (isScalar(x) ? [] : [asarray(x).operand]));
  const node = mapNode(label, arrays, (e, terms) => {
    let next = 0;
    const operands = given.map((x) => (isScalar(x) ? e.constant(x, dtype) : e.cast(terms[next++], dtype)));
    return build(e, operands);
  });
  return new TileArray<D>(node);
}

type Rule = (common: DType, label: string) => DType;

const same: Rule = (dtype) => dtype;
const floating: Rule = (dtype) => floatOf(dtype);
/** True division: whole numbers of any size give float64, as NumPy's do. */
const dividing: Rule = (dtype) => (dtype === 'float32' ? dtype : 'float64');
const numeric: Rule = (dtype, label) => {
  if (dtype === 'bool')
    throw new TypeError(`${label} has no meaning for bool; use logicalNot, logicalXor or astype first`);
  return dtype;
};
const rounding: Rule = (dtype) => dtype;
const notBool8: Rule = (dtype) => (dtype === 'bool' ? 'int8' : dtype);
const whole: Rule = (dtype, label) => {
  if (kindOf(dtype) === 'float') throw new TypeError(`${label} needs whole numbers or bool, not ${dtype}`);
  return dtype;
};
const shifting: Rule = (dtype, label) => notBool8(whole(dtype, label), label);

const unary =
  (label: string, fn: ElementFn, rule: Rule, result?: DType) =>
  (x: ArrayInput): TileArray<DType> => {
    const dtype = rule(commonType([x]), label);
    return elementwise(label, [x], dtype, (e, [a]) => e.call(fn, [a], result ?? dtype));
  };

/** Float functions of two operands: each makes its own of its dtype, as NumPy's loops do. */
function floatType(inputs: readonly ArrayInput[]): DType {
  const scalars = inputs.filter(isScalar);
  const types = inputs.flatMap((x): DType[] =>
    isScalar(x) ? [] : [floatOf(scalars.reduce<DType>(promoteScalar, asarray(x).dtype))],
  );
  return types.length > 0 ? types.reduce(promoteTypes) : 'float64';
}

const binary =
  (label: string, fn: ElementFn, rule: Rule, result?: DType) =>
  (x: ArrayInput, y: ArrayInput): TileArray<DType> => {
    const dtype = rule(commonType([x, y]), label);
    return elementwise(label, [x, y], dtype, (e, [a, b]) => e.call(fn, [a, b], result ?? dtype));
  };

/** `x → float`: sqrt, exp, sin … bool and small ints give float32 (NumPy: float16 or float32), larger ints float64. */
export type FloatFn = <A extends ArrayInput>(x: A) => TileArray<FloatOf<DTypeOf<A>>>;
/** `x → same dtype`. */
export type SameFn = <A extends ArrayInput>(x: A) => TileArray<DTypeOf<A>>;
/** `x → bool`. */
export type TestFn = (x: ArrayInput) => TileArray<'bool'>;
/** `x, y → their promoted dtype`. */
export type BinaryFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<PromoteInputs<A, B>>;
/** `x, y → float`. */
export type FloatBinaryFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<FloatOf<PromoteInputs<A, B>>>;
/** `x, y → float64, or float32 of float32`. */
export type DivideFn = <A extends ArrayInput, B extends ArrayInput>(
  x: A,
  y: B,
) => TileArray<PromoteInputs<A, B> extends 'float32' ? 'float32' : 'float64'>;
/** `x, y → bool`. */
export type CompareFn = (x: ArrayInput, y: ArrayInput) => TileArray<'bool'>;

const float1 = (label: string, fn: ElementFn): FloatFn => unary(label, fn, floating) as FloatFn;
const same1 = (label: string, fn: ElementFn, rule: Rule = same): SameFn => unary(label, fn, rule) as SameFn;
const arith2 = (label: string, fn: ElementFn, rule: Rule = same): BinaryFn =>
  binary(label, fn, rule) as BinaryFn;
const float2 = (label: string, fn: ElementFn): FloatBinaryFn =>
  ((x: ArrayInput, y: ArrayInput) =>
    elementwise(label, [x, y], floatType([x, y]), (e, [a, b]) => e.call(fn, [a, b]))) as FloatBinaryFn;

/** A float test; whole numbers answer without looking. */
const test1 =
  (label: string, fn: ElementFn, ofWhole: boolean): TestFn =>
  (x) => {
    const dtype = commonType([x]);
    return elementwise(label, [x], dtype, (e, [a]) =>
      kindOf(dtype) === 'float' ? e.call(fn, [a], 'bool') : e.constant(ofWhole, 'bool'),
    );
  };

const logical2 =
  (label: string, fn: ElementFn): CompareFn =>
  (x, y) =>
    elementwise(label, [asarray(x), asarray(y)], 'bool', (e, [a, b]) => e.call(fn, [a, b]));

const flipped: { readonly [fn: string]: ElementFn } = {
  less: 'greater',
  less_equal: 'greater_equal',
  greater: 'less',
  greater_equal: 'less_equal',
  equal: 'equal',
  not_equal: 'not_equal',
};

const compare =
  (label: string, fn: ElementFn): CompareFn =>
  (x, y) => {
    const exact = compareWithScalar(label, fn, x, y) ?? compareWithScalar(label, flipped[label], y, x);
    if (exact) return exact;
    const mixed = [x, y].map((v) => (isScalar(v) ? undefined : asarray(v).dtype));
    if (mixed.includes('uint64') && mixed.some((d) => d && kindOf(d) === 'int'))
      return compareMixed(label, fn, x, y);
    return binary(label, fn, same, 'bool')(x, y) as TileArray<'bool'>;
  };

/** A whole number outside an integer dtype's range compares by its true value, as NumPy 2 has it. */
function compareWithScalar(
  label: string,
  fn: ElementFn,
  x: ArrayInput,
  y: ArrayInput,
): TileArray<'bool'> | undefined {
  if (isScalar(x) || !isScalar(y) || typeof y === 'boolean') return undefined;
  const array = asarray(x);
  const kind = kindOf(array.dtype);
  if ((kind !== 'int' && kind !== 'uint') || (typeof y === 'number' && !Number.isInteger(y)))
    return undefined;
  try {
    constantOf(y, array.dtype);
    return undefined;
  } catch {
    const answer = fn === 'not_equal' || (y > 0 ? fn.startsWith('less') : fn.startsWith('greater'));
    return elementwise(label, [array], array.dtype, (e) => e.constant(answer, 'bool'));
  }
}

/** uint64 beside a signed integer: compared by value, not as float64. */
function compareMixed(label: string, fn: ElementFn, x: ArrayInput, y: ArrayInput): TileArray<'bool'> {
  const [a, b] = [asarray(x), asarray(y)];
  const node = mapNode(label, [a.operand, b.operand], (e, terms) => {
    const signedFirst = kindOf(a.dtype) === 'int';
    const signed = e.cast(terms[signedFirst ? 0 : 1], 'int64');
    const negative = e.call('less', [signed, e.constant(0, 'int64')], 'bool');
    const both = terms.map((t) => e.cast(t, 'uint64'));
    const answer = fn === 'not_equal' || fn.startsWith(signedFirst ? 'less' : 'greater');
    return e.call('where', [negative, e.constant(answer, 'bool'), e.call(fn, both, 'bool')], 'bool');
  });
  return new TileArray<'bool'>(node);
}

const scaled = (label: string, factor: number): FloatFn =>
  (<A extends ArrayInput>(x: A) => {
    const dtype = floatOf(commonType([x]));
    return elementwise(label, [x], dtype, (e, [a]) => e.call('multiply', [a, e.constant(factor, dtype)]));
  }) as FloatFn;

/** Ufuncs of one operand, by NumPy's names in camel case. One row is the function and the method. */
export const FLOAT = {
  sqrt: float1('sqrt', 'sqrt'),
  cbrt: float1('cbrt', 'cbrt'),
  exp: float1('exp', 'exp'),
  exp2: float1('exp2', 'exp2'),
  expm1: float1('expm1', 'expm1'),
  log: float1('log', 'log'),
  log2: float1('log2', 'log2'),
  log10: float1('log10', 'log10'),
  log1p: float1('log1p', 'log1p'),
  sin: float1('sin', 'sin'),
  cos: float1('cos', 'cos'),
  tan: float1('tan', 'tan'),
  arcsin: float1('arcsin', 'arcsin'),
  arccos: float1('arccos', 'arccos'),
  arctan: float1('arctan', 'arctan'),
  sinh: float1('sinh', 'sinh'),
  cosh: float1('cosh', 'cosh'),
  tanh: float1('tanh', 'tanh'),
  arcsinh: float1('arcsinh', 'arcsinh'),
  arccosh: float1('arccosh', 'arccosh'),
  arctanh: float1('arctanh', 'arctanh'),
  rint: float1('rint', 'rint'),
  degrees: scaled('degrees', 180 / Math.PI),
  radians: scaled('radians', Math.PI / 180),
} as const;

const whole1 = (label: string, fn: ElementFn): SameFn =>
  ((x: ArrayInput) => {
    const dtype = commonType([x]);
    return kindOf(dtype) === 'float' ? unary(label, fn, rounding)(x) : asarray(x);
  }) as SameFn;

export const SAME = {
  negative: same1('negative', 'negative', numeric),
  positive: same1('positive', 'positive', numeric),
  abs: ((x: ArrayInput) =>
    commonType([x]) === 'bool' ? asarray(x) : unary('abs', 'abs', same)(x)) as SameFn,
  sign: same1('sign', 'sign', numeric),
  square: same1('square', 'square', notBool8),
  reciprocal: same1('reciprocal', 'reciprocal', notBool8),
  invert: same1('invert', 'invert', whole),
  floor: whole1('floor', 'floor'),
  ceil: whole1('ceil', 'ceil'),
  trunc: whole1('trunc', 'trunc'),
} as const;

export const TESTS = {
  isnan: test1('isnan', 'isnan', false),
  isinf: test1('isinf', 'isinf', false),
  isfinite: test1('isfinite', 'isfinite', true),
  signbit: ((x: ArrayInput) => {
    const dtype = commonType([x]);
    return kindOf(dtype) === 'float'
      ? elementwise('signbit', [x], dtype, (e, [a]) => e.call('signbit', [a], 'bool'))
      : elementwise('signbit', [x], dtype, (e, [a]) => e.call('less', [a, e.constant(0, dtype)], 'bool'));
  }) as TestFn,
  logicalNot: ((x: ArrayInput) =>
    elementwise('logical_not', [asarray(x)], 'bool', (e, [a]) => e.call('invert', [a]))) as TestFn,
} as const;

/** Powers of whole numbers stay whole; a negative exponent is refused, as NumPy does. */
const power: BinaryFn = ((x: ArrayInput, y: ArrayInput) => {
  const dtype = notBool8(commonType([x, y]), 'power');
  if (isScalar(y) && kindOf(dtype) !== 'float' && Number(y) < 0)
    throw new RangeError(
      `power: whole numbers (${dtype}) to the negative power ${y} are not whole; use astype('float64') first`,
    );
  if (y === 2) return elementwise('power', [x], dtype, (e, [a]) => e.call('square', [a]));
  if (y === 0.5 && kindOf(dtype) === 'float')
    return elementwise('power', [x], dtype, (e, [a]) => e.call('sqrt', [a]));
  return elementwise('power', [x, y], dtype, (e, [a, b]) => e.call('power', [a, b]));
}) as BinaryFn;

const boolAs = (label: string, fn: ElementFn, ofBool: ElementFn): BinaryFn =>
  ((x: ArrayInput, y: ArrayInput) => {
    const dtype = commonType([x, y]);
    return elementwise(label, [x, y], dtype, (e, [a, b]) => e.call(dtype === 'bool' ? ofBool : fn, [a, b]));
  }) as BinaryFn;

/** Ufuncs of two operands. */
export const ARITHMETIC = {
  add: boolAs('add', 'add', 'bitwise_or'),
  subtract: arith2('subtract', 'subtract', numeric),
  multiply: boolAs('multiply', 'multiply', 'bitwise_and'),
  floorDivide: arith2('floor_divide', 'floor_divide', notBool8),
  remainder: arith2('remainder', 'remainder', notBool8),
  mod: arith2('remainder', 'remainder', notBool8),
  fmod: arith2('fmod', 'fmod', notBool8),
  power,
  minimum: boolAs('minimum', 'minimum', 'bitwise_and'),
  maximum: boolAs('maximum', 'maximum', 'bitwise_or'),
  fmin: boolAs('fmin', 'fmin', 'bitwise_and'),
  fmax: boolAs('fmax', 'fmax', 'bitwise_or'),
  bitwiseAnd: arith2('bitwise_and', 'bitwise_and', whole),
  bitwiseOr: arith2('bitwise_or', 'bitwise_or', whole),
  bitwiseXor: arith2('bitwise_xor', 'bitwise_xor', whole),
  leftShift: arith2('left_shift', 'left_shift', shifting),
  rightShift: arith2('right_shift', 'right_shift', shifting),
} as const;

export const DIVISION = { divide: binary('divide', 'divide', dividing) as DivideFn } as const;

export const FLOAT2 = {
  arctan2: float2('arctan2', 'arctan2'),
  hypot: float2('hypot', 'hypot'),
  copysign: float2('copysign', 'copysign'),
  logaddexp: float2('logaddexp', 'logaddexp'),
} as const;

export const COMPARISONS = {
  equal: compare('equal', 'equal'),
  notEqual: compare('not_equal', 'not_equal'),
  less: compare('less', 'less'),
  lessEqual: compare('less_equal', 'less_equal'),
  greater: compare('greater', 'greater'),
  greaterEqual: compare('greater_equal', 'greater_equal'),
  logicalAnd: logical2('logical_and', 'bitwise_and'),
  logicalOr: logical2('logical_or', 'bitwise_or'),
  logicalXor: logical2('logical_xor', 'bitwise_xor'),
} as const;

/**
 * Elements of `x` where `condition` holds, of `y` elsewhere; all three broadcast.
 *
 * @example
 * const x = arange(5);
 * String(await where(x.less(3), x, -1).compute()); // [0, 1, 2, -1, -1]
 */
export function where<A extends ArrayInput, B extends ArrayInput>(
  condition: ArrayInput,
  x: A,
  y: B,
): TileArray<PromoteInputs<A, B>> {
  const dtype = commonType([x, y]);
  const arrays = [asarray(condition), ...[x, y].filter((v) => !isScalar(v)).map((v) => asarray(v))];
  const node = mapNode(
    'where',
    arrays.map((a) => a.operand),
    (e, terms) => {
      let next = 1;
      const pick = (v: ArrayInput) => (isScalar(v) ? e.constant(v, dtype) : e.cast(terms[next++], dtype));
      const [a, b] = [pick(x), pick(y)];
      return e.call('where', [e.cast(terms[0], 'bool'), a, b], dtype);
    },
  );
  return new TileArray(node);
}

/** Limits elements to `[low, high]`; either may be an array, or null for no limit. NaN stays. */
export function clip<A extends ArrayInput>(
  x: A,
  low: ArrayInput | null,
  high: ArrayInput | null,
): TileArray<DTypeOf<A>> {
  let out: ArrayInput = asarray(x);
  const { dtype } = asarray(x);
  // A limit beyond what the dtype can hold is no limit, when it is on its own side.
  const binds = (limit: ArrayInput | null, side: 1 | -1): limit is ArrayInput =>
    limit !== null && !(isScalar(limit) && !fits(limit, dtype) && Math.sign(Number(limit)) === side);
  if (binds(low, -1)) out = ARITHMETIC.maximum(out, low);
  if (binds(high, 1)) out = ARITHMETIC.minimum(out, high);
  return asarray(out) as TileArray<DTypeOf<A>>;
}

/** Rounds to `decimals` places, halves to even; negative `decimals` round to tens, hundreds … */
export function round<A extends ArrayInput>(x: A, decimals = 0): TileArray<DTypeOf<A>> {
  const array = asarray(x);
  const { dtype } = array;
  const kind = kindOf(dtype);
  if (!Number.isInteger(decimals)) throw new TypeError(`round: decimals ${decimals} must be a whole number`);
  if (kind !== 'float' && decimals >= 0) return array as TileArray<DTypeOf<A>>;
  const inner = kind === 'float' ? dtype : 'float64';
  const factor = 10 ** Math.abs(decimals);
  return elementwise('round', [array], inner, (e, [a]) => {
    if (decimals === 0) return e.call('rint', [a]);
    const f = e.constant(factor, inner);
    const [there, back] =
      decimals > 0 ? (['multiply', 'divide'] as const) : (['divide', 'multiply'] as const);
    return e.cast(e.call(back, [e.call('rint', [e.call(there, [a, f])]), f]), dtype);
  });
}

/** Conversion to another dtype: floats to whole numbers towards zero, anything to bool by `x != 0`. */
export function astype<D extends DType>(x: ArrayInput, dtype: D): TileArray<D> {
  const array = asarray(x);
  if (array.dtype === (dtype as DType)) return array as unknown as TileArray<D>;
  return new TileArray<D>(mapNode('astype', [array.operand], (e, [a]) => e.cast(a, dtype)));
}

/** Whether elements are equal within `|x - y| <= atol + rtol * |y|`; infinities equal themselves, NaN too with `equalNan`. */
export function isclose(
  x: ArrayInput,
  y: ArrayInput,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: { rtol?: number; atol?: number; equalNan?: boolean } = {},
): TileArray<'bool'> {
  const common = commonType([x, y]);
  const dtype: DType = common === 'float32' && itemsize(common) === 4 ? 'float32' : 'float64';
  return elementwise('isclose', [asarray(x), asarray(y)], dtype, (e, [a, b]) => {
    const tolerance = e.call('add', [
      e.constant(atol, dtype),
      e.call('multiply', [e.constant(rtol, dtype), e.call('abs', [b])]),
    ]);
    const near = e.call('less_equal', [e.call('abs', [e.call('subtract', [a, b])]), tolerance], 'bool');
    const finite = e.call('isfinite', [b], 'bool');
    const same = e.call('equal', [a, b], 'bool');
    const close = e.call('bitwise_or', [e.call('bitwise_and', [near, finite]), same]);
    if (!equalNan) return close;
    return e.call('bitwise_or', [close, e.call('bitwise_and', [e.isnan(a), e.isnan(b)])]);
  });
}

export const { sqrt, cbrt, exp, exp2, expm1, log, log2, log10, log1p } = FLOAT;
export const { sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh, arcsinh, arccosh, arctanh } = FLOAT;
export const { rint, degrees, radians } = FLOAT;
export const { negative, positive, abs, sign, square, reciprocal, invert, floor, ceil, trunc } = SAME;
export const { isnan, isinf, isfinite, signbit, logicalNot } = TESTS;
export const { add, subtract, multiply, floorDivide, remainder, mod, fmod, minimum, maximum, fmin, fmax } =
  ARITHMETIC;
export const { bitwiseAnd, bitwiseOr, bitwiseXor, leftShift, rightShift } = ARITHMETIC;
export { power };
export const { divide } = DIVISION;
export const { arctan2, hypot, copysign, logaddexp } = FLOAT2;
export const { equal, notEqual, less, lessEqual, greater, greaterEqual } = COMPARISONS;
export const { logicalAnd, logicalOr, logicalXor } = COMPARISONS;
