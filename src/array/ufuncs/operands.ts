import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf, Weak } from '../input.js';
import { mapNode } from '../nodes/elementwise.js';
import type { Expression, Term } from '../nodes/expression.js';
import {
  floatOf,
  type Promote,
  promoteScalar,
  promoteTypes,
  type Scalar,
  scalarType,
} from '../nodes/promote.js';

/** The dtype of a ufunc's only operand: a JavaScript scalar on its own is int64 where it is whole, as in NumPy. */
export type OperandType<A> = A extends number ? Weak<'int64', A> : DTypeOf<A>;

/** What two operands promote to; a JavaScript scalar is weak beside an array. */
export type PromoteInputs<A, B> = A extends Scalar
  ? B extends Scalar
    ? Promote<OperandType<A>, OperandType<B>>
    : Weak<DTypeOf<B>, A>
  : B extends Scalar
    ? Weak<DTypeOf<A>, B>
    : Promote<DTypeOf<A>, DTypeOf<B>>;

export const isScalar = (x: unknown): x is Scalar =>
  typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean';

/** The dtype in which operands meet. */
export function commonType(inputs: readonly ArrayInput[]): DType {
  const arrays = inputs.filter((x) => !isScalar(x)).map((x) => asarray(x as ArrayInput).dtype as DType);
  const scalars = inputs.filter(isScalar);
  if (arrays.length === 0) return scalars.map(scalarType).reduce(promoteTypes);
  return scalars.reduce<DType>(promoteScalar, arrays.reduce(promoteTypes));
}

/** Float functions of two operands: each makes its own of its dtype, as NumPy's loops do. */
export function floatType(inputs: readonly ArrayInput[]): DType {
  const scalars = inputs.filter(isScalar);
  const types = inputs.flatMap((x): DType[] =>
    isScalar(x) ? [] : [floatOf(scalars.reduce<DType>(promoteScalar, asarray(x).dtype))],
  );
  return types.length > 0 ? types.reduce(promoteTypes) : 'float64';
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
