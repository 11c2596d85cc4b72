/** Arrays joined along an axis. */
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxis, requireList } from '../nodes/axes.js';
import { type Chunks, commonRefinement, isKnown } from '../nodes/chunks.js';
import { type AliasNode, type ArrayNode, boundsOf, makeNode } from '../nodes/node.js';
import { type Promote, promoteAll } from '../nodes/promote.js';
import { rechunkNode } from '../nodes/rechunk.js';
import { expandDims } from '../shape/rearranging.js';

/** The dtype that arrays of several dtypes promote to; floats meet first (see `promoteAll`). */
export type PromoteAll<T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? PromoteFrom<HasFloat<T> extends true ? Promote<'float32', DTypeOf<A>> : DTypeOf<A>, Rest>
  : T extends readonly (infer A)[]
    ? Promote<DTypeOf<A>, DTypeOf<A>>
    : DType;

type PromoteFrom<D extends DType, T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? PromoteFrom<Promote<D, DTypeOf<A>>, Rest>
  : D;

type HasFloat<T extends readonly ArrayInput[]> = T extends readonly [
  infer A,
  ...infer Rest extends readonly ArrayInput[],
]
  ? [DTypeOf<A>] extends ['float32' | 'float64']
    ? true
    : HasFloat<Rest>
  : false;

function sameType(inputs: readonly ArrayInput[], label: string): TileArray<DType>[] {
  requireList(inputs, label);
  if (inputs.length === 0) throw new RangeError(`${label}: needs at least one array`);
  const arrays = inputs.map((x) => asarray(x));
  const dtype = promoteAll(arrays.map((a) => a.dtype));
  return arrays.map((a) => a.astype(dtype));
}

/**
 * Arrays joined along an existing axis, in their promoted dtype. Nothing is copied where chunks agree.
 *
 * @throws RangeError where there are no arrays, or they differ in another axis
 * @example
 * await concatenate([x, [[6, 7, 8]]]).compute(); // [[0. 1. 2.] [3. 4. 5.] [6. 7. 8.]]
 */
export function concatenate<const T extends readonly ArrayInput[]>(
  inputs: T,
  axis = 0,
): TileArray<PromoteAll<T>> {
  const arrays = sameType(inputs, 'concatenate');
  const [first] = arrays;
  const along = normalizeAxis(axis, first.ndim, 'concatenate');
  for (const a of arrays)
    if (a.ndim !== first.ndim || a.shape.some((n, k) => k !== along && !Object.is(n, first.shape[k])))
      throw new RangeError(
        `concatenate: shapes [${first.shape.join(', ')}] and [${a.shape.join(', ')}] differ beside axis ${along}`,
      );
  const full = arrays.filter((a) => a.shape[along] !== 0 || arrays.length === 1);
  const parts = full.length > 0 ? full : [first];
  const common = first.chunks.map((_, k) =>
    k === along ? [] : commonRefinement(parts.map((a) => a.chunks[k])),
  );
  const aligned = parts.map((a) =>
    rechunkNode(
      a.node,
      common.map((c, k) => (k === along ? a.chunks[k] : c)),
    ),
  );
  return new TileArray(aligned.length === 1 ? aligned[0] : concatNode(aligned, along));
}

function concatNode(inputs: readonly ArrayNode[], axis: number): ArrayNode {
  const join = (of: (n: ArrayNode) => Chunks) =>
    of(inputs[0]).map((sizes, a) => (a === axis ? inputs.flatMap((n) => of(n)[a]) : sizes));
  const chunks = join((n) => n.chunks);
  const owner = inputs.flatMap((node) => node.chunks[axis].map((_, block) => ({ node, block })));
  return makeNode<AliasNode>('concatenate', axis, {
    kind: 'alias',
    parts: inputs[0].parts.slice(0, 1),
    chunks,
    ...(isKnown(chunks) ? {} : { bounds: join(boundsOf) }),
    inputs: inputs.map((node) => ({ node, part: 0 })),
    source: (coords) => {
      const { node, block } = owner[coords[axis]];
      return { operand: { node, part: 0 }, coords: coords.map((c, a) => (a === axis ? block : c)) };
    },
  });
}

/**
 * Arrays of one shape joined along a new axis, in their promoted dtype.
 *
 * @throws RangeError where there are no arrays, or their shapes differ
 * @example
 * await stack([[1, 2], [3, 4]], 1).compute(); // [[1. 3.] [2. 4.]]
 */
export function stack<const T extends readonly ArrayInput[]>(inputs: T, axis = 0): TileArray<PromoteAll<T>> {
  const arrays = sameType(inputs, 'stack');
  const [first] = arrays;
  for (const a of arrays)
    if (a.ndim !== first.ndim || a.shape.some((n, k) => !Object.is(n, first.shape[k])))
      throw new RangeError(`stack: shapes [${first.shape.join(', ')}] and [${a.shape.join(', ')}] differ`);
  const along = normalizeAxis(axis, first.ndim + 1, 'stack');
  return concatenate(
    arrays.map((a) => expandDims(a, along)),
    along,
  ) as TileArray<PromoteAll<T>>;
}
