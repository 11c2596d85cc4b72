import { describe, expect, test } from 'vitest';
import type { Graph, Task } from '../../src/graph/task.js';
import { makeEngine } from './support/engine.js';

const graphOf = (...tasks: Task[]): Graph => new Map(tasks.map((task) => [task.key, task]));
const valueIn = (result: unknown): unknown => (result as { value: unknown }).value;

/** A binary tree of additions over `leaves` numbers 1, 2, …; its root is called `root`. */
function tree(leaves: number): Graph {
  const graph = new Map<string, Task>();
  let level: string[] = [];
  for (let i = 0; i < leaves; i++) {
    graph.set(`leaf-${i}`, { key: `leaf-${i}`, op: 'leaf', inputs: [], params: i + 1 });
    level.push(`leaf-${i}`);
  }
  for (let depth = 0; level.length > 1; depth++) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const key = level.length === 2 ? 'root' : `add-${depth}-${i}`;
      graph.set(key, { key, op: 'add', inputs: [level[i]!, level[i + 1]!], params: null });
      next.push(key);
    }
    level = next;
  }
  return graph;
}

describe('values', () => {
  test('a tree of 32,767 tasks', async () => {
    const engine = makeEngine();
    using results = await engine.run(tree(16_384), ['root']);
    expect(valueIn(results.get('root'))).toBe((16_384 * 16_385) / 2);
    results[Symbol.dispose]();
    expect(engine.stats().tasks).toEqual({ done: 32_767, held: 0 });
  });

  test('a task that reads another twice', async () => {
    const engine = makeEngine();
    using results = await engine.run(
      graphOf(
        { key: 'a', op: 'leaf', inputs: [], params: 21 },
        { key: 'b', op: 'add', inputs: ['a', 'a'], params: null },
      ),
      ['b'],
    );
    expect(valueIn(results.get('b'))).toBe(42);
  });
});
