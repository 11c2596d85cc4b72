import type { Engine } from '../../engine/engine.js';
import type { Result } from '../../engine/op.js';
import { order } from '../../graph/order.js';
import type { Key } from '../../graph/task.js';
import { allocate, type DType, type TypedArray } from '../../kernels/dtype.js';
import {
  engineFor,
  type Family,
  type Lazy,
  type LazyCompute,
  type LazyInput,
  type Output,
} from '../../lazy/index.js';
import type { TileArray } from '../array.js';
import { type Lowered, lower, lowerInPieces, type Wanted } from '../lower/lower.js';
import { type NDArray, toNdarray } from '../ndarray.js';
import { blockShape, blocksOf, boundaries, gridOf, isKnown, product } from '../nodes/chunks.js';
import { type ArrayNode, blockKey } from '../nodes/node.js';
import { copyBox } from '../ops/gather.js';
import { heldArray } from './handle.js';

/** What a computation takes: an engine (default: the process's own), an AbortSignal, retries, a priority, a progress callback. */
export type ArrayCompute = LazyCompute;

/**
 * What computing an array gives: the elements, or the one element of a 0-dimensional array. The compiler does not count axes, so
 * say which where it cannot know: `(await x.mean(0).compute()) as NDArray`.
 */
export type Computed<D extends DType> = NDArray<D> | ElementOf<D>;
/** An element of a dtype in JavaScript. */
export type ElementOf<D extends DType> = D extends 'bool'
  ? boolean
  : D extends 'int64' | 'uint64'
    ? number | bigint
    : number;

/** The graph of some arrays, all their blocks wanted. */
export const graphOf = (arrays: readonly TileArray<DType>[]): Lowered => lower(blocksIn(arrays));

const blocksIn = (arrays: readonly TileArray<DType>[]): Wanted[] =>
  arrays.flatMap(({ node }) => [...blocksOf(gridOf(node.chunks))].map((coords) => ({ node, coords })));

/** Arrays as computations see them: lowered together, so that they share blocks and loops. */
export const arrayFamily: Family = {
  *plan(lazies) {
    const arrays = lazies as unknown as readonly TileArray<DType>[];
    const { graph, keys } = yield* lowerInPieces(blocksIn(arrays));
    let next = 0;
    const outputs = arrays.map((array) => {
      const places = new Map<Key, (readonly number[])[]>();
      for (const coords of blocksOf(gridOf(array.chunks))) {
        const key = keys[next++];
        const list = places.get(key);
        if (list) list.push(coords);
        else places.set(key, [coords]);
      }
      return new ArrayOutput(array, places);
    });
    return { graph, outputs };
  },
};

/** An array as an input of a task: one block. Its graph is made at once, so that its key is known. */
export function arrayInput(array: TileArray<DType>): LazyInput {
  const { graph, keys } = graphOf([array.rechunk(-1) as TileArray<DType>]);
  const tasks = [...graph.values()];
  const { engine } = array.node;
  return { key: keys[0], ...(array.ndim === 0 && { as: 'element' }), engine, inputs: [], tasks: () => tasks };
}

/** Collects the blocks of one array into one run of memory. */
class ArrayOutput implements Output {
  readonly reserve: number;
  private readonly data: TypedArray | undefined;
  private readonly starts: readonly (readonly number[])[];
  /** Blocks of an array with unknown sizes, kept until all are there. */
  private readonly pieces = new Map<string, { shape: readonly number[]; data: TypedArray }>();

  constructor(
    private readonly array: TileArray<DType>,
    private readonly places: ReadonlyMap<Key, readonly (readonly number[])[]>,
  ) {
    const known = isKnown(array.chunks);
    const bytes = known ? array.nbytes : 0;
    if (bytes > 2 ** 33)
      throw new RangeError(
        `a result of ${(bytes / 2 ** 30).toFixed(1)} GiB (shape [${array.shape.join(', ')}]) is too large for one NDArray; write it with toZarr, or reduce it first`,
      );
    this.reserve = bytes;
    this.data = known ? allocate(array.dtype, array.size) : undefined;
    this.starts = array.chunks.map(boundaries);
  }

