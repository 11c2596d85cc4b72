import { checkOptions } from '../../engine/known-options.js';
import type { TileArray } from '../array.js';
import { eye } from '../creation/eye.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireKnown } from '../nodes/axes.js';
import { promoteTypes } from '../nodes/promote.js';
import { cholesky } from './cholesky.js';
import { type Real, type RealArray, type RealOf, type RealOfBoth, realOf, squareOf } from './matrix.js';
import { luPanels, luSteps, type Step, substituted, triangularPanels } from './panels.js';

type Solution<A extends ArrayInput, B extends ArrayInput> = TileArray<RealOfBoth<A, B>>;

/** What `linalg.solve` is told of the matrix. */
export interface SolveOptions {
  /** `'pos'` says that the matrix is symmetric and positive definite, which takes half the work. Only its lower triangle is read then. Default: `'gen'`. */
  readonly assumeA?: 'gen' | 'pos';
}

/** Which triangle `linalg.solveTriangular` reads. */
export interface TriangularOptions {
  /** Whether the lower triangle is the matrix, instead of the upper. What lies on the other side is not read. */
  readonly lower?: boolean;
}

/**
 * X of a·X = b, by LU with pivots; `b` is a vector, or a matrix of a vector in each column. All rows of `a` come into one block, whose columns are cut so that blocks
 * get no larger, and so do b's.
 *
 * @throws RangeError where `a` is not square, or b has another number of rows; Error where chunk sizes are unknown; TaskError where `a` is singular
 * @example
 * await linalg.solve([[2, 1], [1, 3]], [4, 7]).round(12).compute(); // [1. 2.]
 */
export function solve<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
  options: SolveOptions = {},
): Solution<A, B> {
  checkOptions('solve', options, ['assumeA']);
  const { assumeA = 'gen' } = options;
  const { matrix, right, shaped } = equations('solve', a, b);
  if (assumeA !== 'gen' && assumeA !== 'pos')
    throw new TypeError(`solve: assumeA is 'gen' or 'pos', not ${String(assumeA)}`);
  if (assumeA === 'gen') return shaped(general('solve', matrix, right)) as unknown as Solution<A, B>;
  const lower = cholesky(matrix) as unknown as RealArray;
  const half = triangular('solve', lower, right, true);
  return shaped(triangular('solve', lower.T as RealArray, half, false)) as unknown as Solution<A, B>;
}

/**
 * X of a·X = b, where `a` is triangular; blocks are as in `solve`.
 *
 * @throws RangeError where `a` is not square, or b has another number of rows; Error where chunk sizes are unknown; TaskError where a zero stands on the diagonal
 * @example
 * await linalg.solveTriangular([[2, 1], [0, 4]], [4, 8]).compute(); // [1. 2.]
 * await linalg.solveTriangular([[2, 0], [1, 4]], [4, 10], { lower: true }).compute(); // [2. 2.]
 */
export function solveTriangular<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
  options: TriangularOptions = {},
): Solution<A, B> {
  checkOptions('solveTriangular', options, ['lower']);
  const { lower = false } = options;
  const { matrix, right, shaped } = equations('solveTriangular', a, b);
  return shaped(triangular('solveTriangular', matrix, right, lower)) as unknown as Solution<A, B>;
}

/**
 * The inverse of a square matrix, as `solve` finds it. To solve equations, `solve` is less work and more accurate.
 *
 * @throws RangeError where it is no square matrix; Error where chunk sizes are unknown; TaskError where it is singular
 * @example
 * await linalg.inv([[2, 0], [0, 4]]).compute(); // [[0.5 0. ] [0. 0.25]]
 */
export function inv<A extends ArrayInput>(a: A): TileArray<RealOf<DTypeOf<A>>> {
  const matrix = squareOf('inv', a);
  const [n] = matrix.shape;
  const ones = eye(n, undefined, { dtype: matrix.dtype, chunks: matrix.chunks });
  return general('inv', matrix, ones) as unknown as TileArray<RealOf<DTypeOf<A>>>;
}

function equations(label: string, a: ArrayInput, b: ArrayInput) {
  const [given, values] = [squareOf(label, a), realOf(b)];
  requireKnown(label, values);
  const [n] = given.shape;
  if (values.ndim < 1 || values.ndim > 2 || values.shape[0] !== n)
    throw new RangeError(
      `${label}: b is a vector of ${n} or a matrix of ${n} rows beside a matrix of shape [${given.shape.join(', ')}], not of shape [${values.shape.join(', ')}]`,
    );
  const dtype = promoteTypes(given.dtype, values.dtype) as Real;
  const matrix = given.astype(dtype) as RealArray;
  const plain = values.astype(dtype) as RealArray;
  if (plain.ndim === 2) return { matrix, right: plain, shaped: (x: RealArray) => x };
  const right = plain.slice(':', 'newaxis') as RealArray;
  return { matrix, right, shaped: (x: RealArray) => x.squeeze(1) as RealArray };
}

function general(label: string, matrix: RealArray, right: RealArray): RealArray {
  const panels = luPanels(label, matrix);
  return substituted(label, panels, luSteps(panels), right);
}

function triangular(label: string, matrix: RealArray, right: RealArray, lower: boolean): RealArray {
  const panels = triangularPanels(label, matrix);
  const steps = panels.sizes.map((_, panel): Step => ({ panel, lower, unit: false, ordered: false }));
  return substituted(label, panels, lower ? steps : steps.reverse(), right);
}
