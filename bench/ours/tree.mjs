import { engineOfGraphs, measure, SIZE } from './harness.mjs';

const shipped = (name, source) => ({
  fn: { kind: 'source', name, source, captured: {}, helpers: {}, functions: {} },
});
const inc = shipped('inc', '(x) => x + 1');
const add = shipped('add', '(x, y) => x + y');

/** A binary tree: `leaves` times inc, then add until one is left. */
function build(leaves) {
  const graph = new Map();
  const task = (key, common, inputs, args) => {
    graph.set(key, { key, op: 'call', inputs, params: { args }, common });
    return key;
  };
  let names = Array.from({ length: leaves }, (_, i) => task(`inc-${i}`, inc, [], [i]));
  const both = [{ $input: 0 }, { $input: 1 }];
  for (let level = 0; names.length > 1; level++)
    names = Array.from({ length: names.length / 2 }, (_, i) =>
      task(`add-${level}-${i}`, add, [names[2 * i], names[2 * i + 1]], both),
    );
  return { graph, root: names[0] };
}

const { graph, root } = build(SIZE.leaves);
const engine = engineOfGraphs();

await measure(async () => {
  const results = await engine.run(graph, [root]);
  const { value } = results.get(root);
  results[Symbol.dispose]();
  return value;
});
await engine.dispose();
