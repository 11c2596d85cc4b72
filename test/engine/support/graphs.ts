import type { FunctionSpec } from '../../../src/graph/function-spec.js';
import type { Graph, Key, Task } from '../../../src/graph/task.js';

export const graphOf = (...tasks: Task[]): Graph => new Map(tasks.map((task) => [task.key, task]));

/** A task that calls a function, given as source text. */
export const callTask = (
  key: Key,
  source: string,
  args: readonly unknown[] = [],
  inputs: readonly Key[] = [],
): Task => ({
  key,
  op: 'call',
  inputs,
  params: { args },
  common: { fn: fromSource(source) },
});

const fromSource = (source: string): FunctionSpec => ({
  kind: 'source',
  name: '',
  source,
  captured: {},
  helpers: {},
  functions: {},
});

/** A task that fills a block of doubles with a number. */
export const fillTask = (key: Key, value: number, length: number): Task => ({
  key,
  op: 'fill',
  inputs: [],
  params: { value },
  out: [{ dtype: 'float64', shape: [length] }],
});

/** A task that says by a file that it has started, and ends when there is another. */
export const holdTask = (
  key: Key,
  params: { readonly started: string; readonly released: string },
  out: Task['out'] = [],
): Task => ({ key, op: 'hold', inputs: [], params, ...(out.length > 0 && { out }) });

/** A task that adds blocks. */
export const sumTask = (key: Key, inputs: readonly Key[], length: number): Task => ({
  key,
  op: 'sum',
  inputs,
  params: null,
  out: [{ dtype: 'float64', shape: [length] }],
});

/** A binary tree of additions over `leaves` numbers 1, 2, …; its root is called `root`. */
export function tree(leaves: number): Graph {
  const graph = new Map<Key, Task>();
  let level: Key[] = [];
  for (let i = 0; i < leaves; i++) {
    graph.set(`leaf-${i}`, { key: `leaf-${i}`, op: 'leaf', inputs: [], params: i + 1 });
    level.push(`leaf-${i}`);
  }
  for (let depth = 0; level.length > 1; depth++) {
    const next: Key[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const key = level.length === 2 ? 'root' : `add-${depth}-${i}`;
      graph.set(key, { key, op: 'add', inputs: [level[i]!, level[i + 1]!], params: null });
      next.push(key);
    }
    level = next;
  }
  return graph;
}

export function valueIn(result: unknown): unknown {
  if (typeof result === 'object' && result !== null && 'value' in result) return result.value;
  throw new TypeError('a value was expected');
}

/** What a promise is rejected with. */
export async function rejection<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('the promise was fulfilled');
}
