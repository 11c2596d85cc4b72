import { describe, expect, it } from 'vitest';
import { type MatmulParams, matmul } from '../../src/array/ops/matmul.js';
import type { Block } from '../../src/engine/op.js';
import { type DType, viewOf } from '../../src/kernels/dtype.js';
import { matmulScratch } from '../../src/kernels/matmul/index.js';

const memory = new WebAssembly.Memory({ initial: 20, maximum: 20, shared: true });

/** Runs the operation on blocks of these numbers, laid one after another in the memory. */
function run(dtype: DType, params: MatmulParams, inputs: readonly (readonly number[])[]): unknown[] {
  let free = 64;
  const place = (length: number): Block => {
    const data = viewOf(dtype, memory.buffer, free, length);
    free += Math.ceil(data.byteLength / 64) * 64;
    return { dtype, shape: [length], data };
  };
  const blocks = inputs.map((numbers) => {
    const block = place(numbers.length);
    const view = block.data as Record<number, number | bigint>;
    for (const [i, x] of numbers.entries()) view[i] = dtype.endsWith('int64') ? BigInt(x) : x;
    return block;
  });
  const out = place(params.batch * params.m * params.n);
  new Uint8Array(memory.buffer, out.data.byteOffset, out.data.byteLength).fill(0xff);
  const bytes = Math.max(0, ...params.ks.map((k) => matmulScratch(dtype, params.m, params.n, k)));
  const scratch = new Uint8Array(memory.buffer, free, bytes);
  matmul({
    key: 'product-0-0',
    inputs: blocks.map((block) => ({ blocks: [block] })),
    params,
    common: undefined,
    out: [out],
    scratch,
    memory,
  });
  return Array.from(out.data as ArrayLike<unknown>);
}

const plain = { batch: 1, transA: false, transB: false };

describe('array/matmul', () => {
  it('sums the products of its pairs', () => {
    // [1 2; 3 4]·[5; 6] + [7; 8]·[9] = [17 + 63; 39 + 72]
    const params = { ...plain, m: 2, n: 1, ks: [2, 1] };
    expect(run('float64', params, [[1, 2, 3, 4], [7, 8], [5, 6], [9]])).toEqual([80, 111]);
    expect(run('int64', params, [[1, 2, 3, 4], [7, 8], [5, 6], [9]])).toEqual([80n, 111n]);
  });

  it('takes transposed blocks', () => {
    // A is [1 2 3; 4 5 6], B is [1 0; 0 1; 1 1].
    const params = { ...plain, m: 2, n: 2, ks: [3], transA: true, transB: true };
    const product = run('float32', params, [
      [1, 4, 2, 5, 3, 6],
      [1, 0, 1, 0, 1, 1],
    ]);
    expect(product).toEqual([4, 5, 10, 11]);
  });

  it('multiplies stacks of matrices', () => {
    const params = { ...plain, batch: 3, m: 1, n: 2, ks: [2] };
    const product = run('int32', params, [
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
    ]);
    expect(product).toEqual([7, 10, 15, 22, 23, 34]);
  });

  it('gives zeros where there is nothing to sum', () => {
    expect(run('float64', { ...plain, m: 1, n: 2, ks: [] }, [])).toEqual([0, 0]);
    expect(run('int64', { ...plain, m: 1, n: 2, ks: [0] }, [[], []])).toEqual([0n, 0n]);
    expect(run('float64', { ...plain, m: 1, n: 2, ks: [0, 1] }, [[], [3], [], [1, 2]])).toEqual([3, 6]);
  });
});
