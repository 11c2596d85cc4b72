import { checkOptions } from '../../engine/known-options.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { type FunctionOptions, type ModuleFunction, specOf } from '../../graph/given-function.js';
import { type DType, isDType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { requireList } from '../nodes/axes.js';
import {
  blockShape,
  boundaries,
  type ChunkSpec,
  type Chunks,
  checkShape,
  isKnown,
  normalizeChunks,
} from '../nodes/chunks.js';
import { mapNode } from '../nodes/elementwise.js';
import { type ArrayNode, boundShape, boundsOf, makeNode, type TasksNode } from '../nodes/node.js';
import type { BlockInfo, InputBlock, MapBlocksCommon, MapBlocksParams } from '../ops/map-blocks.js';
import { withOtherAxes } from './blockwise.js';
import { resultType } from './result-type.js';

/**
 * A function of blocks, run in a thread: it gets a block of each input, then where the output block lies. It fills
 * `info.out.data`, or returns the elements (a typed array, nested lists, or anything with `data`).
 */
export type BlockFunction<
  Inputs extends readonly ArrayInput[] = readonly [TileArray<DType>],
  D extends DType = DType,
> = (
  ...args: [...blocks: { -readonly [K in keyof Inputs]: InputBlock<DTypeOf<Inputs[K]>> }, info: BlockInfo<D>]
) => unknown;

/** How `mapBlocks` calls a function, and what array its results make. */
export interface MapBlocksOptions<D extends DType = DType> extends FunctionOptions {
  /** dtype of the result; default: the first input's. */
  readonly dtype?: D;
  /**
   * Chunks of the result: with inputs, the sizes along each axis of as many blocks as they have, or one number for all blocks
   * of an axis (default: the inputs' chunks); without inputs, as creation functions take them.
   */
  readonly chunks?: ChunkSpec;
  /** Axes of the inputs that the result lacks; all blocks along them come as one. */
  readonly dropAxis?: number | readonly number[];
  /** Axes of the result that the inputs lack; in one block of extent 1, unless `chunks` says more. */
  readonly newAxis?: number | readonly number[];
  /** Shape of the result where there are no inputs. */
  readonly shape?: number | readonly number[];
}

/** The dtype of a result that is given none: that of the first input. */
export type FirstType<Inputs extends readonly ArrayInput[]> = Inputs extends readonly [infer A, ...unknown[]]
  ? DTypeOf<A>
  : Inputs extends readonly []
    ? 'float64'
    : DType;

/**
 * Applies a function to every block (or to the blocks of several arrays that correspond), in the threads. Inputs broadcast; the
 * function gets the block of each, then where the output block lies and its memory, which it fills; or it returns the elements.
 *
 * The function is sent as source text: what it uses from outside itself must be a global of a thread or be named in `captured`.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides; RangeError where `chunks` do not match the
 *   blocks; TypeError where without inputs there is no `shape`
 * @example
 * const rows = arange(6, { chunks: 3 });
 * const numbered = mapBlocks(
 *   (block, info) => {
 *     for (let i = 0; i < block.data.length; i++) info.out.data[i] = block.data[i] + 100 * info.blockIndex[0];
 *   },
 *   [rows],
 * );
 * await numbered.compute(); // [0. 1. 2. 103. 104. 105.]
 * const firsts = mapBlocks(({ data, shape }) => Array.from({ length: shape[0] }, (_, i) => data[i * shape[1]]), [x], { dropAxis: 1 });
 * await firsts.compute(); // [0. 3.]
 */
export function mapBlocks<const Inputs extends readonly ArrayInput[], D extends DType = FirstType<Inputs>>(
  fn: BlockFunction<Inputs, NoInfer<D>> | ModuleFunction,
  inputs: Inputs,
  options: MapBlocksOptions<D> = {},
): TileArray<D> {
  requireList(inputs, 'mapBlocks');
  checkOptions('mapBlocks', options, ['dtype', 'chunks', 'dropAxis', 'newAxis', 'shape', 'captured']);
  const arrays = inputs.map((x) => asarray(x) as TileArray<DType>);
  if (arrays.length > 0 && (options.dropAxis ?? options.newAxis) !== undefined)
    return withOtherAxes('mapBlocks', fn, arrays, options) as TileArray<D>;
  if (arrays.length > 0) return ofBlocks('mapBlocks', fn, arrays, options) as TileArray<D>;
  const dtype = resultType('mapBlocks', options, 'float64');
  return source('mapBlocks', specOf(fn, options), 'blocks', options, dtype) as TileArray<D>;
}

/** A function of the blocks of one array or several. `places` is where functions are told that blocks lie along each axis, unless it is where they do. */
export function ofBlocks(
  label: string,
  fn: unknown,
  arrays: readonly TileArray<DType>[],
  options: MapBlocksOptions,
  places?: readonly (readonly number[])[],
): TileArray<DType> {
  const dtype = resultType(label, options, arrays[0].dtype);
  const spec = specOf(fn, options);
  // Aligning the inputs is what any elementwise function of them would do.
  const aligned: readonly ArrayNode[] =
    arrays.length === 1
      ? [arrays[0].node]
      : mapNode(
          'align',
          arrays.map((a) => a.operand),
          (_, [t]) => t,
        ).inputs.map((o) => o.node);
  const lead = aligned.reduce((a, b) => (b.shape.length > a.shape.length ? b : a));
  const grid = lead.chunks.map((own, axis) => {
    const per = aligned.map((n) => n.chunks[axis - lead.shape.length + n.shape.length]?.length ?? 1);
    return Math.max(own.length, ...per);
  });
  const like =
    aligned.find((n) => n.shape.length === grid.length && n.chunks.every((c, a) => c.length === grid[a])) ??
    lead;
  const chunks = blockSizes(label, options.chunks, grid) ?? like.chunks;
  if (chunks.length !== grid.length || chunks.some((c, a) => c.length !== grid[a]))
    throw new RangeError(
      `${label}: chunks must name as many blocks along each axis as the inputs have (${grid.join(' × ')})`,
    );
  const starts = places ?? chunks.map(boundaries);
  const known = isKnown(chunks);
  const common: MapBlocksCommon = {
    fn: spec,
    form: 'blocks',
    ...(known ? {} : { extents: extentsOf(chunks, aligned) }),
  };
  const node = makeNode<TasksNode>('map-blocks', [spec, dtype, ...(places ? [places] : [])], {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    ...(known ? {} : { bounds: boundsOf(like) }),
    inputs: aligned.map((n) => ({ node: n, part: 0 })),
    task: (coords, key, emit) => ({
      key,
      op: 'array/map-blocks',
      inputs: aligned.map((n) =>
        emit.keyOf(
          n,
          n.chunks.map((c, a) => (c.length === 1 ? 0 : coords[a + grid.length - n.chunks.length])),
        ),
      ),
      params: { blockIndex: coords, start: coords.map((c, a) => starts[a][c]) } satisfies MapBlocksParams,
      common,
      out: [{ dtype, shape: known ? blockShape(chunks, coords) : boundShape(like, coords) }],
    }),
  });
  return new TileArray(node);
}

/** For each axis of unknown chunk sizes the inputs whose blocks tell them, and along which of their axes. */
const extentsOf = (chunks: Chunks, inputs: readonly ArrayNode[]): MapBlocksCommon['extents'] =>
  chunks.map((sizes, axis) =>
    inputs.flatMap((n, input) => {
      const own = axis - chunks.length + n.chunks.length;
      const tells = sizes.some(Number.isNaN) && n.chunks[own]?.some(Number.isNaN);
      return tells ? [[input, own] as const] : [];
    }),
  );

/** Sizes of the blocks of a result, of which there are as many along each axis as `grid` says. */
function blockSizes(label: string, spec: ChunkSpec | undefined, grid: readonly number[]): Chunks | undefined {
  if (spec === undefined) return undefined;
  const perAxis = typeof spec === 'object' ? spec : grid.map(() => spec);
  return perAxis.map((c, axis) => {
    if (typeof c === 'string' || (typeof c === 'number' && !(Number.isInteger(c) && c >= 0)))
      throw new RangeError(`${label}: chunks on axis ${axis} must be block sizes, not ${c}`);
    return typeof c === 'number' ? new Array<number>(grid[axis]).fill(c) : c;
  });
}

function source(
  label: string,
  spec: FunctionSpec,
  form: 'blocks' | 'elements',
  options: { readonly shape?: number | readonly number[]; readonly chunks?: ChunkSpec },
  dtype: DType,
): TileArray<DType> {
  if (options.shape === undefined) throw new TypeError(`${label}: without input arrays, a shape is needed`);
  const shape = checkShape(options.shape);
  const chunks = normalizeChunks(options.chunks ?? 'auto', shape, dtype);
  const starts = chunks.map(boundaries);
  const node = makeNode<TasksNode>(form === 'blocks' ? 'map-blocks' : 'from-function', [spec, dtype, form], {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    inputs: [],
    task: (coords, key) => ({
      key,
      op: 'array/map-blocks',
      inputs: [],
      params: { blockIndex: coords, start: coords.map((c, a) => starts[a][c]) } satisfies MapBlocksParams,
      common: { fn: spec, form },
      out: [{ dtype, shape: blockShape(chunks, coords) }],
    }),
  });
  return new TileArray(node);
}

/**
 * An array whose element at (i, j, …) is `fn(i, j, …)`, evaluated in the threads; float64 unless told. The function is sent as source
 * text: see `mapBlocks`.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides
 * @example
 * await fromFunction((i, j) => 10 * i + j, [2, 3]).compute(); // [[0. 1. 2.] [10. 11. 12.]]
 * const offset = 5;
 * fromFunction((i) => i + offset, [2]); // throws UnshippableFunctionError: Cannot send anonymous function to a thread: it uses offset
 * await fromFunction((i) => i + offset, [2], { captured: { offset } }).compute(); // [5. 6.]
 */
export function fromFunction<D extends DType = 'float64'>(
  fn: ((...position: number[]) => number | bigint | boolean) | ModuleFunction,
  shape: number | readonly number[],
  options: FunctionOptions & { readonly dtype?: D; readonly chunks?: ChunkSpec } = {},
): TileArray<D> {
  const dtype: DType = options.dtype ?? 'float64';
  if (!isDType(dtype)) throw new TypeError(`fromFunction: ${String(dtype)} is not a dtype`);
  return source(
    'fromFunction',
    specOf(fn, options),
    'elements',
    { ...options, shape },
    dtype,
  ) as TileArray<D>;
}
