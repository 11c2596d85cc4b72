/** Products of arrays that are no matrix products, and those that subscripts describe. */
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import { diagonal } from '../indexing/diagonals.js';
import type { ArrayInput } from '../input.js';
import { type PromoteAll, stack } from '../joining/concatenate.js';
import { requireKnown } from '../nodes/axes.js';
import { product } from '../nodes/chunks.js';
import { promoteAll } from '../nodes/promote.js';
import { sum } from '../reductions/index.js';
import type { TileScalar } from '../scalar.js';
import { transpose } from '../shape/rearranging.js';
import { ravel } from '../shape/reshape.js';
import { multiply, type PromoteInputs, subtract } from '../ufuncs/index.js';
import { matmul, tensordot } from './matmul.js';
import { parseSubscripts } from './subscripts.js';

/**
 * The products of all elements of `a`, flattened, with all of `b`: a matrix with a row for each of `a`.
 *
 * @example
 * await outer([1, 2], [3, 4]).compute(); // [[3. 4.] [6. 8.]]
 */
export function outer<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [ravel(asarray(a)), ravel(asarray(b))];
  return multiply(x.slice(':', 'newaxis'), y) as unknown as TileArray<PromoteInputs<A, B>>;
}

/**
 * The sum of products of the elements of two arrays, both flattened.
 *
 * @throws RangeError where one has more elements; Error where chunk sizes of an array of several axes are unknown
 * @example
 * await vdot(x, x).compute(); // 55
 */
export function vdot<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileScalar<PromoteInputs<A, B>> {
  return matmul(ravel(asarray(a)), ravel(asarray(b))) as unknown as TileScalar<PromoteInputs<A, B>>;
}

/**
 * Sums of products over the last axes of both; of vectors their inner product.
 *
 * @throws RangeError where the last axes differ
 * @example
 * await inner([1, 2, 3], [4, 5, 6]).compute(); // 32
 */
export function inner<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a), asarray(b)];
  return (x.ndim === 0 || y.ndim === 0 ? multiply(x, y) : tensordot(x, y, [-1, -1])) as TileArray<
    PromoteInputs<A, B>
  >;
}

/**
 * Kronecker's product: each element of `a` times all of `b`, in its place.
 *
 * @throws Error where chunk sizes are unknown
 * @example
 * await kron([1, 10], [1, 2]).compute(); // [1. 2. 10. 20.]
 */
export function kron<A extends ArrayInput, B extends ArrayInput>(a: A, b: B): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a) as TileArray<DType>, asarray(b) as TileArray<DType>];
  requireKnown('kron', x, y);
  const rank = Math.max(x.ndim, y.ndim);
  const [m, n] = [x, y].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const blocks = multiply(
    x.reshape(m.flatMap((extent) => [extent, 1])),
    y.reshape(n.flatMap((extent) => [1, extent])),
  );
  return (blocks as TileArray<DType>).reshape(
    m.map((extent, axis) => extent * n[axis]),
  ) as unknown as TileArray<PromoteInputs<A, B>>;
}

/**
 * Vectors at right angles to those of `a` and of `b`, which have three elements along the last axis; other axes broadcast.
 *
 * @throws RangeError where a last axis has not three elements, or others do not broadcast
 * @example
 * await cross([1, 0, 0], [0, 1, 0]).compute(); // [0. 0. 1.]
 */
export function cross<A extends ArrayInput, B extends ArrayInput>(
  a: A,
  b: B,
): TileArray<PromoteInputs<A, B>> {
  const [x, y] = [asarray(a) as TileArray<DType>, asarray(b) as TileArray<DType>];
  for (const { shape } of [x, y])
    if (shape[shape.length - 1] !== 3)
      throw new RangeError(
        `cross: vectors of three elements along the last axis are needed, not shape [${shape.join(', ')}]`,
      );
  const part = (v: TileArray<DType>, i: number) => v.slice('...', i % 3);
  const components = [0, 1, 2].map((i) =>
    subtract(multiply(part(x, i + 1), part(y, i + 2)), multiply(part(x, i + 2), part(y, i + 1))),
  );
  return stack(components as TileArray<DType>[], -1) as unknown as TileArray<PromoteInputs<A, B>>;
}

/** An operand with a letter for each axis. */
interface Labelled {
  readonly array: TileArray<DType>;
  readonly axes: readonly string[];
}

/**
 * Einstein's summation: `'ij,jk->ik'` names the axes of each operand, and those of the result; what it does not name is summed
 * over. Without `->` the result has the letters that occur once, in their order. `...` stands for all other axes of an operand, which broadcast against
 * those of others, as axes of one letter do. Operands are contracted from left to right, pairs as matrix products where they are some.
 *
 * @throws RangeError where subscripts do not fit the operands, or extents of one letter differ; Error where chunk sizes are unknown
 * @example
 * await einsum('ij,kj->ik', x, x).compute(); // [[5. 14.] [14. 50.]]
 * await einsum('ij->j', x).compute(); // [3. 5. 7.]
 * await einsum('...i->...', x).compute(); // [3. 12.]
 */
