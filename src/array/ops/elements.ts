import type { Block } from '../../engine/op.js';
import type { TypedArray } from '../../kernels/dtype.js';

/** The elements of what a function may return for a block; undefined for anything else. */
export function elementsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as TypedArray;
  if (Array.isArray(value)) return value.flat(Number.POSITIVE_INFINITY);
  if (typeof value === 'object' && value !== null) {
    if ('flatten' in value && typeof value.flatten === 'function') return value.flatten().data as TypedArray;
    if ('data' in value) return elementsOf(value.data);
  }
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? [value]
    : undefined;
}

/** Fills a block with as many elements, converted to its dtype. */
export function fill(target: Block, elements: ArrayLike<unknown>): void {
  const { data, dtype } = target;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let i = 0; i < elements.length; i++) data[i] = BigInt(elements[i] as number);
  else if (dtype === 'bool') for (let i = 0; i < elements.length; i++) data[i] = elements[i] ? 1 : 0;
  else data.set(elements as ArrayLike<number> as never);
}
