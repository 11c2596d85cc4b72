import { DTYPES, viewOf } from '../../kernels/dtype.js';
import { type BatchMessage, INPUT_AHEAD, INPUT_BLOCKS, INPUT_VALUE } from '../messages.js';
import type { Block, Result } from '../op.js';

/** One task of a batch, as a thread reads it. */
export interface ReadTask {
  readonly layer: number;
  readonly arena: number;
  /** Undefined entries are the results of tasks of this batch that are not there: the task cannot run. */
  readonly inputs: readonly (Result | undefined)[];
  readonly out: readonly Block[];
  readonly scratch: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const NO_BLOCKS: readonly Block[] = Object.freeze([]);

/** Reads the tasks of a batch, one after another. */
export class BatchReader {
  private at = 0;
  private value = 0;
  private copying = true;

  constructor(
    private readonly batch: BatchMessage,
    private readonly arenas: readonly WebAssembly.Memory[],
  ) {}

  /** Passes over a task that was taken back: its memory may serve another by now. */
  skip(): void {
    this.copying = false;
    this.next([]);
    this.copying = true;
  }

  /** @param results of the batch's earlier tasks */
  next(results: readonly (Result | undefined)[]): ReadTask {
    const layer = this.take();
    const arena = this.take();
    const buffer = arena < 0 ? undefined : this.buffer(arena);
    const count = this.take();
    const inputs = new Array<Result | undefined>(count);
    for (let i = 0; i < count; i++) inputs[i] = this.input(buffer, results);
    const out = this.blocks(buffer);
    const address = this.take();
    const bytes = this.take();
    const scratch = bytes > 0 ? new Uint8Array(buffer!, address, bytes) : NO_BYTES;
    return { layer, arena, inputs, out, scratch };
  }

  private input(
    buffer: ArrayBufferLike | undefined,
    results: readonly (Result | undefined)[],
  ): Result | undefined {
    const kind = this.take();
    if (kind === INPUT_VALUE) return { value: this.batch.values[this.value++] };
    if (kind === INPUT_AHEAD) return results[this.take()];
    if (kind === INPUT_BLOCKS) return { blocks: this.blocks(buffer) };
    const from = this.buffer(this.take());
    const source = this.take();
    const bytes = this.take();
    const target = this.take();
    if (this.copying) new Uint8Array(buffer!, target, bytes).set(new Uint8Array(from, source, bytes));
    return { blocks: this.blocks(buffer) };
  }

  private blocks(buffer: ArrayBufferLike | undefined): readonly Block[] {
    const count = this.take();
    if (count === 0) return NO_BLOCKS;
    const blocks = new Array<Block>(count);
    for (let i = 0; i < count; i++) {
      const dtype = DTYPES[this.take()]!;
      const address = this.take();
      const rank = this.take();
      const shape = new Array<number>(rank);
      let length = 1;
      for (let axis = 0; axis < rank; axis++) length *= shape[axis] = this.take();
      blocks[i] = { dtype, shape, data: viewOf(dtype, buffer!, address, length) };
    }
    return blocks;
  }

  private buffer(arena: number): ArrayBufferLike {
    return this.arenas[arena]!.buffer;
  }

  private take(): number {
    return this.batch.code[this.at++]!;
  }
}

/** Checks the shapes an operation says its blocks came out with, and gives views of just those elements. */
export function shrunkBlocks(
  out: readonly Block[],
  shapes: readonly (readonly number[])[],
): readonly Block[] {
  if (shapes.length !== out.length)
    throw new RangeError(`the operation filled ${out.length} blocks but gave ${shapes.length} shapes`);
  return out.map((block, i) => {
    const shape = shapes[i]!;
    const length = shape.reduce((product, extent) => product * extent, 1);
    if (!(length <= block.data.length))
      throw new RangeError(`a block of ${block.data.length} elements cannot shrink to (${shape.join(', ')})`);
    const { buffer, byteOffset } = block.data;
    return { dtype: block.dtype, shape, data: viewOf(block.dtype, buffer, byteOffset, length) };
  });
}
