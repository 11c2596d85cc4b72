import type { Delayed } from '../delayed/delayed.js';
import { type DType, itemsize } from '../kernels/dtype.js';
import { compute, LAZY, type Lazy, type LazyHooks, persist } from '../lazy/index.js';
import { type ArrayCompute, arrayFamily, arrayInput, type Computed, graphOf } from './compute/compute.js';
import { toDelayed } from './compute/delayed.js';
import { type PictureOptions, pictureOf, summaryOf } from './compute/picture.js';
import { parseSlices, type SliceArgument } from './indexing/slicing.js';
import { ArrayMethods } from './methods.js';
import { type ChunkSpec, type Chunks, gridOf, isKnown, normalizeChunks, product } from './nodes/chunks.js';
import type { ArrayNode, HeldNode, Operand } from './nodes/node.js';
import { rechunkNode } from './nodes/rechunk.js';
import { sliceNode } from './nodes/view.js';
import type { InputBlock } from './ops/map-blocks.js';

/**
 * A lazy n-dimensional array cut into blocks. It holds no data: operations make new arrays, and `compute()` runs the work
 * behind one, block by block, in parallel and within the engine's memory limit.
 *
 * @example
 * const x = tw.ones([1000, 1000], { chunks: [250, 1000] });
 * await x.add(x.T).mean().compute(); // 2
 */
export class TileArray<out D extends DType = DType> extends ArrayMethods {
  /** The work behind this array, as immutable data. */
  readonly node: ArrayNode;

  constructor(node: ArrayNode) {
    super();
    this.node = node;
  }

  /** The node's first part, as other nodes read it. */
  get operand(): Operand {
    return { node: this.node, part: 0 };
  }

  /** How computations see it, and functions that are called with it. */
  get [LAZY](): LazyHooks<Computed<D>, InputBlock<D>, PersistedArray<D>> {
    return {
      family: arrayFamily,
      engine: this.node.engine,
      input: () => arrayInput(this as TileArray<DType>),
    };
  }

  /** Element type, named as NumPy names it. */
  get dtype(): D {
    return this.node.parts[0] as D;
  }

  /** Extent of each axis; NaN where it is known only once computed. */
  get shape(): readonly number[] {
    return this.node.shape;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return product(this.shape);
  }

  /** Bytes that all elements take. */
  get nbytes(): number {
    return this.size * itemsize(this.dtype);
  }

  /** Chunk sizes along each axis. */
  get chunks(): Chunks {
    return this.node.chunks;
  }

  /** Number of blocks along each axis. */
  get numBlocks(): readonly number[] {
    return gridOf(this.chunks);
  }

  /** Whether all chunk sizes are known. */
  get isKnown(): boolean {
    return isKnown(this.chunks);
  }

  /** Name of the work; equal work has an equal name. */
  get name(): string {
    return this.node.name;
  }

  /** The axes reversed. */
  get T(): TileArray<D> {
    return this.transpose();
  }

  /**
   * Basic slicing, with NumPy's subscripts as strings, or whole numbers, which drop their axis.
   *
   * @throws RangeError where there are more subscripts than axes, or a position is out of bounds; SyntaxError for anything that is
   *   no subscript; Error where positions are needed along an axis of unknown chunk sizes
   * @example
   * await x.slice(':', '::2').compute(); // [[0. 2.] [3. 5.]]
   * await x.slice(-1).compute(); // [3. 4. 5.]
   * x.slice('...', 'newaxis').shape; // [2, 3, 1]
   */
  slice(...subscripts: SliceArgument[]): TileArray<D> {
    return new TileArray<D>(sliceNode(this.node, parseSlices(subscripts, this.shape)));
  }

  /**
   * The same array in other chunks: one size for all axes, or for each axis a size, the sizes, -1 (one chunk) or 'auto'. Blocks
   * are copied where their boundaries change.
   *
   * @throws RangeError where sizes do not add up, Error where they are unknown along an axis that changes
   * @example
   * x.rechunk([1, 2]).chunks; // [[1, 1], [2, 1]]
   */
  rechunk(chunks: ChunkSpec): TileArray<D> {
    const wanted = isKnown(this.chunks)
      ? normalizeChunks(chunks, this.shape, this.dtype)
      : this.chunks.map((own, axis) => {
          const spec = typeof chunks === 'object' ? chunks[axis] : chunks;
          if (!own.some(Number.isNaN)) return normalizeChunks([spec], [this.shape[axis]], this.dtype)[0];
          if (spec === 'auto') return own;
          throw new Error(
            `rechunk: axis ${axis} has unknown chunk sizes and cannot be rechunked; call computeChunkSizes() first`,
          );
        });
    return new TileArray<D>(rechunkNode(this.node, wanted));
  }

