import { existsSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { type Block, type Op, type Result, Shrunk } from '../../../src/engine/op.js';
import { call } from '../../../src/engine/ops/call.js';
import type { Task } from '../../../src/graph/task.js';

const valueIn = (result: Result): unknown => ('value' in result ? result.value : undefined);
const blockIn = (result: Result): Block => ('blocks' in result ? result.blocks[0]! : fail());
const fail = (): never => {
  throw new TypeError('a block was expected');
};

/** Fills its block with a number. */
const fill: Op<{ value: number }> = ({ params, out }) => {
  (out[0]!.data as Float64Array).fill(params.value);
};

/** The elementwise sum of blocks. */
const sum: Op = ({ inputs, out }) => {
  const target = out[0]!.data as Float64Array;
  target.fill(0);
  for (const input of inputs) {
    const source = blockIn(input).data as Float64Array;
    for (let i = 0; i < target.length; i++) target[i]! += source[i]!;
  }
};

/** The total of a block's elements, as a value. */
const total: Op = ({ inputs }) => {
  let result = 0;
  for (const element of blockIn(inputs[0]!).data as Float64Array) result += element;
  return result;
};

const leaf: Op<number> = ({ params }) => params;

const add: Op = ({ inputs }) => inputs.reduce((sum, input) => sum + (valueIn(input) as number), 0);

/** Keeps the elements of a block that are not zero. */
const compress: Op = ({ inputs, out }) => {
  const kept = (blockIn(inputs[0]!).data as Float64Array).filter((x) => x !== 0);
  (out[0]!.data as Float64Array).set(kept);
  return new Shrunk([[kept.length]]);
};

/** Uses scratch memory, and says where its blocks lie. */
const addresses: Op = ({ inputs, out, scratch, memory }) => {
  scratch.fill(7);
  const all = [...inputs.flatMap((input) => ('blocks' in input ? input.blocks : [])), ...out];
  (out[0]!.data as Float64Array).fill(1);
  (out[1]!.data as Float64Array).set([
    all.every((block) => block.data.buffer === memory.buffer) ? 1 : 0,
    Math.min(...all.map((block) => block.data.byteOffset)),
    scratch.length,
    scratch.byteOffset % 64,
  ]);
};

const sleep: Op<{ ms: number }> = ({ params }) =>
  new Promise((resolve) => setTimeout(() => resolve(params.ms), params.ms));

const spin: Op<{ ms: number; value?: unknown }> = ({ params }) => {
  const end = performance.now() + params.ms;
  while (performance.now() < end);
  return params.value;
};

/** Says by a file that it has started, and ends when there is another. */
const hold: Op<{ started: string; released: string }> = ({ params }) => {
  writeFileSync(params.started, '');
  const look = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(params.released)) Atomics.wait(look, 0, 0, 5);
};

const where: Op = () => (isMainThread ? 'main' : 'thread');

const tries = new Map<string, number>();

/** Fails twice for each name. */
const third: Op<string> = ({ params }) => {
  const count = (tries.get(params) ?? 0) + 1;
  tries.set(params, count);
  if (count < 3) throw new Error(`try ${count}`);
  return count;
};

/** Fibonacci's numbers by tasks that make tasks and wait for them. */
const fibonacci: Op<number> = async ({ engine, params: n }) => {
  if (n < 2) return n;
  const tasks = [n - 1, n - 2].map((n) => ({ key: `fib-${n}`, op: 'fibonacci', inputs: [], params: n }));
  const keys = tasks.map(({ key }) => key);
  const results = await engine!().run(new Map(tasks.map((task) => [task.key, task])), keys);
  return keys.reduce((sum, key) => sum + (valueIn(results.get(key)) as number), 0);
};

/** Has its engine keep a task's result, or run it, and says how that went. */
const asks: Op<{
  task: Task;
  persist?: boolean;
  abortAfter?: number;
  dies?: boolean;
  throws?: boolean;
}> = async ({ engine, params: { task, persist, abortAfter, dies, throws } }) => {
  const own = engine!();
  const graph = new Map([[task.key, task]]);
  const options = abortAfter === undefined ? {} : { signal: AbortSignal.timeout(abortAfter) };
  try {
    if (persist) await own.persist(graph, [task.key], options);
    const results = await own.run(persist ? new Map() : graph, [task.key], options);
    if (dies) process.exit(3);
    if (throws) throw new Error('thrown late');
    const result = results.get(task.key);
    return 'value' in result ? result.value : Array.from(result.blocks[0]!.data as Float64Array);
  } catch (error) {
    if (throws) throw error;
    return String(error);
  }
};

/** Operations for tests of the engine. */
export const testOps: Readonly<Record<string, () => Promise<Op>>> = {
  call: async () => call,
  fill: async () => fill,
  sum: async () => sum,
  total: async () => total,
  leaf: async () => leaf,
  add: async () => add,
  compress: async () => compress,
  addresses: async () => addresses,
  sleep: async () => sleep,
  spin: async () => spin,
  hold: async () => hold,
  where: async () => where,
  third: async () => third,
  fibonacci: async () => fibonacci as Op,
  asks: async () => asks as Op,
};
