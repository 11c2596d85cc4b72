/** What is sent of graphs, and when it is found out: without a scheduler. */
import { expect, test } from 'vitest';
import { Book } from '../../../src/cluster/client/book.js';
import type { Needed } from '../../../src/cluster/client/needed.js';
import { Planning } from '../../../src/cluster/client/planning.js';
import type { Graph, Task } from '../../../src/graph/task.js';

const taskOf = (key: string, inputs: readonly string[]): readonly [string, Task] => [
  key,
  { key, op: 'number', inputs, params: 1 },
];
const graphOf = (...tasks: readonly [key: string, ...inputs: string[]][]): Graph =>
  new Map(tasks.map(([key, ...inputs]) => taskOf(key, inputs)));

/** A graph that takes more than a turn of the event loop: `last` reads many tasks, and `reads`. */
const large = (reads: string): Graph => {
  const many = Array.from({ length: 150_000 }, (_, i) => `many-${i}`);
  return new Map([...many.map((key) => taskOf(key, [])), taskOf('last', [reads, ...many])]);
};

const noCheck = () => {};
const shown = async ({ graph, externals }: Needed) => ({
  tasks: [...graph.keys()],
  externals: [...externals],
});

test('is what outputs need and the cluster has not', async () => {
  const book = new Book();
  const planning = new Planning(book);
  book.want(1, ['held', 'kept']);
  book.persist(1, ['kept']);
  const graph = graphOf(
    ['a'],
    ['b', 'a'],
    ['below'],
    ['kept', 'below'],
    ['c', 'b', 'kept', 'held'],
    ['other', 'c'],
  );
  const plan = (outputs: string[], adopted = false) => planning.plan(graph, outputs, adopted, noCheck, shown);
  expect(await plan(['c', 'c', 'kept'])).toEqual({ tasks: ['a', 'b', 'c'], externals: ['kept', 'held'] });
  expect(await plan(['kept'])).toEqual({ tasks: [], externals: [] });
  expect(await plan(['c'], true)).toEqual({ tasks: [], externals: [] });
  await expect(plan(['nothing'])).rejects.toThrow('No task of the graph makes the output "nothing"');
  const of = (graph: Graph, output: string) => planning.plan(graph, [output], false, noCheck, shown);
  await expect(of(graphOf(['x', 'gone']), 'x')).rejects.toThrow('Task "x" reads "gone", which no task');
  await expect(of(graphOf(['x', 'y'], ['y', 'x']), 'x')).rejects.toThrow('a cycle of 2 tasks');
  // What is not needed may be wrong.
  expect(await of(graphOf(['x'], ['y', 'z'], ['z', 'y'], ['v', 'gone']), 'x')).toMatchObject({
    tasks: ['x'],
  });
});

test('of a small graph is found at once', () => {
  let begun = false;
  void new Planning(new Book()).plan(graphOf(['a']), ['a'], false, noCheck, async () => {
    begun = true;
  });
  expect(begun).toBe(true);
});

test('of a large one leaves turns to others, and graphs after it wait until it has begun', async () => {
  const book = new Book();
  book.want(1, ['held']);
  const planning = new Planning(book);
  const order: string[] = [];
  let turns = 0;
  const counting = setInterval(() => turns++);
  const first = planning.plan(large('held'), ['last'], false, noCheck, async ({ graph }) => {
    order.push('large');
    book.want(2, ['last']);
    return [turns, graph.size];
  });
  const second = planning.plan(graphOf(['reads', 'last']), ['reads'], false, noCheck, async (needed) => {
    order.push('small');
    return shown(needed);
  });
  expect(order).toEqual([]);
  expect(await second).toEqual({ tasks: ['reads'], externals: ['last'] });
  expect(order).toEqual(['large', 'small']);
  const [seen, size] = await first;
  expect(size).toBe(150_001);
  expect(seen).toBeGreaterThan(0);
  clearInterval(counting);
});

test('is found again where what it reads was given up meanwhile, and not at all where it is wanted no more', async () => {
  const book = new Book();
  book.want(1, ['held']);
  const planning = new Planning(book);
  const lost = planning.plan(large('held'), ['last'], false, noCheck, shown);
  setImmediate(() => book.drop(1, ['held']));
  await expect(lost).rejects.toThrow('Task "last" reads "held", which no task of the graph makes');
  book.want(1, ['held']);
  const controller = new AbortController();
  const check = () => controller.signal.throwIfAborted();
  const ended = planning.plan(large('held'), ['last'], false, check, shown);
  setImmediate(() => controller.abort(new Error('enough')));
  await expect(ended).rejects.toThrow('enough');
  expect(await planning.plan(graphOf(['a']), ['a'], false, check, shown).catch(String)).toMatchObject({
    tasks: ['a'],
  });
});
