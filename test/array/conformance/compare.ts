import { type DType, kindOf } from '../../../src/kernels/dtype.js';
import type { Case, Elements } from './book.js';

const scratch = new DataView(new ArrayBuffer(8));

/** Distance from |x| to the next larger float of its dtype. */
export function ulp(x: number, dtype: DType): number {
  const size = Math.abs(x);
  if (dtype === 'float32') {
    scratch.setFloat32(0, size);
    scratch.setUint32(0, scratch.getUint32(0) + 1);
    return scratch.getFloat32(0) - Math.fround(size);
  }
  scratch.setFloat64(0, size);
  scratch.setBigUint64(0, scratch.getBigUint64(0) + 1n);
  return scratch.getFloat64(0) - size;
}

function sameFloat(got: number, expected: number, dtype: DType, room: Pick<Case, 'u' | 'n' | 'z'>): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(got);
  if (got === expected)
    return expected !== 0 || room.z === 1 || Object.is(got, expected) || (room.n ?? 0) > 0;
  if (!Number.isFinite(expected) || !Number.isFinite(got)) return false;
  return Math.abs(got - expected) <= Math.max((room.u ?? 0) * ulp(expected, dtype), room.n ?? 0);
}

const show = (x: unknown): string => (Object.is(x, -0) ? '-0' : String(x));

/** What is wrong with a result, in one line; undefined where nothing is. */
export function mismatch(
  got: Elements,
  expected: Elements,
  room: Pick<Case, 'u' | 'n' | 'z'>,
): string | undefined {
  if (got.dtype !== expected.dtype) return `dtype ${got.dtype}, NumPy has ${expected.dtype}`;
  if (got.shape.join() !== expected.shape.join())
    return `shape [${got.shape}], NumPy has [${expected.shape}]`;
  if (got.data.length !== expected.data.length)
    return `${got.data.length} elements, NumPy has ${expected.data.length}`;
  const float = kindOf(expected.dtype) === 'float';
  const wrong: number[] = [];
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [got.data[i]!, expected.data[i]!];
    const same = float ? sameFloat(a as number, b as number, expected.dtype, room) : a === b;
    if (!same) wrong.push(i);
  }
  if (wrong.length === 0) return undefined;
  const listed = wrong
    .slice(0, 4)
    .map((i) => `#${i} ${show(got.data[i])}, NumPy has ${show(expected.data[i])}`);
  return `${wrong.length} of ${expected.data.length} elements differ: ${listed.join('; ')}`;
}
