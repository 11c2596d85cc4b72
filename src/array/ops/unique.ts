import { type Op, Shrunk } from '../../engine/op.js';
import { mergeRuns, type Run } from '../../kernels/lanes/unique.js';
import { blockOf } from './gather.js';

export interface UniqueCommon {
  /** Whether inputs are outputs of this operation, else blocks of any elements. */
  readonly merges: boolean;
}

/** The elements of some blocks, ascending, each once; as a second output how often each occurs. Outputs are upper bounds, shrunk to what there is. */
export const unique: Op<null, UniqueCommon> = ({ key, inputs, common: { merges }, out }) => {
  const counted = out.length > 1;
  const runs = inputs.map((input): Run => {
    const values = blockOf(input, key).data;
    if (!merges) return { values: values.slice().sort() };
    return counted ? { values, counts: blockOf(input, key, 1).data as BigInt64Array } : { values };
  });
  const kept = mergeRuns(runs, out[0].data, counted ? (out[1].data as BigInt64Array) : undefined);
  return new Shrunk(out.map(() => [kept]));
};