export function einsum<const T extends readonly ArrayInput[]>(
  subscripts: string,
  ...operands: T
): TileArray<PromoteAll<T>> {
  const arrays = operands.map((x) => asarray(x) as TileArray<DType>);
  requireKnown('einsum', ...arrays);
  const { inputs, output } = parseSubscripts(
    subscripts,
    arrays.map(({ ndim }) => ndim),
  );
  const dtype = promoteAll(arrays.map((a) => a.dtype));
  const labelled = stretched(
    arrays.map((array, i) => withoutRepeats({ array: array.astype(dtype), axes: inputs[i] })),
  );
  const result = labelled.reduce((left, right, i) => {
    const wanted = new Set([...output, ...labelled.slice(i + 1).flatMap(({ axes }) => axes)]);
    return contractPair(
      summed(left, (l) => wanted.has(l) || right.axes.includes(l)),
      right,
      wanted,
    );
  });
  const last = summed(result, (l) => output.includes(l));
  return transpose(
    last.array,
    output.map((l) => last.axes.indexOf(l)),
  ) as unknown as TileArray<PromoteAll<T>>;
}

/** The operands without axes of extent 1 where others are longer: they broadcast. */
function stretched(operands: readonly Labelled[]): Labelled[] {
  const extents = new Map<string, number>();
  for (const { array, axes } of operands)
    axes.forEach((l, i) => {
      const [known, own] = [extents.get(l) ?? 1, array.shape[i]];
      if (known !== 1 && own !== 1 && known !== own)
        throw new RangeError(`einsum: axis ${l} has extents ${known} and ${own}`);
      extents.set(l, known === 1 ? own : known);
    });
  return operands.map(({ array, axes }) => {
    const stay = axes.map((l, i) => array.shape[i] === extents.get(l));
    return {
      array: array.slice(...stay.map((whole) => (whole ? ':' : 0))) as TileArray<DType>,
      axes: axes.filter((_, i) => stay[i]),
    };
  });
}

/** A letter that stands twice for an operand means its diagonal. */
function withoutRepeats({ array, axes }: Labelled): Labelled {
  const second = axes.findIndex((l, i) => axes.indexOf(l) < i);
  if (second < 0) return { array, axes };
  const first = axes.indexOf(axes[second]);
  if (array.shape[first] !== array.shape[second])
    throw new RangeError(
      `einsum: axis ${axes[second]} has extents ${array.shape[first]} and ${array.shape[second]}`,
    );
  const rest = axes.filter((_, i) => i !== first && i !== second);
  return withoutRepeats({
    array: diagonal(array, 0, first, second) as TileArray<DType>,
    axes: [...rest, axes[second]],
  });
}

/** The operand summed over the axes that nobody wants any more. */
function summed({ array, axes }: Labelled, isWanted: (letter: string) => boolean): Labelled {
  const gone = axes.flatMap((l, i) => (isWanted(l) ? [] : [i]));
  if (gone.length === 0) return { array, axes };
  return {
    array: sum(array, { axis: gone, dtype: array.dtype }) as TileArray<DType>,
    axes: axes.filter(isWanted),
  };
}

/** Two operands as one, summed over the axes that both have and nobody wants. */
function contractPair(left: Labelled, given: Labelled, wanted: ReadonlySet<string>): Labelled {
  const right = summed(given, (l) => wanted.has(l) || left.axes.includes(l));
  const shared = left.axes.filter((l) => right.axes.includes(l));
  const over = shared.filter((l) => !wanted.has(l));
  const batch = shared.filter((l) => wanted.has(l));
  const [own, others] = [left, right].map(({ axes }) => axes.filter((l) => !shared.includes(l)));
  const axes = [...batch, ...own, ...others];
  const place = ({ axes: have }: Labelled, letters: readonly string[]) => letters.map((l) => have.indexOf(l));
  if (over.length === 0 || left.array.dtype === 'bool') {
    // Broadcast against each other, multiplied and summed in one loop.
    const spread = (side: Labelled) => {
      const letters = [...axes, ...over];
      const present = letters.filter((l) => side.axes.includes(l));
      const ordered = transpose(side.array, place(side, present));
      return ordered.slice(...letters.map((l) => (side.axes.includes(l) ? ':' : 'newaxis')));
    };
    const array = multiply(spread(left), spread(right)) as TileArray<DType>;
    return summed({ array, axes: [...axes, ...over] }, (l) => !over.includes(l));
  }
  if (batch.length === 0)
    return {
      array: tensordot(left.array, right.array, [place(left, over), place(right, over)]) as TileArray<DType>,
      axes,
    };
  const extent = (side: Labelled, letters: readonly string[]) =>
    place(side, letters).map((i) => side.array.shape[i]);
  const lead = extent(left, batch);
  const [m, k, n] = [extent(left, own), extent(left, over), extent(right, others)];
  const a = transpose(left.array, place(left, [...batch, ...own, ...over]));
  const b = transpose(right.array, place(right, [...batch, ...over, ...others]));
  const made = matmul(
    a.reshape([...lead, product(m), product(k)]),
    b.reshape([...lead, product(k), product(n)]),
  ) as TileArray<DType>;
  return { array: made.reshape([...lead, ...m, ...n]), axes };
}
