import { defaultEngine } from '../engine/default.js';
import type { ComputeOptions, Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import { order } from '../graph/order.js';
import type { Key } from '../graph/task.js';
import { allocate, type DType, type TypedArray } from '../kernels/dtype.js';
import { type ArrayInput, asarray, TileArray } from './array.js';
import { requireList } from './axes.js';
import { blockShape, blocksOf, boundaries, gridOf, isKnown, product } from './chunks.js';
import { type Lowered, lower } from './lower/lower.js';
import { type NDArray, toNdarray } from './ndarray.js';
import { type ArrayNode, blockKey, type HeldNode, makeNode } from './node.js';
import { copyBox } from './ops/gather.js';
import type { ComputedOf } from './scalar.js';

/** What a computation takes: an engine (default: the process's own), an AbortSignal, retries, a progress callback. */
export interface ArrayCompute extends Omit<ComputeOptions, 'priorities'> {
  readonly engine?: Engine;
}

/**
 * What computing an array gives: the elements, or the one element of a 0-dimensional array. The compiler does not count axes, so
 * say which where it cannot know: `(await x.mean(0).compute()) as NDArray`.
 */
export type Computed<D extends DType> = NDArray<D> | ElementOf<D>;
export type ElementOf<D extends DType> = D extends 'bool'
  ? boolean
  : D extends 'int64' | 'uint64'
    ? number | bigint
    : number;

/** What computing each of several arrays gives. */
export type ComputedAll<T extends readonly ArrayInput[]> = {
  -readonly [K in keyof T]: ComputedOf<T[K]>;
};

/**
 * Computes several arrays in one pass: what they share is computed once.
 *
 * @throws TaskError where a task fails, MemoryLimitError where blocks do not fit, RangeError where a result is larger than 8 GiB,
 *   the signal's reason when aborted
 * @example
 * await compute([x.sum(), x.max(0)]); // [ 15, [3. 4. 5.] ]
 */
export async function compute<const T extends readonly ArrayInput[]>(
  arrays: readonly [...T],
  options?: ArrayCompute,
): Promise<ComputedAll<T>> {
  requireList(arrays, 'compute');
  const values = await computeArrays(
    arrays.map((a) => asarray(a)),
    options,
  );
  return values as ComputedAll<T>;
}

/** The graph of some arrays, all their blocks wanted. */
export function graphOf(arrays: readonly TileArray<DType>[]): Lowered {
  return lower(
    arrays.flatMap(({ node }) => [...blocksOf(gridOf(node.chunks))].map((coords) => ({ node, coords }))),
  );
}

interface Place {
  readonly array: number;
  readonly coords: readonly number[];
}

export async function computeArrays(
  arrays: readonly TileArray<DType>[],
  options: ArrayCompute = {},
): Promise<(NDArray | number | bigint | boolean)[]> {
  const { engine = defaultEngine(), ...rest } = options;
  rest.signal?.throwIfAborted();
  const { graph, keys } = graphOf(arrays);
  const places = new Map<Key, Place[]>();
  let next = 0;
  arrays.forEach(({ chunks }, array) => {
    for (const coords of blocksOf(gridOf(chunks))) {
      const key = keys[next++];
      const list = places.get(key);
      if (list) list.push({ array, coords });
      else places.set(key, [{ array, coords }]);
    }
  });
  const outputs = arrays.map((a) => new Output(a));
  const run = await engine.run(graph, [...places.keys()], {
    ...rest,
    priorities: order(graph, [...places.keys()]),
    reserve: outputs.reduce((bytes, o) => bytes + o.bytes, 0),
    onOutput: (key, result) => {
      for (const { array, coords } of places.get(key)!) outputs[array].put(coords, result);
    },
  });
  run[Symbol.dispose]();
  return Promise.all(outputs.map((o) => o.value()));
}

/** Collects the blocks of one array into one run of memory. */
class Output {
  readonly bytes: number;
  private readonly data: TypedArray | undefined;
  private readonly starts: readonly (readonly number[])[];
  /** Blocks of an array with unknown sizes, kept until all are there. */
  private readonly pieces = new Map<string, { shape: readonly number[]; data: TypedArray }>();

  constructor(private readonly array: TileArray<DType>) {
    const known = isKnown(array.chunks);
    const bytes = known ? array.nbytes : 0;
    if (bytes > 2 ** 33)
      throw new RangeError(
        `a result of ${(bytes / 2 ** 30).toFixed(1)} GiB (shape [${array.shape.join(', ')}]) is too large for one NDArray; write it with toZarr, or reduce it first`,
      );
    this.bytes = bytes;
    this.data = known ? allocate(array.dtype, array.size) : undefined;
    this.starts = array.chunks.map(boundaries);
  }

  put(coords: readonly number[], result: Result): void {
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
}

function scalarOf(dtype: DType, value: number | bigint): number | bigint | boolean {
  if (dtype === 'bool') return value !== 0;
  if (typeof value !== 'bigint') return value;
  return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
}

const holders = new FinalizationRegistry<{ engine: Engine; keys: readonly Key[] }>(({ engine, keys }) => {
  engine.release(keys);
});

/** Computes blocks and leaves them in the engine; they are given up when the arrays are collected. */
export async function persistArrays(
  arrays: readonly TileArray<DType>[],
  options: ArrayCompute = {},
): Promise<TileArray<DType>[]> {
  const { engine = defaultEngine(), ...rest } = options;
  rest.signal?.throwIfAborted();
  const { graph, keys } = graphOf(arrays);
  await engine.persist(graph, keys, { ...rest, priorities: order(graph, keys) });
  let next = 0;
  return arrays.map(({ node }) => {
    const mine = new Map<string, Key>();
    for (const coords of blocksOf(gridOf(node.chunks))) mine.set(coords.join(), keys[next++]);
    const held = makeNode<HeldNode>('persisted', [...mine.values()], {
      kind: 'held',
      parts: node.parts.slice(0, 1),
      chunks: node.chunks,
      ...(node.bounds ? { bounds: node.bounds } : {}),
      inputs: [],
      keys: (coords) => mine.get(coords.join())!,
    });
    holders.register(held, { engine, keys: [...mine.values()] });
    return new TileArray<DType>(held);
  });
}

/**
 * Computes several arrays in one pass and keeps their blocks in the engine, in memory or on disk. The arrays returned read them from
 * there; the blocks are given up when no such array is in use any more.
 *
 * @throws as `compute`
 * @example
 * const [held] = await persist([x.add(1)]);
 * await held.sum().compute(); // 21
 */
export async function persist<T extends readonly TileArray<DType>[]>(
  arrays: readonly [...T],
  options?: ArrayCompute,
): Promise<{ -readonly [K in keyof T]: T[K] }> {
  requireList(arrays, 'persist');
  return (await persistArrays(arrays, options)) as { -readonly [K in keyof T]: T[K] };
}

/** Computes the blocks of a node for their shapes only. */
export async function shapesOfBlocks(
  node: ArrayNode,
  options: ArrayCompute = {},
): Promise<(coords: readonly number[]) => readonly number[]> {
  const { engine = defaultEngine() } = options;
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
