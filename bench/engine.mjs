// What the local engine costs: microseconds a task over a tree of tiny tasks, and memory.
// node bench/engine.mjs [tasks] [threads] [rounds]
import { availableParallelism } from 'node:os';
import { LocalEngine } from '../dist/esm/index.js';

const leaves = (Number(process.argv[2] ?? 32_767) + 1) / 2;
const threads = Number(process.argv[3] ?? availableParallelism());
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const source = (text, name) => ({
  kind: 'source',
  name,
  source: text,
  captured: {},
  helpers: {},
  functions: {},
});

/** A binary tree of additions, whose tasks call functions of the user. */
function tree() {
  const leaf = { fn: source('(x) => x', 'leaf') };
  const add = { fn: source('(x, y) => x + y', 'add') };
  const graph = new Map();
  let level = [];
  for (let i = 0; i < leaves; i++) {
    graph.set(`leaf-${i}`, { key: `leaf-${i}`, op: 'call', inputs: [], params: { args: [i] }, common: leaf });
    level.push(`leaf-${i}`);
  }
  for (let depth = 0; level.length > 1; depth++) {
    const next = [];
    for (let i = 0; i < level.length; i += 2) {
      const key = `add-${depth}-${i}`;
      const params = { args: [{ $input: 0 }, { $input: 1 }] };
      graph.set(key, { key, op: 'call', inputs: [level[i], level[i + 1]], params, common: add });
      next.push(key);
    }
    level = next;
  }
  return { graph, root: level[0] };
}

const engine = new LocalEngine({ threads });
const { graph, root } = tree();
for (let round = 1; round <= (Number(process.argv[4]) || 8); round++) {
  const began = performance.now();
  check(await engine.run(graph, [root]));
  const ms = performance.now() - began;
  console.log(
    `${graph.size} tasks, ${threads} threads, round ${round}: ${((1000 * ms) / graph.size).toFixed(2)} µs a task`,
  );
}
console.log(`resident ${mib(process.memoryUsage.rss())}`);

function check(results) {
  const { value } = results.get(root);
  if (value !== ((leaves - 1) * leaves) / 2) throw new Error(`the sum is ${value}`);
  results[Symbol.dispose]();
}
