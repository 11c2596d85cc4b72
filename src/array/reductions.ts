import { type DType, isDType, kindOf } from '../kernels/dtype.js';
import type { Fold } from '../kernels/spec.js';
import { type ArrayInput, asarray, type DTypeOf, TileArray } from './array.js';
import { normalizeAxes } from './axes.js';
import { checkIndexNode } from './check-index.js';
import { type Chunks, isKnown, product } from './chunks.js';
import { combinerOf, partsOf } from './combine.js';
import { mapNode } from './elementwise.js';
import { Expression, type Term } from './expression.js';
import {
  type ArrayNode,
  boundsOf,
  type CombineNode,
  type FoldNode,
  type IotaNode,
  makeNode,
  type Operand,
} from './node.js';
import { type MeanOf, meanOf, type SumOf, sumOf } from './promote.js';
import { elementwise } from './ufuncs.js';
import { squeezeNode } from './view.js';

/** Which axes to reduce (none: all), and whether they stay with extent 1. */
export interface ReduceOptions {
  readonly axis?: number | readonly number[] | null;
  readonly keepdims?: boolean;
}
export interface SumOptions extends ReduceOptions {
  /** dtype to sum in and to return. */
  readonly dtype?: DType;
}
export interface MeanOptions extends ReduceOptions {
  /** dtype to return, a float one (default: float64, or float32 of float32). */
  readonly dtype?: 'float32' | 'float64';
}
export interface VarOptions extends MeanOptions {
  /** The divisor is the number of elements less this. */
  readonly ddof?: number;
}
export type AxisArgument<O extends ReduceOptions = ReduceOptions> = number | readonly number[] | null | O;

function optionsOf<O extends ReduceOptions>(axis: AxisArgument<O> | undefined, keepdims?: boolean): O {
  const options = typeof axis === 'object' && axis !== null && !Array.isArray(axis) ? axis : { axis };
  return (keepdims === undefined ? options : { ...options, keepdims }) as O;
}

/** How many partial results one combining task joins. */
const FAN_IN = 8;
/** So few are joined at once. */
const ALL_AT_ONCE = 16;

interface Recipe {
  readonly label: string;
  /** What the folds read; all of the array's shape. */
  readonly inputs: readonly Operand[];
  readonly folds: readonly Fold[];
  readonly finish: (e: Expression, parts: readonly Term[]) => Term;
}

/** A reduction as a tree: folds within blocks, combinations of neighbours, and a last expression. */
function reduce(x: TileArray<DType>, options: ReduceOptions, recipe: Recipe): TileArray<DType> {
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
function countOf(x: TileArray<DType>, options: ReduceOptions, label: string): number | undefined {
  const count = product(normalizeAxes(options.axis, x.ndim, label).map((a) => x.shape[a]));
  return Number.isNaN(count) ? undefined : count;
}

const cast = (x: TileArray<DType>, dtype: DType): Operand =>
  x.dtype === dtype ? x.operand : whole(mapNode('astype', [x.operand], (e, [a]) => e.cast(a, dtype)));

const whole = (node: ArrayNode): Operand => ({ node, part: 0 });

/** float32 adds up in float64, so that long sums are no worse than NumPy's. */
const accumulator = (dtype: DType): DType => (dtype === 'float32' ? 'float64' : dtype);

function total(label: 'sum' | 'prod', x: TileArray<DType>, options: SumOptions): TileArray<DType> {
  if (options.dtype !== undefined && !isDType(options.dtype))
    throw new TypeError(`${label}: ${String(options.dtype)} is not a dtype`);
  const dtype = options.dtype ?? sumOf(x.dtype);
  const inner = accumulator(dtype);
  const input = cast(options.dtype ? new TileArray(cast(x, dtype).node) : x, inner);
  return reduce(x, options, {
    label,
    inputs: [input],
    folds: [{ kind: 'fold', fold: label, node: 0, dtype: inner }],
    finish: (e, [t]) => e.cast(t, dtype),
  });
}

/** Sum of elements. Whole numbers and bool add up in int64 or uint64, and wrap around there. */
export function sum<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<SumOptions>,
  keepdims?: boolean,
): TileArray<SumOf<DTypeOf<A>>> {
  return total('sum', asarray(x), optionsOf(axis, keepdims)) as TileArray<SumOf<DTypeOf<A>>>;
}

