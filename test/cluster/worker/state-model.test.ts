import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from './support/world.js';

/** Graphs whose tasks read up to three earlier ones; some need a GPU, some are of a kind that is brief. */
const graphs = fc
  .array(
    fc.record({
      back: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
      gpu: fc.boolean(),
      brief: fc.boolean(),
    }),
    { minLength: 2, maxLength: 9 },
  )
  .map((tasks) => {
    const names = tasks.map(({ gpu, brief }, i) => `k${brief ? '-' : ''}${i}${gpu ? 'x' : ''}`);
    return Object.fromEntries(
      tasks.map(({ back }, i) => [names[i]!, back.filter((b) => b <= i).map((b) => names[i - b]!)]),
    );
  });

test('cancel, resubmit, steal, replicate, busy and dying peers in any order: consistent, and nothing is left', () => {
  fc.assert(
    fc.property(
      graphs,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.array(fc.nat(), { maxLength: 120 }),
      (graph, threads, gpus, choices) => {
        const world = new World(graph, threads, gpus);
        for (const choice of choices) {
          const actions = world.possible();
          actions[choice % actions.length]!();
        }
        world.drain();
        expect(world.state.core.executing.size).toBe(0);
        expect(world.state.core.inFlight.size).toBe(0);
        expect(world.state.core.incoming).toBe(0);
        // What the scheduler still waits for needs a GPU, and there is none.
        for (const [key, { processing }] of world.keys)
          if (processing !== undefined) expect(stuck(world, key, gpus), key).toBe(true);
        world.freeAll();
        expect([...world.state.core.tasks.keys()]).toEqual([]);
        expect([...world.engine]).toEqual([]);
        expect(world.state.core.nbytes).toBe(0);
      },
    ),
    { numRuns: 2000 },
  );
});

const stuck = (world: World, key: string, gpus: number): boolean =>
  gpus === 0 && key.endsWith('x') && world.state.core.tasks.get(key)?.state === 'constrained';
