import { checkOptions } from '../../engine/known-options.js';
import { type DType, itemsize } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { blocksOf, gridOf, product } from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import { type ArrayNode, boundShape, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import { workOf } from '../nodes/work.js';
import type { UniqueCommon } from '../ops/unique.js';
import { searchsorted } from './searching.js';

/** How many partial results are merged at once. */
const GROUP = 8;

type Values<A extends ArrayInput> = TileArray<DTypeOf<A>>;
type Positions = TileArray<'int64'>;

/** What `unique` tells of the values beside them. */
export interface UniqueOptions<Inverse extends boolean = boolean, Counts extends boolean = boolean> {
  /** Whether to tell, for each element of the array, which of the values it is. */
  readonly returnInverse?: Inverse;
  /** Whether to tell how often each value occurs. */
  readonly returnCounts?: Counts;
}

/**
 * The values of an array's elements, ascending, each once; NaN last. How many they are is known once computed: the result is one block of
 * unknown size (see `computeChunkSizes`), for which memory is asked as if all elements differed (of bool and of integers of 8 and 16 bits: as if
 * all values occurred). With options a list: the values, then where each element's is among them, then how often each occurs.
 *
 * @example
 * await unique([3, 1, 3, 2]).compute(); // [1. 2. 3.]
 * const [values, counts] = unique([3, 1, 3], { returnCounts: true });
 * await counts.compute(); // [1 2]
 * const [, inverse] = unique([30, 10, 30], { returnInverse: true });
 * await inverse.compute(); // [1 0 1]
 */
export function unique<A extends ArrayInput>(x: A, options?: UniqueOptions<false, false>): Values<A>;
export function unique<A extends ArrayInput>(
  x: A,
  options: UniqueOptions<false, true> & { readonly returnCounts: true },
): readonly [values: Values<A>, counts: Positions];
export function unique<A extends ArrayInput>(
  x: A,
  options: UniqueOptions<true, false> & { readonly returnInverse: true },
): readonly [values: Values<A>, inverse: Positions];
export function unique<A extends ArrayInput>(
  x: A,
  options: Required<UniqueOptions<true, true>>,
): readonly [values: Values<A>, inverse: Positions, counts: Positions];
export function unique(
  x: ArrayInput,
  options: UniqueOptions = {},
): TileArray<DType> | readonly TileArray<DType>[] {
  checkOptions('unique', options, ['returnInverse', 'returnCounts']);
  const { returnInverse = false, returnCounts = false } = options;
  const array = asarray(x) as TileArray<DType>;
  let node = ofBlocks(array.node, returnCounts);
  while (node.chunks[0].length > 1) node = merged(node);
  const [values, counts] = node.parts.map((_, part) => new TileArray(partOf(node, part)));
  if (!returnInverse && !returnCounts) return values;
  return [
    values,
    ...(returnInverse ? [searchsorted(values, array) as TileArray<DType>] : []),
    ...(returnCounts ? [counts] : []),
  ];
}

const partOf = (node: ArrayNode, part: number): ArrayNode =>
  node.parts.length === 1 ? node : mapNode('unique', [{ node, part }], (_, [element]) => element);

/** The values of each block, in a block of its own. */
function ofBlocks(input: ArrayNode, counted: boolean): ArrayNode {
  const blocks = [...blocksOf(gridOf(input.chunks))].map((coords) => [coords]);
  const sizes = blocks.map(([coords]) => product(boundShape(input, coords)));
  const [dtype] = input.parts;
  return runsNode(input, blocks, sizes, counted ? [dtype, 'int64'] : [dtype], { merges: false });
}

/** Some neighbouring blocks of values become one. */
function merged(input: ArrayNode): ArrayNode {
  const [bounds] = boundsOf(input);
  const groups = Array.from({ length: Math.ceil(bounds.length / GROUP) }, (_, g) =>
    bounds.slice(g * GROUP, (g + 1) * GROUP),
  );
  const blocks = groups.map((group, g) => group.map((_, i) => [g * GROUP + i]));
  const sizes = groups.map((group) => group.reduce((a, b) => a + b, 0));
  return runsNode(input, blocks, sizes, input.parts, { merges: true });
}

/** How many values there are of a dtype. */
const mostOf = (dtype: DType): number =>
  dtype === 'bool' ? 2 : itemsize(dtype) > 2 ? Number.POSITIVE_INFINITY : 2 ** (8 * itemsize(dtype));

/** For each list of blocks of the input, a block of the values in them, of which there are `sizes` at most. */
function runsNode(
  input: ArrayNode,
  blocks: readonly (readonly (readonly number[])[])[],
  sizes: readonly number[],
  parts: readonly DType[],
  common: UniqueCommon,
): ArrayNode {
  const most = mostOf(parts[0]);
  const bounds = sizes.map((n) => Math.min(n, most));
  return makeNode<TasksNode>('unique', common, {
    kind: 'tasks',
    parts,
    chunks: [sizes.map(() => Number.NaN)],
    bounds: [bounds],
    inputs: [{ node: input, part: 0 }],
    task: ([block], key, emit) => {
      const out = parts.map((dtype) => ({ dtype, shape: [bounds[block]] }));
      return {
        key,
        op: 'array/unique',
        inputs: blocks[block].map((coords) => emit.keyOf(input, coords)),
        params: null,
        common,
        out,
        work: workOf(sizes[block], 10 * Math.ceil(Math.log2(sizes[block] + 2)), out),
      };
    },
  });
}
