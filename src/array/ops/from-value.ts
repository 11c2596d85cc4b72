import type { Op } from '../../engine/op.js';
import { passed } from '../../engine/ops/call.js';
import { DTYPES, viewOf } from '../../kernels/dtype.js';
import { elementsOf, fill } from './elements.js';

/** The operation `array/from-value`: what another task gave, as a block of the shape and dtype that it was said to have. */
export const fromValue: Op<null, null> = ({ inputs, out }) => {
  const value = passed(inputs[0]);
  const [target] = out;
  const elements = elementsOf(value);
  if (elements === undefined)
    throw new TypeError(
      `fromDelayed: a number, a typed array, nested lists or { dtype, shape, data } is needed, and the value is ${value === null ? 'null' : typeof value === 'object' ? 'an object' : typeof value}`,
    );
  const dtype = dtypeOf(value, elements);
  if (dtype !== undefined && dtype !== target.dtype && !(dtype === 'uint8' && target.dtype === 'bool'))
    throw new TypeError(`fromDelayed: the value is of dtype ${dtype}, and was said to be of ${target.dtype}`);
  const shape = shapeOf(value) ?? (elements.length === target.data.length ? target.shape : [elements.length]);
  if (shape.length !== target.shape.length || shape.some((n, axis) => n !== target.shape[axis]))
    throw new RangeError(
      `fromDelayed: the value is of shape [${shape.join(', ')}], and was said to be of [${target.shape.join(', ')}]`,
    );
  if (elements.length !== target.data.length)
    throw new RangeError(
      `fromDelayed: nested lists are ragged: there are ${elements.length} elements in a shape of [${shape.join(', ')}]`,
    );
  fill(target, elements);
};

function dtypeOf(value: unknown, elements: ArrayLike<unknown>): string | undefined {
  if (typeof value === 'object' && value !== null && 'dtype' in value) return String(value.dtype);
  if (!ArrayBuffer.isView(elements)) return undefined;
  return TYPED.find((dtype) => elements.constructor === viewOf(dtype, new ArrayBuffer(0), 0, 0).constructor);
}

/** Those that typed arrays tell: booleans lie in the same as uint8. */
const TYPED = DTYPES.filter((dtype) => dtype !== 'bool');

/** The shape of what has one: a flat typed array fills any. */
function shapeOf(value: unknown): readonly number[] | undefined {
  if (typeof value !== 'object' || value === null) return [];
  if ('shape' in value) return [...(value.shape as readonly number[])];
  if (!Array.isArray(value)) return undefined;
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}
