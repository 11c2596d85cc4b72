import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllEnvs());

async function find(setting: string | undefined) {
  vi.resetModules();
  vi.stubEnv('TILEWORK_OPENBLAS', setting);
  const { findBlas } = await import('../../src/kernels/blas.js');
  return findBlas();
}

describe('findBlas', () => {
  it('can be told not to look', async () => {
    expect(await find('off')).toBeUndefined();
  });

  it('says which file could not be loaded', async () => {
    await expect(find('/nowhere/libblas.so')).rejects.toThrow(/TILEWORK_OPENBLAS.*\/nowhere\/libblas\.so/);
  });

  it('refuses a library that is no BLAS', async (context) => {
    if (process.platform !== 'linux') return context.skip();
    await expect(find('libm.so.6')).rejects.toThrow(/no function cblas_dgemm/);
  });

  it('uses one thread a call, and multiplies', async (context) => {
    const blas = await find(undefined);
    if (blas === undefined) return context.skip();
    expect(blas.config).not.toBe('');
    if (blas.config.includes('OpenBLAS')) expect(blas.threads).toBe(1);
    for (const [dtype, Floats] of [
      ['float64', Float64Array],
      ['float32', Float32Array],
    ] as const) {
      const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const view = (at: number, values: number[]) => {
        const array = new Floats(buffer, at, values.length);
        array.set(values);
        return array;
      };
      // A is 2×3, B is 3×2 and given transposed, C is 2×2.
      const a = { data: view(64, [1, 2, 3, 4, 5, 6]), transposed: false, leading: 3 };
      const b = { data: view(256, [1, 0, 2, 0, 1, 1]), transposed: true, leading: 3 };
      const c = view(512, [100, 200, 300, 400, -1]);
      blas.gemm[dtype](2, 2, 3, a, b, 1, c);
      expect(Array.from(c)).toEqual([107, 205, 316, 411, -1]);
      blas.gemm[dtype](2, 2, 3, a, b, 0, c);
      expect(Array.from(c)).toEqual([7, 5, 16, 11, -1]);
    }
  });
});
