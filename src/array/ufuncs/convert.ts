import { checkOptions } from '../../engine/known-options.js';
import { type DType, isDType, kindOf } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { mapNode } from '../nodes/elementwise.js';
import { commonType, elementwise } from './operands.js';

/**
 * Conversion to another dtype: floats to whole numbers towards zero, anything to bool by `x != 0`.
 *
 * @throws TypeError where `dtype` is not the name of one
 * @example
 * await astype([1.7, -1.7], 'int32').compute(); // [1 -1]
 */
export function astype<D extends DType>(x: ArrayInput, dtype: D): TileArray<D> {
  if (!isDType(dtype)) throw new TypeError(`astype: ${String(dtype)} is not a dtype`);
  const array = asarray(x);
  if (array.dtype === (dtype as DType)) return array as unknown as TileArray<D>;
  return new TileArray<D>(mapNode('astype', [array.operand], (e, [a]) => e.cast(a, dtype)));
}

/**
 * Rounds to `decimals` places, halves to even; negative `decimals` round to tens, hundreds … The dtype stays.
 *
 * @throws TypeError where `decimals` is not a whole number
 * @example
 * await round([1.25, 1.35, 1.5]).compute(); // [1. 1. 2.]
 * await round([123n, 456n], -2).compute(); // [100 500]
 */
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

/** How far apart elements may be that count as close. */
export interface CloseOptions {
  /** Relative to `|y|`; default 1e-5. */
  readonly rtol?: number;
  /** Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN counts as close to NaN; default false. */
  readonly equalNan?: boolean;
}

/**
 * Whether elements are equal within `|x - y| <= atol + rtol * |y|`; infinities equal themselves, NaN too with `equalNan`.
 *
 * @example
 * await isclose(add(0.1, 0.2), 0.3).compute(); // true
 */
export function isclose(x: ArrayInput, y: ArrayInput, options: CloseOptions = {}): TileArray<'bool'> {
  checkOptions('isclose', options, ['rtol', 'atol', 'equalNan']);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  const dtype: DType = commonType([x, y]) === 'float32' ? 'float32' : 'float64';
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
