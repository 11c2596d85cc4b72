import { TaskError } from '../../engine/errors.js';
import type { Op, Result } from '../../engine/op.js';
import type { Key } from '../task.js';

/** What chains of one shape share: the operations of their steps, and how often each step reads the one before. */
export interface ChainCommon {
  readonly steps: readonly { readonly op: string; readonly common?: unknown; readonly reads: number }[];
}

/** What one chain has of its own: the key and the parameters of each step. */
export interface ChainParams {
  readonly keys: readonly Key[];
  readonly params: readonly unknown[];
}

/**
 * The operation `graph/chain`: runs steps one after another, each on the value of the one before; the first reads the chain's
 * inputs, the last fills its blocks or yields its value. An error names the step's own key and operation.
 *
 * @param load finds the operation of a step
 */
export const chainOp =
  (load: (name: string) => Promise<Op>): Op<ChainParams, ChainCommon> =>
  async (ctx) => {
    const { steps } = ctx.common;
    let inputs: readonly Result[] = ctx.inputs;
    for (let i = 0; i < steps.length; i++) {
      const { op, common } = steps[i]!;
      const key = ctx.params.keys[i]!;
      const last = i === steps.length - 1;
      try {
        const run = (await load(op)) as Op<unknown, unknown>;
        const value = await run({
          ...ctx,
          key,
          inputs,
          params: ctx.params.params[i],
          common,
          out: last ? ctx.out : [],
        });
        if (last) return value;
        const result: Result = { value };
        inputs = Array.from({ length: steps[i + 1]!.reads }, () => result);
      } catch (cause) {
        throw new TaskError(key, op, cause);
      }
    }
    return undefined;
  };