/** Product of elements, in the dtypes of `sum`. */
export function prod<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<SumOptions>,
  keepdims?: boolean,
): TileArray<SumOf<DTypeOf<A>>> {
  return total('prod', asarray(x), optionsOf(axis, keepdims)) as TileArray<SumOf<DTypeOf<A>>>;
}

function meanType(label: string, x: TileArray<DType>, { dtype }: MeanOptions): DType {
  if (dtype !== undefined && dtype !== 'float32' && dtype !== 'float64')
    throw new TypeError(`${label}: dtype ${String(dtype)} must be float32 or float64`);
  return dtype ?? meanOf(x.dtype);
}

/** Arithmetic mean; float64, or float32 of float32. Of nothing: NaN. */
export function mean<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<MeanOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  const array = asarray(x);
  const options = optionsOf(axis, keepdims);
  const n = countOf(array, options, 'mean');
  const dtype = meanType('mean', array, options);
  const input = cast(array, 'float64');
  const counted = n === undefined ? [onesLike(array)] : [];
  return reduce(array, options, {
    label: 'mean',
    inputs: [input, ...counted],
    folds: [sumFold(0), ...counted.map((_, k) => sumFold(k + 1))],
    finish: (e, [t, count]) => e.cast(e.call('divide', [t, count ?? e.constant(n!, 'float64')]), dtype),
  }) as TileArray<MeanOf<DTypeOf<A>>>;
}

const sumFold = (node: number): Fold => ({ kind: 'fold', fold: 'sum', node, dtype: 'float64' });

const onesLike = (x: TileArray<DType>): Operand =>
  whole(mapNode('ones', [x.operand], (e) => e.constant(1, 'float64')));

/** Variance: the mean squared deviation, `ddof` less in the divisor. Accurate where mean ≫ deviation. */
export function variance<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<VarOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  return spread('var', asarray(x), optionsOf(axis, keepdims)) as TileArray<MeanOf<DTypeOf<A>>>;
}

/** Standard deviation: the square root of the variance. */
export function std<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<VarOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  return spread('std', asarray(x), optionsOf(axis, keepdims)) as TileArray<MeanOf<DTypeOf<A>>>;
}

function spread(label: 'var' | 'std', x: TileArray<DType>, options: VarOptions): TileArray<DType> {
  const n = countOf(x, options, label);
  const ddof = options.ddof ?? 0;
  const input = cast(x, 'float64');
  const moments: Fold = { kind: 'fold', fold: 'moments', node: 0, dtype: 'float64' };
  const counted: Fold = { kind: 'fold', fold: 'nanmoments', node: 0, dtype: 'float64' };
  const dtype = meanType(label, x, options);
  const root = (e: Expression, v: Term) => e.cast(label === 'std' ? e.call('sqrt', [v]) : v, dtype);
  if (n !== undefined)
    return reduce(x, options, {
      label,
      inputs: [input],
      folds: [moments],
      finish: (e, [, m2]) => root(e, e.call('divide', [m2, e.constant(Math.max(n - ddof, 0), 'float64')])),
    });
  // Sizes unknown: the elements are counted with them, and a NaN sum brings NaN back in.
  return reduce(x, options, {
    label,
    inputs: [input],
    folds: [counted, sumFold(0)],
    finish: (e, [count, , m2, plain]) => {
      const zero = e.constant(0, 'float64');
      const divisor = e.call('maximum', [e.call('subtract', [count, e.constant(ddof, 'float64')]), zero]);
      return root(e, e.call('add', [e.call('divide', [m2, divisor]), e.call('multiply', [plain, zero])]));
    },
  });
}

function extreme(
  label: 'min' | 'max',
  x: TileArray<DType>,
  options: ReduceOptions,
  nan = false,
): TileArray<DType> {
  refuseEmpty(label, x, options);
  const bool = x.dtype === 'bool';
  const plain = bool ? (label === 'min' ? 'all' : 'any') : label;
  const fold = nan && kindOf(x.dtype) === 'float' ? (`f${label}` as 'fmin' | 'fmax') : plain;
  return reduce(x, options, {
    label: nan ? `nan${label}` : label,
    inputs: [x.operand],
    folds: [{ kind: 'fold', fold, node: 0, dtype: x.dtype }],
    finish: (_, [t]) => t,
  });
}