  get keys(): readonly Key[] {
    return [...this.places.keys()];
  }

  put(key: Key, result: Result): void {
    for (const coords of this.places.get(key)!) this.putAt(coords, result);
  }

  private putAt(coords: readonly number[], result: Result): void {
    if (!('blocks' in result)) throw new TypeError(`${this.array.name}: a block of the result is no block`);
    const [block] = result.blocks;
    if (!this.data) {
      this.pieces.set(coords.join(), { shape: block.shape, data: block.data.slice() as TypedArray });
      return;
    }
    const target = { dtype: this.array.dtype, shape: this.array.shape, data: this.data };
    const to = coords.map((c, axis) => this.starts[axis][c]);
    copyBox(
      block,
      to.map(() => 0),
      target,
      to,
      blockShape(this.array.chunks, coords),
    );
  }

  async value(): Promise<NDArray | number | bigint | boolean> {
    const { dtype, chunks } = this.array;
    if (this.data) {
      if (this.array.ndim === 0) return scalarOf(dtype, this.data[0]);
      return toNdarray(dtype, this.array.shape, this.data);
    }
    const sizes = chunks.map((c, axis) =>
      c.map((_, i) => this.pieces.get(chunks.map((_c, a) => (a === axis ? i : 0)).join())!.shape[axis]),
    );
    const shape = sizes.map((c) => c.reduce((a, b) => a + b, 0));
    const data = allocate(dtype, product(shape));
    const starts = sizes.map(boundaries);
    for (const coords of blocksOf(gridOf(sizes))) {
      const piece = { dtype, ...this.pieces.get(coords.join())! };
      const to = coords.map((c, axis) => starts[axis][c]);
      const wanted = blockShape(sizes, coords);
      if (wanted.some((n, axis) => n !== piece.shape[axis]))
        throw new RangeError(
          `${this.array.name}: blocks of shapes [${wanted.join(', ')}] and [${piece.shape.join(', ')}] do not line up: arrays of unknown chunk sizes come from different selections; call computeChunkSizes() on each first`,
        );
      copyBox(
        piece,
        to.map(() => 0),
        { dtype, shape, data },
        to,
        piece.shape,
      );
    }
    return toNdarray(dtype, shape, data);
  }

  held(engine: Engine): Lazy {
    const { chunks, bounds, parts } = this.array.node;
    const mine = new Map<string, Key>();
    for (const [key, list] of this.places) for (const coords of list) mine.set(coords.join(), key);
    const keys = [...blocksOf(gridOf(chunks))].map((coords) => mine.get(coords.join())!);
    return heldArray({ dtype: parts[0]!, chunks, ...(bounds && { bounds }), keys }, engine);
  }
}

function scalarOf(dtype: DType, value: number | bigint): number | bigint | boolean {
  if (dtype === 'bool') return value !== 0;
  if (typeof value !== 'bigint') return value;
  return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
}

/** Computes the blocks of a node for their shapes only. */
export async function shapesOfBlocks(
  node: ArrayNode,
  options: ArrayCompute = {},
): Promise<(coords: readonly number[]) => readonly number[]> {
  const engine = engineFor(options.engine, node.engine);
  const grid = gridOf(node.chunks);
  const wanted = [...blocksOf(grid)];
  const lowered = lower(wanted.map((coords) => ({ node, coords })));
  const graph = new Map(lowered.graph);
  const ask = wanted.map((coords, i) => {
    const key = `shape-${blockKey(node, coords)}`;
    graph.set(key, { key, op: 'array/shape', inputs: [lowered.keys[i]], params: null, work: 1 });
    return key;
  });
  using results = await engine.run(graph, ask, { priorities: order(graph, ask) });
  const shapes = new Map(
    wanted.map((coords, i) => {
      const result = results.get(ask[i]);
      return [coords.join(), ('value' in result ? result.value : []) as readonly number[]];
    }),
  );
  return (coords) => shapes.get(coords.join())!;
}
