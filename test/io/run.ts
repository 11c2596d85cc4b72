import type { Block, Op, Result, TaskContext } from '../../src/engine/op.js';
import type { BlockMeta } from '../../src/graph/task.js';
import { ioOps } from '../../src/io/ops.js';
import type { Region, Source } from '../../src/io/source.js';
import type { DType, TypedArray } from '../../src/kernels/dtype.js';
import { itemsize, viewOf } from '../../src/kernels/dtype.js';

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A block in the shared memory of an arena of its own, filled with rubbish. */
export function block(dtype: DType, shape: readonly number[]): Block & { memory: WebAssembly.Memory } {
  const bytes = count(shape) * itemsize(dtype);
  const pages = Math.max(1, Math.ceil(bytes / 65536));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer).fill(0xa5);
  return { dtype, shape, data: viewOf(dtype, memory.buffer, 0, count(shape)), memory };
}

/** Runs one task as a thread would: its parameters cloned, its output in shared memory. */
export async function run(
  op: string,
  task: { params: unknown; common?: unknown; inputs?: readonly Result[]; out?: BlockMeta },
): Promise<Result> {
  const load = ioOps[op];
  if (!load) throw new Error(`no operation ${op}`);
  const out = task.out ? block(task.out.dtype, task.out.shape) : undefined;
  const ctx: TaskContext = {
    key: 'test',
    inputs: task.inputs ?? [],
    params: structuredClone(task.params),
    common: structuredClone(task.common),
    out: out ? [out] : [],
    scratch: new Uint8Array(0),
    memory: out?.memory ?? new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
  };
  const value = await (load as () => Promise<Op<unknown, unknown>>)().then((f) => f(ctx));
  return out ? { blocks: [out] } : { value };
}

export interface Part extends Region {
  readonly count: readonly number[];
}

/** The region that is the whole array. */
export const whole = (source: Source): Part => ({
  start: source.shape.map(() => 0),
  step: source.shape.map(() => 1),
  count: source.shape,
});

/** Reads a region of a source, running its preparation first. */
export async function read(source: Source, part: Part = whole(source)): Promise<TypedArray> {
  const { start, step } = part;
  const inputs = source.prepare ? [await run(source.prepare.op, { params: source.prepare.params })] : [];
  const out = { dtype: source.dtype, shape: part.count };
  const result = await run(source.op, { params: { start, step }, common: source.common, inputs, out });
  return (result as { blocks: readonly Block[] }).blocks[0]!.data;
}

/** The same region taken from a C-ordered array in memory, element by element. */
export function pickPart(data: ArrayLike<number | bigint>, shape: readonly number[], part: Part): unknown[] {
  const strides = shape.map((_, k) => count(shape.slice(k + 1)));
  const picked: unknown[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) {
      picked.push(data[at]);
      return;
    }
    for (let i = 0; i < part.count[axis]!; i++)
      visit(axis + 1, at + (part.start[axis]! + i * part.step[axis]!) * strides[axis]!);
  };
  visit(0, 0);
  return picked;
}
