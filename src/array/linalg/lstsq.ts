import { checkOptions } from '../../engine/known-options.js';
import type { TileArray } from '../array.js';
import type { ArrayInput } from '../input.js';
import { requireKnown } from '../nodes/axes.js';
import { promoteTypes } from '../nodes/promote.js';
import { matmul } from '../products/matmul.js';
import { sum } from '../reductions/index.js';
import { multiply, square, subtract, where } from '../ufuncs/index.js';
import { matrixOf, type Real, type RealArray, type RealOfBoth, realOf } from './matrix.js';
import { anySvd } from './svd.js';

/** What `linalg.lstsq` takes for zero. */
export interface LstsqOptions {
  /** Singular values of less than this part of the largest count as zero. Default: the distance from 1 to the next larger float, times the larger extent. */
  readonly rcond?: number;
}

/**
 * The least squares of a·x − b: `[x, residuals, rank, s]`, x being the shortest of all solutions, by the singular values `s` of `a`; `residuals` has the sum of squares for each column of
 * b, whatever the rank. `a` has the chunks that `svd` needs; `b` is a vector, or a matrix of a vector in each column.
 *
 * @throws RangeError where `a` is no matrix, b has another number of rows, or rcond is negative; Error where chunk sizes are unknown; TaskError where elements are NaN or infinite
 * @example
 * const [line, residuals, rank] = linalg.lstsq([[0, 1], [1, 1], [2, 1]], [1, 3, 6]);
 * await line.round(6).compute(); // [2.5 0.833333]
 * await residuals.round(6).compute(); // [0.166667]
 * await rank.compute(); // 2
 */
export function lstsq<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
  options: LstsqOptions = {},
): readonly [
  x: TileArray<RealOfBoth<A, B>>,
  residuals: TileArray<RealOfBoth<A, B>>,
  rank: TileArray<'int64'>,
  s: TileArray<RealOfBoth<A, B>>,
] {
  checkOptions('lstsq', options, ['rcond']);
  const { rcond } = options;
  const [given, values] = [matrixOf('lstsq', a), realOf(b)];
  requireKnown('lstsq', values);
  const [m, n] = given.shape;
  if (values.ndim < 1 || values.ndim > 2 || values.shape[0] !== m)
    throw new RangeError(
      `lstsq: b is a vector of ${m} or a matrix of ${m} rows beside a matrix of shape [${m}, ${n}], not of shape [${values.shape.join(', ')}]`,
    );
  if (rcond !== undefined && !(rcond >= 0))
    throw new RangeError(`lstsq: rcond is a number of 0 or more, not ${rcond}`);
  const dtype = promoteTypes(given.dtype, values.dtype) as Real;
  const matrix = given.astype(dtype) as RealArray;
  const right = values.astype(dtype) as RealArray;
  const [u, s, vt] = anySvd('lstsq', matrix);
  const epsilon = dtype === 'float32' ? 2 ** -23 : 2 ** -52;
  // s[:1], not a maximum: a matrix without elements has none.
  const counts = s.greater(multiply(s.slice(':1'), rcond ?? epsilon * Math.max(m, n)));
  const inverse = where(counts, s.reciprocal(), 0).astype(dtype);
  const along = matmul(u.T, right) as unknown as RealArray;
  const scaled = multiply(right.ndim === 2 ? inverse.reshape([-1, 1]) : inverse, along);
  const x = matmul(vt.T, scaled) as unknown as RealArray;
  const rest = square(subtract(right, matmul(matrix, x)) as unknown as RealArray);
  const residuals = sum(rest, { axis: 0, keepdims: right.ndim === 1 });
  return [x, residuals, counts.sum(), s] as never;
}
