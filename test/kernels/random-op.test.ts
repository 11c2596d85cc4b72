import { describe, expect, it } from 'vitest';
import { random } from '../../src/array/ops/random.js';
import { viewOf } from '../../src/kernels/dtype.js';
import { type RandomSpec, randomScratch } from '../../src/kernels/random/index.js';

const memory = new WebAssembly.Memory({ initial: 10, maximum: 10, shared: true });

function run(spec: RandomSpec, entropy: bigint, spawnKey: readonly number[], count: number): number[] {
  const data = viewOf(spec.dtype, memory.buffer, 65536, count);
  random({
    key: 'random-0',
    inputs: [],
    params: { spawnKey },
    common: { spec, entropy },
    out: [{ dtype: spec.dtype, shape: [count], data }],
    scratch: new Uint8Array(memory.buffer, 64, randomScratch(spec)),
    memory,
  });
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

describe('array/random', () => {
  it('draws the numbers of the child of the seed', () => {
    // np.random.Generator(np.random.PCG64(np.random.SeedSequence(42).spawn(2)[1])), NumPy 2.4
    const uniform = run({ kind: 'random', dtype: 'float64' }, 42n, [1], 2);
    expect(uniform).toEqual([0.4674907799518424, 0.04644889644868733]);
    const integers = run({ kind: 'integers', dtype: 'int64', low: 0, high: 1000 }, 42n, [1], 4);
    expect(integers).toEqual([74, 467, 182, 46]);
  });
});
