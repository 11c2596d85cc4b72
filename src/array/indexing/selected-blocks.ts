import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { type Chunks, gridOf, isKnown } from '../nodes/chunks.js';
import { type AliasNode, type ArrayNode, boundsOf, makeNode } from '../nodes/node.js';
import { parseSlices, type SliceArgument } from './slicing.js';

/** Which blocks along an axis: a subscript as `slice` takes it, or a list of whole numbers. */
export type BlockSubscript = Exclude<SliceArgument, null> | readonly number[];

/**
 * The array that some of the blocks make: for each axis which of those along it, by a number, a slice or a list; all axes stay. What Dask writes as `x.blocks[0, 1:]`. Nothing
 * is copied, and chunk sizes may be unknown.
 *
 * @throws RangeError where there is no such block, or there are more subscripts than axes; SyntaxError for anything that is no subscript
 * @example
 * const cut = x.rechunk([1, 2]);
 * await blocks(cut, 1).compute(); // [[3. 4. 5.]]
 * await blocks(cut, ':', -1).compute(); // [[2.] [5.]]
 * await blocks(cut, [1, 0], 0).compute(); // [[3. 4.] [0. 1.]]
 */
export function blocks<A extends ArrayInput>(
  x: A,
  ...subscripts: readonly BlockSubscript[]
): TileArray<DTypeOf<A>> {
  const array = asarray(x) as TileArray<DType>;
  if (subscripts.length > array.ndim)
    throw new RangeError(`blocks: ${subscripts.length} subscripts for ${array.ndim} axes`);
  const chosen = gridOf(array.chunks).map((count, axis) => chosenAlong(subscripts[axis] ?? ':', count, axis));
  return new TileArray<DTypeOf<A>>(chosenNode(array.node, chosen));
}

/** The numbers of the blocks that a subscript chooses, of so many along an axis. */
function chosenAlong(subscript: BlockSubscript, count: number, axis: number): readonly number[] {
  const list = Array.isArray(subscript)
    ? subscript.map((at) => inGrid(at, count, axis))
    : sliced(subscript as string | number | bigint, count, axis);
  if (list.length === 0) throw new RangeError(`blocks: no block is chosen along axis ${axis}`);
  return list;
}

function sliced(subscript: string | number | bigint, count: number, axis: number): readonly number[] {
  if (typeof subscript !== 'string') return [inGrid(Number(subscript), count, axis)];
  const [slice] = subscript.includes('...') ? [{ kind: 'new' } as const] : parseSlices([subscript], [count]);
  if (slice.kind === 'new')
    throw new RangeError(
      `blocks: '${subscript}' chooses no blocks along one axis; write ':' for all of them`,
    );
  if (slice.kind === 'at') return [slice.position];
  return Array.from({ length: slice.count }, (_, i) => slice.start + i * slice.step);
}

function inGrid(at: number, count: number, axis: number): number {
  if (!Number.isInteger(at) || at < -count || at >= count)
    throw new RangeError(`blocks: there is no block ${at} along axis ${axis}, which has ${count}`);
  return at < 0 ? at + count : at;
}

function chosenNode(input: ArrayNode, chosen: readonly (readonly number[])[]): ArrayNode {
  const of = (sizes: Chunks) => sizes.map((own, a) => chosen[a].map((block) => own[block]));
  const chunks = of(input.chunks);
  return makeNode<AliasNode>('blocks', chosen, {
    kind: 'alias',
    parts: input.parts.slice(0, 1),
    chunks,
    ...(isKnown(chunks) ? {} : { bounds: of(boundsOf(input)) }),
    inputs: [{ node: input, part: 0 }],
    source: (coords) => ({
      operand: { node: input, part: 0 },
      coords: coords.map((c, a) => chosen[a][c]),
    }),
  });
}
