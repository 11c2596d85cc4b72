import type { MergedCommon, MergedParams, PlacedBlock } from '../../graph/merged-task.js';
import { viewOf } from '../../kernels/dtype.js';
import { TaskError } from '../errors.js';
import { type Block, type Op, type Result, Shrunk } from '../op.js';
import { shrunkBlocks } from '../thread/decode.js';

/**
 * The operation `graph/merged`: runs tasks one after another, whose blocks lie in scratch memory until the last has read them. The last step yields
 * the result. An error names the step's operation.
 *
 * @param load finds the operation of a step
 */
export const mergedOp =
  (load: (name: string) => Promise<Op>): Op<MergedParams, MergedCommon> =>
  async (ctx) => {
    const { kinds } = ctx.common;
    const { steps } = ctx.params;
    const { buffer, byteOffset: base } = ctx.scratch;
    const results: Result[] = [];
    let value: unknown;
    for (let i = 0; i < steps.length; i++) {
      const { kind, params, inputs, out: placed, scratch } = steps[i]!;
      const { op, common } = kinds[kind]!;
      const out = i === steps.length - 1 ? ctx.out : placed.map((block) => blockAt(block, buffer, base));
      try {
        const run = (await load(op)) as Op<unknown, unknown>;
        value = await run({
          ...ctx,
          inputs: inputs.map((input) => (input < 0 ? results[-1 - input]! : ctx.inputs[input]!)),
          params,
          common,
          out,
          scratch: new Uint8Array(buffer, base + scratch[0], scratch[1]),
        });
        results.push({ blocks: value instanceof Shrunk ? shrunkBlocks(out, value.shapes) : out });
      } catch (cause) {
        throw new TaskError(ctx.key, op, cause);
      }
    }
    return value;
  };

function blockAt({ dtype, shape, at }: PlacedBlock, buffer: ArrayBufferLike, base: number): Block {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return { dtype, shape, data: viewOf(dtype, buffer, base + at, length) };
}