  /**
   * Computes the elements: a numpy-ts NDArray, or for a 0-dimensional array a number (a boolean for bool; a bigint for
   * 64-bit integers past 2^53).
   *
   * @throws TaskError where a task fails, with the user's own stack; MemoryLimitError where blocks do not fit; RangeError where the
   *   result is larger than 8 GiB; the signal's reason when aborted
   * @example
   * String(await x.compute()); // [[0. 1. 2.] [3. 4. 5.]]
   * await x.mean().compute({ signal: AbortSignal.timeout(60_000) }); // 2.5
   */
  async compute(options?: ArrayCompute): Promise<Computed<D>> {
    return (await compute(this as Lazy, options)) as Computed<D>;
  }

  /**
   * Computes the blocks and keeps them in the engine (in memory, or spilled); the result reads them from there. They are given up
   * by `release()` of the result, at the end of a block with `using`, or when it is in use nowhere any more.
   *
   * @throws as `compute`
   * @example
   * using held = await x.multiply(2).persist();
   * await held.sum().compute(); // 30
   */
  async persist(options?: ArrayCompute): Promise<PersistedArray<D>> {
    return (await persist(this as Lazy, options)) as PersistedArray<D>;
  }

  /**
   * The blocks, each a delayed value of `{ dtype, shape, data }`, in C order of their positions (`numBlocks`): for functions that take
   * blocks as they come.
   *
   * @example
   * const largest = delayed(({ data }: { readonly data: Float64Array }) => Math.max(...data));
   * const blocks = (x as TileArray<'float64'>).rechunk([1, 3]).toDelayed();
   * await compute(blocks.map((block) => largest(block))); // [ 2, 5 ]
   */
  toDelayed(): Delayed<InputBlock<D>>[] {
    return toDelayed(this);
  }

  /**
   * The tasks that `compute()` would run, after optimisation, by their keys.
   *
   * @example
   * const tasks = ones([4, 4], { chunks: [2, 4] }).sin().add(1).graph();
   * [...tasks.values()].map((task) => task.op); // ['array/fused', 'array/fused']
   */
  graph() {
    return graphOf([this as TileArray<DType>]).graph;
  }

  /**
   * The task graph as an SVG drawing: one box a task, or where there are more than `max` (300), one box a layer. As `'text'`,
   * a table to print.
   *
   * @example
   * x.add(1).visualize().startsWith('<svg'); // true
   * x.add(1).visualize({ as: 'text' }).includes('array/fused'); // true
   */
  visualize(options?: PictureOptions): string {
    return pictureOf(this as TileArray<DType>, options);
  }

  /**
   * A table and a picture of the chunks as HTML, for notebooks.
   *
   * @example
   * x.toHtml().includes('float64'); // true
   */
  toHtml(): string {
    return summaryOf(this as TileArray<DType>);
  }

  override toString(): string {
    const list = (of: readonly (number | string)[]) => `(${of.join(', ')}${of.length === 1 ? ',' : ''})`;
    const chunks = this.chunks.map((sizes) =>
      sizes.slice(0, -1).every((n) => Object.is(n, sizes[0])) && !(sizes[sizes.length - 1] > sizes[0])
        ? String(sizes[0])
        : list(sizes.length > 6 ? [...sizes.slice(0, 3), '…', ...sizes.slice(-2)] : sizes),
    );
    return `tilework.TileArray<${this.name.replace(/-[0-9a-f]{8,}$/, '')}, shape=${list(this.shape.map(String))}, dtype=${this.dtype}, chunks=${list(chunks)}>`;
  }

  /**
   * The slices along the first axis, one after another.
   *
   * @throws TypeError where there is no axis; Error where chunk sizes along it are unknown
   * @example
   * const [rows, columns] = indices([2, 3]);
   * await columns.compute(); // [[0 1 2] [0 1 2]]
   */
  *[Symbol.iterator](): Generator<TileArray<D>, void> {
    if (this.ndim === 0)
      throw new TypeError('an array of no axes is one element and cannot be iterated over');
    const [extent] = this.shape;
    if (Number.isNaN(extent))
      throw new Error(
        'an axis of unknown chunk sizes cannot be iterated over; call computeChunkSizes() first',
      );
    for (let i = 0; i < extent; i++) yield this.slice(i);
  }

  /** @throws TypeError where JavaScript's arithmetic or comparisons would make a number of it: they would give NaN or false */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'number')
      throw new TypeError('an array is no number: use its methods, such as x.multiply(y) and x.greater(y)');
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * An array whose blocks an engine holds: what is made of it reads them from there. They are given up by `release`, at the end of a block
 * with `using`, or when neither this array nor any that is made of it is in use any more. Made by `persist`.
 */
export class PersistedArray<out D extends DType = DType> extends TileArray<D> implements Disposable {
  declare readonly node: HeldNode;

  /** @internal */
  constructor(node: HeldNode) {
    super(node);
  }

  /**
   * Gives the blocks up. What is made of this array and not computed yet cannot be computed any more.
   *
   * @example
   * const held = await ones([4]).persist();
   * held.release();
   * await held.sum().compute(); // throws EngineError: an array that was persisted is read, and it was released
   */
  release(): void {
    this.node.hold.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
