import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph, Task } from '../../src/graph/task.js';
import { limitLeaving } from '../support/memory.js';
import { makeEngine } from './support/engine.js';
import { fillTask, sumTask } from './support/graphs.js';

const MIB = 2 ** 20;
/** Doubles of a block of 1 MiB. */
const LENGTH = MIB / 8;

/** How far back the blocks lie that each task adds up; a task without inputs fills its block with its number. */
const plans = fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }), {
  minLength: 120,
  maxLength: 160,
});

function graphOf(plan: readonly (readonly number[])[]): { graph: Graph; expected: Map<string, number> } {
  const graph = new Map<string, Task>();
  const expected = new Map<string, number>();
  for (const [i, back] of plan.entries()) {
    const key = `t${i}`;
    const inputs = back.filter((distance) => distance <= i).map((distance) => `t${i - distance}`);
    graph.set(key, inputs.length === 0 ? fillTask(key, i + 1, LENGTH) : sumTask(key, inputs, LENGTH));
    // The same additions in the same order: equal to the last bit.
    expected.set(
      key,
      inputs.length === 0 ? i + 1 : inputs.reduce((sum, input) => sum + expected.get(input)!, 0),
    );
  }
  return { graph, expected };
}

test('in memory far too small, over several arenas, every block of every graph is right', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-random-'));
  let spilled = 0;
  const property = fc.asyncProperty(plans, fc.integer({ min: 1, max: 3 }), async (plan, threads) => {
    const memoryLimit = limitLeaving(20 * MIB, threads);
    const engine = makeEngine({ threads, memoryLimit, spillDirectory: directory }, { arenaBytes: 16 * MIB });
    const { graph, expected } = graphOf(plan);
    const keys = [...graph.keys()];
    const seen = new Map<string, number>();
    using results = await engine.run(graph, keys);
    for (const key of keys) {
      const result = await results.load(key);
      const data = ('blocks' in result ? result.blocks[0]!.data : []) as Float64Array;
      seen.set(key, data.every((x) => x === data[0]) ? data[0]! : Number.NaN);
      results.release(key);
    }
    expect(seen).toEqual(expected);
    spilled += engine.stats().spill.written;
    // What is being written to disk when it is given up keeps its memory until it was written.
    await expect
      .poll(() => engine.stats())
      .toMatchObject({ memory: { used: 0 }, spill: { onDisk: 0 }, tasks: { held: 0 } });
    await engine.dispose();
  });
  await fc.assert(property, { numRuns: 6 });
  expect(spilled).toBeGreaterThan(100 * MIB);
  rmSync(directory, { recursive: true });
});