function refuseEmpty(label: string, x: TileArray<DType>, options: ReduceOptions): void {
  if (countOf(x, options, label) === 0)
    throw new RangeError(
      `${label} of nothing: the reduced axes of shape [${x.shape.join(', ')}] hold no elements`,
    );
}

/** Least element; NaN where there is one. */
export function min<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument,
  keepdims?: boolean,
): TileArray<DTypeOf<A>> {
  return extreme('min', asarray(x), optionsOf(axis, keepdims)) as TileArray<DTypeOf<A>>;
}

/** Greatest element; NaN where there is one. */
export function max<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument,
  keepdims?: boolean,
): TileArray<DTypeOf<A>> {
  return extreme('max', asarray(x), optionsOf(axis, keepdims)) as TileArray<DTypeOf<A>>;
}

function truth(fold: 'any' | 'all', x: TileArray<DType>, options: ReduceOptions): TileArray<'bool'> {
  return reduce(x, options, {
    label: fold,
    inputs: [cast(x, 'bool')],
    folds: [{ kind: 'fold', fold, node: 0, dtype: 'bool' }],
    finish: (_, [t]) => t,
  }) as TileArray<'bool'>;
}

/** Whether any element is not zero. */
export function any(x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'bool'> {
  return truth('any', asarray(x), optionsOf(axis, keepdims));
}

/** Whether all elements are not zero. */
export function all(x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'bool'> {
  return truth('all', asarray(x), optionsOf(axis, keepdims));
}

type ArgFold = 'argmin' | 'argmax' | 'nanargmin' | 'nanargmax';

function position(fold: ArgFold, x: TileArray<DType>, options: ReduceOptions): TileArray<'int64'> {
  if (Array.isArray(options.axis))
    throw new TypeError(`${fold} takes one axis, or none for the position in the flattened array`);
  refuseEmpty(fold, x, options);
  const value = x.dtype === 'bool' ? cast(x, 'uint8') : x.operand;
  const index = flatIndex(x, normalizeAxes(options.axis, x.ndim, fold));
  const found = reduce(x, options, {
    label: fold,
    inputs: [value, index],
    folds: [{ kind: 'fold', fold, node: 0, index: 1, dtype: value.node.parts[value.part] }],
    finish: (_, [, at]) => at,
  });
  const mayMiss = fold.startsWith('nan') && kindOf(x.dtype) === 'float';
  return (mayMiss ? new TileArray(checkIndexNode(found.node, fold)) : found) as TileArray<'int64'>;
}

/** For each element, its position within the reduced axes in C order. */
function flatIndex(x: TileArray<DType>, axes: readonly number[]): Operand {
  if (!isKnown(axes.map((a) => x.chunks[a])))
    throw new Error('positions need known chunk sizes; call computeChunkSizes() first');
  const iotas = axes.map((axis): Operand => ({ node: iotaNode(x.chunks, axis), part: 0 }));
  if (axes.length === 0) return whole(mapNode('index', [x.operand], (e) => e.constant(0, 'int64')));
  if (axes.length === 1) return iotas[0];
  return whole(
    mapNode('index', iotas, (e, terms) =>
      terms.reduce((flat, t, k) =>
        e.call('add', [e.call('multiply', [flat, e.constant(x.shape[axes[k]], 'int64')]), t]),
      ),
    ),
  );
}

/** Positions along an axis of an array with these chunks. */
export function iotaNode(chunks: Chunks, axis: number): IotaNode {
  return makeNode<IotaNode>('index', axis, { kind: 'iota', parts: ['int64'], chunks, inputs: [], axis });
}

/** Position of the first least element (NaN counts as least), along `axis` or in the flattened array. */
export const argmin = (x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'int64'> =>
  position('argmin', asarray(x), optionsOf(axis, keepdims));
/** Position of the first greatest element (NaN counts as greatest). */
export const argmax = (x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'int64'> =>
  position('argmax', asarray(x), optionsOf(axis, keepdims));
/** Position of the first least element that is not NaN; computing it fails where there is none. */
export const nanargmin = (x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'int64'> =>
  position('nanargmin', asarray(x), optionsOf(axis, keepdims));
/** Position of the first greatest element that is not NaN; computing it fails where there is none. */
export const nanargmax = (x: ArrayInput, axis?: AxisArgument, keepdims?: boolean): TileArray<'int64'> =>
  position('nanargmax', asarray(x), optionsOf(axis, keepdims));

/** The array with NaN replaced, so that plain folds pass over it. */
function without(x: TileArray<DType>, value: number): TileArray<DType> {
  if (kindOf(x.dtype) !== 'float') return x;
  return elementwise('nan_to', [x], x.dtype, (e, [a]) =>
    e.call('where', [e.isnan(a), e.constant(value, x.dtype), a]),
  );
}

/** Sum of elements that are not NaN. */
export function nansum<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<SumOptions>,
  keepdims?: boolean,
): TileArray<SumOf<DTypeOf<A>>> {
  return total('sum', without(asarray(x), 0), optionsOf(axis, keepdims)) as TileArray<SumOf<DTypeOf<A>>>;
}

/** Product of elements that are not NaN. */
export function nanprod<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<SumOptions>,
  keepdims?: boolean,
): TileArray<SumOf<DTypeOf<A>>> {
  return total('prod', without(asarray(x), 1), optionsOf(axis, keepdims)) as TileArray<SumOf<DTypeOf<A>>>;
}

/** Mean of elements that are not NaN; NaN where all are. */
export function nanmean<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<MeanOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  const array = asarray(x);
  if (kindOf(array.dtype) !== 'float') return mean(x, axis, keepdims);
  const options = optionsOf(axis, keepdims);
  const dtype = meanType('nanmean', array, options);
  const valid = mapNode('valid', [array.operand], (e, [a]) =>
    e.cast(e.call('invert', [e.isnan(a)], 'bool'), 'float64'),
  );
  return reduce(array, options, {
    label: 'nanmean',
    inputs: [cast(without(array, 0), 'float64'), { node: valid, part: 0 }],
    folds: [sumFold(0), sumFold(1)],
    finish: (e, [t, count]) => e.cast(e.call('divide', [t, count]), dtype),
  }) as TileArray<MeanOf<DTypeOf<A>>>;
}

function nanspread(label: 'var' | 'std', x: TileArray<DType>, options: VarOptions): TileArray<DType> {
  if (kindOf(x.dtype) !== 'float') return spread(label, x, options);
  const dtype = meanType(label, x, options);
  const found = reduce(x, options, {
    label: `nan${label}`,
    inputs: [cast(x, 'float64')],
    folds: [{ kind: 'fold', fold: 'nanmoments', node: 0, dtype: 'float64' }],
    finish: (e, [count, , m2]) => {
      const degrees = e.call('subtract', [count, e.constant(options.ddof ?? 0, 'float64')]);
      const enough = e.call('greater', [degrees, e.constant(0, 'float64')], 'bool');
      const value = e.call('where', [
        enough,
        e.call('divide', [m2, degrees]),
        e.constant(Number.NaN, 'float64'),
      ]);
      return e.cast(label === 'std' ? e.call('sqrt', [value]) : value, dtype);
    },
  });
  return found;
}

/** Variance of elements that are not NaN. */
export function nanvar<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<VarOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  return nanspread('var', asarray(x), optionsOf(axis, keepdims)) as TileArray<MeanOf<DTypeOf<A>>>;
}

/** Standard deviation of elements that are not NaN. */
export function nanstd<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument<VarOptions>,
  keepdims?: boolean,
): TileArray<MeanOf<DTypeOf<A>>> {
  return nanspread('std', asarray(x), optionsOf(axis, keepdims)) as TileArray<MeanOf<DTypeOf<A>>>;
}

/** Least element that is not NaN; NaN where all are. */
export function nanmin<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument,
  keepdims?: boolean,
): TileArray<DTypeOf<A>> {
  return extreme('min', asarray(x), optionsOf(axis, keepdims), true) as TileArray<DTypeOf<A>>;
}

/** Greatest element that is not NaN; NaN where all are. */
export function nanmax<A extends ArrayInput>(
  x: A,
  axis?: AxisArgument,
  keepdims?: boolean,
): TileArray<DTypeOf<A>> {
  return extreme('max', asarray(x), optionsOf(axis, keepdims), true) as TileArray<DTypeOf<A>>;
}
