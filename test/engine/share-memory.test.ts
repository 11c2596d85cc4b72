import { expect, test } from 'vitest';
import { makeEngine } from './support/engine.js';
import { fillTask, graphOf } from './support/graphs.js';

const MIB = 2 ** 20;
/** Doubles of a block of 8 MiB. */
const LENGTH = MIB;

test('what blocks do not use goes to something else that works in the process, and comes back after it', async () => {
  const engine = makeEngine({ memoryLimit: process.memoryUsage.rss() + 512 * MIB });
  const tasks = Array.from({ length: 30 }, (_, i) => fillTask(`block-${i}`, i, LENGTH));
  const results = await engine.run(
    graphOf(...tasks),
    tasks.map(({ key }) => key),
  );
  const used = engine.stats().memory;
  results[Symbol.dispose]();
  expect(engine.stats().memory.touched).toBe(used.touched);
  expect(used.touched).toBeGreaterThan(200 * MIB);

  const resident = process.memoryUsage.rss();
  const alone = engine.shareMemory();
  const shared = engine.stats().memory;
  expect(shared.touched).toBeLessThan(10 * MIB);
  expect(process.memoryUsage.rss()).toBeLessThan(resident - 150 * MIB);
  expect(shared.budget).toBeLessThan(used.budget - 20 * MIB);
  alone();
  alone();
  expect(engine.stats().memory.budget).toBeGreaterThan(shared.budget);
});
