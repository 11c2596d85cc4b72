import type { Op } from '../../engine/op.js';
import { Shrunk } from '../../engine/op.js';
import { itemsize } from '../../kernels/dtype.js';
import { compileFused, type FusedKernel } from '../../kernels/fused.js';
import type { FusedSpec } from '../../kernels/spec.js';
import { stridesOf } from '../nodes/chunks.js';
import { memo } from '../nodes/memo.js';

/** How a loop reads one of its operands: which part of the input, and which axes of the loop each of its axes follows (-1: none), with which steps. */
export interface FusedAccess {
  readonly part: number;
  readonly along: readonly (readonly { readonly axis: number; readonly step: number }[])[];
}

export interface FusedCommon {
  readonly spec: FusedSpec;
  readonly access: readonly FusedAccess[];
}

export interface FusedParams {
  /** Shape of the loop; NaN where it is known only from the operands. */
  readonly shape: readonly number[];
  /** Of each operand: which input, then where along each of its axes the loop starts. */
  readonly operands: readonly (readonly number[])[];
  readonly scalars: readonly number[];
}

const kernels = new WeakMap<object, FusedKernel>();
/** Kernels by what they compute: another array's loop is often the same. Compiling one takes about a millisecond. */
const bySpec = new Map<string, FusedKernel>();
const MOST_KERNELS = 1000;

function kernelOf(spec: FusedSpec): FusedKernel {
  if (bySpec.size > MOST_KERNELS) bySpec.clear();
  const id = JSON.stringify(spec, (_, v: unknown) =>
    typeof v === 'bigint'
      ? `${v}n`
      : Object.is(v, -0)
        ? '-0'
        : typeof v === 'number' && !Number.isFinite(v)
          ? String(v)
          : v,
  );
  return memo(bySpec, id, () => compileFused(spec));
}

/** What is wrong where blocks of two selections meet. */
export const unequal = (a: number, b: number): RangeError =>
  new RangeError(
    `blocks of ${a} and ${b} elements meet along an axis of unknown chunk sizes: the arrays come from different selections. Call computeChunkSizes() on both, to have them aligned or refused`,
  );

/** Runs a compiled loop over the blocks of one task. */
export const fused: Op<FusedParams, FusedCommon> = (ctx) => {
  const { params, common, memory } = ctx;
  const kernel = memo(kernels, common, () => kernelOf(common.spec));
  const unknown = params.shape.some(Number.isNaN);
  const shape = [...params.shape];
  const inputs = params.operands.map(([input, ...start], k) => {
    const result = ctx.inputs[input];
    if (!('blocks' in result)) throw new TypeError(`${ctx.key}: input ${input} is a value, not a block`);
    const { part, along } = common.access[k];
    const block = result.blocks[part];
    const own = stridesOf(block.shape);
    const strides = new Array<number>(shape.length).fill(0);
    let offset = 0;
    for (let a = 0; a < along.length; a++) {
      offset += start[a] * own[a];
      for (const { axis, step } of along[a]) {
        if (axis < 0) continue;
        strides[axis] += step * own[a];
        if (!Number.isNaN(params.shape[axis]) || step === 0) continue;
        const extent = shape[axis];
        if (Number.isNaN(extent)) shape[axis] = block.shape[a];
        else if (extent !== block.shape[a]) throw unequal(extent, block.shape[a]);
      }
    }
    return { address: block.data.byteOffset + offset * itemsize(block.dtype), strides };
  });
  kernel.run(memory, {
    shape,
    inputs,
    params: params.scalars,
    outputs: ctx.out.map((b) => b.data.byteOffset),
    scratch: { address: ctx.scratch.byteOffset, bytes: ctx.scratch.byteLength },
  });
  if (!unknown) return undefined;
  const left = common.spec.reduce
    ? shape.map((n, axis) => (common.spec.reduce!.includes(axis) ? 1 : n))
    : shape;
  return new Shrunk(ctx.out.map(() => left));
};
