import type { BlockMeta } from '../../graph/task.js';
import { itemsize } from '../../kernels/dtype.js';
import type { ElementFn, FusedSpec } from '../../kernels/spec.js';
import { product } from './chunks.js';

/**
 * About how much work a task is (`Task.work`), in elementary steps of some nanosecond each. It only tells little from much: the engine
 * does little on the main thread, so it is better said to be too much than too little.
 */

/** Functions of a few instructions; all others, which may be series of many, count as `SLOW`. */
const FAST: ReadonlySet<string> = new Set<ElementFn | 'cast'>([
  ...(['cast', 'negative', 'positive', 'abs', 'sign', 'square', 'invert', 'sqrt', 'floor', 'ceil'] as const),
  ...(['trunc', 'rint', 'add', 'subtract', 'multiply', 'divide', 'minimum', 'maximum', 'fmin'] as const),
  ...(['fmax', 'bitwise_and', 'bitwise_or', 'bitwise_xor', 'left_shift', 'right_shift'] as const),
  ...(['copysign', 'equal', 'not_equal', 'less', 'less_equal', 'greater', 'greater_equal'] as const),
  ...(['isnan', 'isinf', 'isfinite', 'signbit', 'where'] as const),
]);
const SLOW = 20;
/** Bytes of fresh memory, which the system has to find, that are written in one step. */
const BYTES = 2;

/** Steps that a loop takes for each element it looks at. */
export function stepsOf({ nodes, outputs }: FusedSpec): number {
  let steps = outputs.length;
  for (const { op } of nodes) if (op === 'input' || op === 'index') steps++;
  for (const node of nodes) if ('args' in node) steps += FAST.has(node.op) ? 1 : SLOW;
  return steps;
}

/** The work of a task that looks at so many elements, each in so many steps, and fills these blocks. NaN: nobody knows. */
export const workOf = (elements: number, steps: number, out: readonly BlockMeta[]): number =>
  Math.ceil(
    out.reduce((sum, { dtype, shape }) => sum + (product(shape) * itemsize(dtype)) / BYTES, elements * steps),
  );

/** Of one that only moves elements, one by one. */
const MOVE = 8;

/** `out`, and the `work` of filling it with elements of other blocks. */
export function moved(out: readonly BlockMeta[]): { out: readonly BlockMeta[]; work: number } {
  return {
    out,
    work: workOf(
      out.reduce((sum, { shape }) => sum + product(shape), 0),
      MOVE,
      out,
    ),
  };
}
