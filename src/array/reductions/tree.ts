import type { DType } from '../../kernels/dtype.js';
import type { Fold } from '../../kernels/spec.js';
import { TileArray } from '../array.js';
import { normalizeAxes } from '../nodes/axes.js';
import { type Chunks, isKnown, product } from '../nodes/chunks.js';
import { combinerOf, partsOf } from '../nodes/combine.js';
import { mapNode } from '../nodes/elementwise.js';
import { Expression, type Term } from '../nodes/expression.js';
import {
  type ArrayNode,
  boundsOf,
  type CombineNode,
  type FoldNode,
  makeNode,
  type Operand,
} from '../nodes/node.js';
import { squeezeNode } from '../nodes/view.js';
import type { ReduceOptions } from './options.js';

/** How many partial results one combining task joins. */
const FAN_IN = 8;
/** So few are joined at once. */
const ALL_AT_ONCE = 16;

export interface Recipe {
  readonly label: string;
  /** What the folds read; all of the array's shape. */
  readonly inputs: readonly Operand[];
  readonly folds: readonly Fold[];
  readonly finish: (e: Expression, parts: readonly Term[]) => Term;
}

/** A reduction as a tree: folds within blocks, combinations of neighbours, and a last expression. */
export function reduce(x: TileArray<DType>, options: ReduceOptions, recipe: Recipe): TileArray<DType> {
  const axes = normalizeAxes(options.axis, x.ndim, recipe.label);
  let node: FoldNode | CombineNode | ReturnType<typeof mapNode> = foldBlocks(x, axes, recipe);
  const folded = (coords: readonly number[]) => product(axes.map((a) => x.chunks[a][coords[a]]));
  let weight = folded;
  for (;;) {
    const blocks = node.chunks.map((sizes, axis) => (axes.includes(axis) ? sizes.length : 1));
    if (product(blocks) === 1) break;
    const group = groupSizes(blocks);
    node = combineBlocks(node, group, recipe, weight);
    const below = weight;
    weight = (coords) => sumOver(coords, group, blocks, below);
  }
  const parts = node.parts.map((_, part): Operand => ({ node, part }));
  const done = mapNode(recipe.label, parts, recipe.finish);
  return new TileArray(options.keepdims ? done : squeezeNode(done, axes));
}

function foldBlocks(x: TileArray<DType>, axes: readonly number[], recipe: Recipe) {
  const shrink = (chunks: Chunks) =>
    chunks.map((sizes, a) => (axes.includes(a) ? sizes.map(() => 1) : sizes));
  if (axes.every((a) => x.chunks[a].every((n) => n === 1)))
    return mapNode(`${recipe.label}-chunk`, recipe.inputs, (e, terms) =>
      recipe.folds.flatMap((f) =>
        combinerOf(f).single(e, terms[f.node], 'index' in f ? terms[f.index] : undefined),
      ),
    );
  return makeNode<FoldNode>(`${recipe.label}-chunk`, [axes, recipe.folds], {
    kind: 'fold',
    parts: recipe.folds.flatMap(partsOf),
    chunks: shrink(x.chunks),
    ...(isKnown(x.chunks) ? {} : { bounds: shrink(boundsOf(x.node)) }),
    inputs: recipe.inputs,
    axes,
    folds: recipe.folds,
  });
}

/** Blocks joined along each axis: all when they are few, else some eight, first along the longest axes. */
function groupSizes(blocks: readonly number[]): number[] {
  if (product(blocks) <= ALL_AT_ONCE) return [...blocks];
  const group = blocks.map(() => 1);
  while (product(group) * 2 <= FAN_IN) {
    const left = blocks.map((n, axis) => n / group[axis]);
    group[left.indexOf(Math.max(...left))] *= 2;
  }
  return group;
}

function combineBlocks(
  node: FoldNode | CombineNode | ReturnType<typeof mapNode>,
  group: readonly number[],
  recipe: Recipe,
  weight: (coords: readonly number[]) => number,
): CombineNode {
  const join = (chunks: Chunks) =>
    chunks.map((sizes, axis) =>
      group[axis] === 1 ? sizes : new Array<number>(Math.ceil(sizes.length / group[axis])).fill(1),
    );
  return makeNode<CombineNode>(`${recipe.label}-combine`, [group, recipe.folds], {
    kind: 'combine',
    parts: node.parts,
    chunks: join(node.chunks),
    ...(node.bounds ? { bounds: join(node.bounds) } : {}),
    inputs: node.parts.map((_, part) => ({ node, part })),
    group,
    build: (count) => joinPartials(node.parts, recipe.folds, count),
    weight,
  });
}

function joinPartials(parts: readonly DType[], folds: readonly Fold[], count: number) {
  const e = new Expression();
  const members = Array.from({ length: count }, (_, k) =>
    parts.map((dtype, p) => e.input(k * parts.length + p, dtype)),
  );
  let first = 0;
  const results = folds.flatMap((fold) => {
    const own = partsOf(fold).length;
    const mine = members.map((m) => m.slice(first, first + own));
    first += own;
    return combinerOf(fold).join(e, mine);
  });
  return { nodes: e.nodes, results: results.map((t) => t.at) };
}

function sumOver(
  coords: readonly number[],
  group: readonly number[],
  blocks: readonly number[],
  below: (coords: readonly number[]) => number,
): number {
  let total = 0;
  const at = coords.map((c, axis) => c * group[axis]);
  const visit = (axis: number): void => {
    if (axis === at.length) {
      total += below(at);
      return;
    }
    const from = coords[axis] * group[axis];
    const to = group[axis] === 1 ? from + 1 : Math.min(from + group[axis], blocks[axis]);
    for (at[axis] = from; at[axis] < to; at[axis]++) visit(axis + 1);
    at[axis] = from;
  };
  visit(0);
  return total;
}

/** Elements behind each result, where all sizes are known; undefined where only a count can tell. */
export function countOf(x: TileArray<DType>, options: ReduceOptions, label: string): number | undefined {
  const count = product(normalizeAxes(options.axis, x.ndim, label).map((a) => x.shape[a]));
  return Number.isNaN(count) ? undefined : count;
}

export const cast = (x: TileArray<DType>, dtype: DType): Operand =>
  x.dtype === dtype ? x.operand : whole(mapNode('astype', [x.operand], (e, [a]) => e.cast(a, dtype)));

export const whole = (node: ArrayNode): Operand => ({ node, part: 0 });
