import { own } from '../delayed/function.js';
import { callNode } from '../delayed/node.js';
import { tokenize } from '../graph/key.js';
import type { Key, Task } from '../graph/task.js';
import type { DType } from '../kernels/dtype.js';
import type { LazyInput, PassedAs } from '../lazy/index.js';

const DATA = own('data', '(data) => data');

/** Element types of typed arrays that blocks can be made of. */
const DTYPE_OF = new Map<unknown, DType>([
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Int32Array, 'int32'],
  [BigInt64Array, 'int64'],
  [Uint8Array, 'uint8'],
  [Uint16Array, 'uint16'],
  [Uint32Array, 'uint32'],
  [BigUint64Array, 'uint64'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
]);

/** Data as the result of a task: a typed array as a block, which threads share, other data as a value. */
export function scattered(data: unknown): {
  readonly key: Key;
  readonly as?: PassedAs;
  readonly node: LazyInput;
} {
  const dtype = ArrayBuffer.isView(data) ? DTYPE_OF.get(data.constructor) : undefined;
  if (dtype === undefined) {
    const node = callNode(DATA, [data]);
    return { key: node.key, node };
  }
  const { length } = data as Float64Array;
  const key = `data-${tokenize(data)}`;
  const task: Task = {
    key,
    op: 'array/literal',
    inputs: [],
    params: { start: [0] },
    // A copy: the caller may go on to change its own.
    common: { buffer: (data as Float64Array).slice().buffer, dtype, shape: [length] },
    out: [{ dtype, shape: [length] }],
  };
  return { key, as: 'data', node: { key, inputs: [], tasks: () => [task] } };
}
