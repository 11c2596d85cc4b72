import type { Block, Result } from '../../src/engine/op.js';
import type { BlockMeta } from '../../src/graph/task.js';
import type { Region, Source } from '../../src/io/source.js';
import type { DType, TypedArray } from '../../src/kernels/dtype.js';
/** A block in the shared memory of an arena of its own, filled with rubbish. */
export declare function block(
  dtype: DType,
  shape: readonly number[],
): Block & {
  memory: WebAssembly.Memory;
};
/** Runs one task as a thread would: its parameters cloned, its output in shared memory. */
export declare function run(
  op: string,
  task: {
    params: unknown;
    common?: unknown;
    inputs?: readonly Result[];
    out?: BlockMeta;
  },
): Promise<Result>;
export interface Part extends Region {
  readonly count: readonly number[];
}
/** The region that is the whole array. */
export declare const whole: (source: Source) => Part;
/** Reads a region of a source, running its preparation first. */
export declare function read(source: Source, part?: Part): Promise<TypedArray>;
/** The same region taken from a C-ordered array in memory, element by element. */
export declare function pickPart(
  data: ArrayLike<number | bigint>,
  shape: readonly number[],
  part: Part,
): unknown[];
