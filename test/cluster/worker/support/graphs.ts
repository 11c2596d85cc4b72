import type { Graph, Key, Task } from '../../../../src/graph/task.js';
import { callTask, graphOf } from '../../../engine/support/graphs.js';

const add = (key: Key, a: Key, b: Key): Task =>
  callTask(key, '(a, b) => a + b', [{ $input: 0 }, { $input: 1 }], [a, b]);

/**
 * A binary tree of additions over the numbers below `leaves`, each leaf taking some milliseconds; its root is `NAME-root`.
 *
 * @param until the last leaf lasts until there is a file of this path: the sum is not there before
 */
export function sumTree(name: string, leaves: number, milliseconds = 0, until?: string): Graph {
  const tasks: Task[] = [];
  const busy = (wait: string) =>
    `(x) => { const end = Date.now() + ${milliseconds}; while (Date.now() < end); ${wait} return x; }`;
  let level = Array.from({ length: leaves }, (_, i) => `${name}-leaf-${i}`);
  for (const [i, key] of level.entries()) {
    const waits = until !== undefined && i === leaves - 1;
    tasks.push(callTask(key, busy(waits ? untilFile(until) : ''), [i]));
  }
  for (let depth = 0; level.length > 1; depth++) {
    const next: Key[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) {
      const key = level.length === 2 ? `${name}-root` : `${name}-add-${depth}-${i}`;
      tasks.push(add(key, level[i]!, level[i + 1]!));
      next.push(key);
    }
    level = next;
  }
  return graphOf(...tasks);
}

/** Statements of a function's source: it goes on when there is a file. */
const untilFile = (path: string): string =>
  `while (!process.getBuiltinModule('node:fs').existsSync(${JSON.stringify(path)}))
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);`;

export const sumBelow = (n: number): number => (n * (n - 1)) / 2;
