import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders } from '../support/files.js';

const folder = folders();

const rejection = async (work: () => unknown): Promise<tw.MemoryLimitError> => {
  try {
    await work();
  } catch (error) {
    return error as tw.MemoryLimitError;
  }
  throw new Error('it resolved');
};

describe('a memory limit', () => {
  test('that the process has passed already is refused, with the least that works', async () => {
    const error = await rejection(() => new tw.LocalEngine({ memoryLimit: '40MB', threads: 2 }));
    expect(error.name).toBe('MemoryLimitError');
    const least = Number(/the least workable limit here is (\d+) MiB$/.exec(error.message)?.[1]);
    expect(error.needed).toBe(least * 2 ** 20);
    // What it says works.
    const engine = new tw.LocalEngine({ memoryLimit: (least + 8) * 2 ** 20, threads: 2 });
    expect(await tw.ones([1000]).sum().compute({ engine })).toBe(1000);
    await engine.dispose();
  });

  test.each(['lots', '-1GB', '512 hectares', '0MB', 0, Number.NaN])('of %s is refused', (memoryLimit) => {
    expect(() => new tw.LocalEngine({ memoryLimit })).toThrow(/memoryLimit must be/);
  });
});

describe('within a memory limit', () => {
  let engine: tw.LocalEngine;
  beforeAll(() => {
    engine = new tw.LocalEngine({ threads: 2, memoryLimit: '600MB', spillDirectory: folder() });
  });
  afterAll(() => engine.dispose());

  // 640 MB.
  const noise = (chunks: tw.ChunkSpec) => tw.random.defaultRng(1).random([8000, 10_000], { chunks });

  test.each([
    ['drawn', () => noise(-1).sum(), 'array/random'],
    ['gathered', () => noise([200, 10_000]).rechunk(-1).sum(), 'array/gather'],
  ])('a block larger than it (%s) is refused: task, sizes and ways out are named', async (_, make, op) => {
    const x = make();
    const error = await rejection(() => x.compute({ engine }));
    expect(error.name).toBe('MemoryLimitError');
    expect(error.op).toBe(op);
    expect([...x.graph().keys()]).toContain(error.key);
    expect(error.needed).toBeGreaterThanOrEqual(640e6);
    expect(error.available).toBeLessThan(600e6);
    for (const part of [error.key!, op, String(error.needed), String(error.available), '600000000 bytes'])
      expect(error.message).toContain(part);
    expect(error.message).toMatch(/use smaller chunks or a larger memoryLimit$/);
    expect(engine.stats().memory.used).toBe(0);
  });

  test('a result larger than it is refused before anything runs', async () => {
    const { done } = engine.stats().tasks;
    const error = await rejection(() => noise([200, 10_000]).compute({ engine }));
    expect(error.name).toBe('MemoryLimitError');
    expect(error.needed).toBeGreaterThanOrEqual(640e6);
    expect(error.message).toMatch(
      /^the result, .* takes \d+ bytes, and the memory limit of 600000000 bytes leaves \d+/,
    );
    expect(error.message).toMatch(/block by block, reduce it first, or use a larger memoryLimit$/);
    expect(engine.stats().tasks.done).toBe(done);
  });

  test('the same numbers in smaller blocks, reduced, are no matter', async () => {
    const mean = await noise([200, 10_000]).mean().compute({ engine });
    expect(mean).toBeCloseTo(0.5, 3);
    expect(engine.stats().memory.used).toBe(0);
  });
});
