import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../src/engine/errors.js';
import { type Block, type Op, type Result, Shrunk } from '../../src/engine/op.js';
import { mergedOp } from '../../src/engine/ops/merged.js';
import { merge } from '../../src/graph/merge.js';
import type { MergedParams } from '../../src/graph/merged-task.js';
import { bytesOf } from '../../src/graph/order.js';
import type { Graph, Key, Task } from '../../src/graph/task.js';
import { toposort } from '../../src/graph/toposort.js';
import { leavesOf } from './graphs.js';

const MILLION = 1e6;

/** A task that fills a block of float64 and says what work that is. */
const block = (key: Key, inputs: readonly Key[], elements: number, work: number, more = {}): Task => ({
  key,
  op: 'sum',
  inputs,
  params: key.length,
  out: [{ dtype: 'float64', shape: [elements] }],
  work,
  ...more,
});

/** One that does not say it. */
const user = (key: Key, inputs: readonly Key[]): Task => ({ key, op: 'call', inputs, params: null });

const graphOf = (...tasks: readonly Task[]): Graph => new Map(tasks.map((task) => [task.key, task]));

/** How many tasks each task of a graph does. */
const sizesOf = (graph: Graph): Record<Key, number> =>
  Object.fromEntries(
    [...graph.values()].map(({ key, op, params }) => [
      key,
      op === 'graph/merged' ? (params as MergedParams).steps.length : 1,
    ]),
  );

/** Work enough that the share of a small task is no matter. */
const PLENTY = Array.from({ length: 400 }, (_, i) => block(`other-${i}`, [], 8, 100 * MILLION));
const OTHERS = PLENTY.map(({ key }) => key);

function sizes(tasks: readonly Task[], ...outputs: readonly Key[]): Record<Key, number> {
  const found = sizesOf(merge(graphOf(...tasks, ...PLENTY), [...outputs, ...OTHERS]));
  return Object.fromEntries(Object.entries(found).filter(([key]) => !OTHERS.includes(key)));
}

describe('cheap sources', () => {
  const source = block('x', [], MILLION, 7 * MILLION);
  const readers = (count: number): Task[] =>
    Array.from({ length: count }, (_, i) => block(`r${i}`, ['x'], 1, 3 * MILLION));
  const keys = (count: number): Key[] => readers(count).map(({ key }) => key);

  it('are made again by each of a few readers', () => {
    expect(sizes([source, ...readers(1)], 'r0')).toEqual({ r0: 2 });
    expect(sizes([source, ...readers(3)], ...keys(3))).toEqual({ r0: 2, r1: 2, r2: 2 });
  });

  it('are made once where many read them, or where they take longer than to be moved', () => {
    expect(sizes([source, ...readers(8)], ...keys(8))).toMatchObject({ x: 1, r0: 1 });
    const slow = { ...source, work: 14 * MILLION };
    expect(sizes([slow, ...readers(2)], 'r0', 'r1')).toEqual({ x: 1, r0: 1, r1: 1 });
    expect(sizes([slow, ...readers(1)], 'r0')).toEqual({ r0: 2 });
  });

  it('stay where they are an output, hold elements, or are read by what does more than compute', () => {
    expect(sizes([source, ...readers(1)], 'x', 'r0')).toEqual({ x: 1, r0: 1 });
    const literal = { ...source, common: { buffer: new ArrayBuffer(8) } };
    expect(sizes([literal, ...readers(2)], 'r0', 'r1')).toEqual({ x: 1, r0: 1, r1: 1 });
    expect(sizes([source, ...readers(1), user('f', ['x'])], 'r0', 'f')).toEqual({ x: 1, r0: 1, f: 1 });
  });

  it('stay where their reader would do too many with them', () => {
    const many = Array.from({ length: 25 }, (_, i) => block(`x${i}`, [], MILLION, 7 * MILLION));
    const join = block(
      'join',
      many.map(({ key }) => key),
      25 * MILLION,
      MILLION,
    );
    expect(sizes([...many, join], 'join')).toEqual({ join: 22, x21: 1, x22: 1, x23: 1, x24: 1 });
    expect(sizes([...many.slice(0, 8), { ...join, inputs: join.inputs.slice(0, 8) }], 'join')).toEqual({
      join: 9,
    });
  });
});

describe('small tasks', () => {
  const parts = (count: number, work: number): Task[] =>
    Array.from({ length: count }, (_, i) => block(`p${i}`, [], 1, work));
  const sum = (count: number): Task =>
    block(
      'sum',
      parts(count, 0).map(({ key }) => key),
      1,
      10,
    );

  it('are done by their reader, with what they do themselves', () => {
    const steps = Array.from({ length: 8 }, (_, i) => [
      block(`x${i}`, [], MILLION, 7 * MILLION),
      block(`p${i}`, [`x${i}`], 1, 3 * MILLION),
    ]).flat();
    const merged = merge(graphOf(...steps, sum(8), ...PLENTY), ['sum', ...OTHERS]);
    expect(sizesOf(merged).sum).toBe(17);
    const task = merged.get('sum')!;
    expect(task).toMatchObject({ inputs: [], out: sum(8).out, work: 80 * MILLION + 10 });
    // One block of random numbers at a time, and eight sums.
    expect(task.scratch).toBeLessThan(8 * MILLION + 1024);
  });

  it('stay where their reader would take long with them, for one task or as a share of all: it does some then', () => {
    const y = block('y', [], 10, 50);
    const tasks = (work: number): Task[] => [
      y,
      ...parts(8, work).map((task) => ({ ...task, inputs: ['y'] })),
      sum(8),
    ];
    expect(sizes(tasks(20 * MILLION), 'sum', 'y')).toEqual({ sum: 8, p7: 1, y: 1 });
    // A step that its own reader may do takes none.
    const top = block('top', ['sum'], 1, 10);
    expect(sizes([...tasks(20 * MILLION), top], 'top', 'y')).toMatchObject({ top: 2, p0: 1, p7: 1 });
    expect(sizes(tasks(5 * MILLION), 'sum', 'y')).toEqual({ sum: 9, y: 1 });
    const alone = (work: number) => sizesOf(merge(graphOf(...tasks(work)), ['sum', 'y']));
    expect(alone(5 * MILLION)).toMatchObject({ sum: 1, p0: 1 });
    expect(alone(0.1 * MILLION)).toEqual({ sum: 9, y: 1 });
  });

  it('stay where much would have to be moved to their reader, or nobody knows how much', () => {
    const with_ = (y: Task) => [y, ...parts(8, 1000).map((task) => ({ ...task, inputs: ['y'] })), sum(8)];
    const large = block('y', [], MILLION, 50 * MILLION);
    expect(sizes(with_(large), 'sum', 'y')).toMatchObject({ sum: 1, p0: 1, y: 1 });
    expect(sizes(with_(user('y', [])), 'sum', 'y')).toMatchObject({ sum: 1, p0: 1, y: 1 });
    expect(sizes(with_(block('y', [], 10, 50)), 'sum', 'y')).toEqual({ sum: 9, y: 1 });
  });

  it('a graph of what does not say its work stays as it is', () => {
    const graph = graphOf(user('a', []), user('b', ['a']));
    expect(merge(graph, ['b'])).toBe(graph);
  });
});

describe('a merged task', () => {
  /** Adds up, element by element, whatever its inputs have; tramples on all memory that it is given first. */
  const sum: Op<number, unknown> = ({ inputs, params, out, scratch }) => {
    if (params === -1) throw new RangeError('too bad');
    scratch.fill(0xff);
    const data = out[0]!.data as Float64Array;
    data.fill(Number.NaN);
    for (let i = 0; i < data.length; i++) {
      let total = params + i;
      for (const input of inputs) {
        const read = (input as { blocks: readonly Block[] }).blocks[0]!;
        total += Number(read.data[i % read.data.length]) * 3;
      }
      data[i] = total % 1000;
    }
    return params % 5 === 0 && data.length > 1 ? new Shrunk([[data.length - 1]]) : undefined;
  };
  const load = async (name: string): Promise<Op> => (name === 'graph/merged' ? mergedOp(load) : sum) as Op;

  async function evaluate(graph: Graph): Promise<Map<Key, readonly number[]>> {
    const results = new Map<Key, Result>();
    for (const key of toposort(graph)) {
      const task = graph.get(key)!;
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 100, shared: true });
      const bytes = bytesOf(task);
      memory.grow(Math.ceil((bytes + (task.scratch ?? 0)) / 65536));
      const data = new Float64Array(memory.buffer, 64, bytes / 8);
      const out = [{ ...task.out![0]!, data }];
      const at = Math.ceil((64 + bytes) / 64) * 64;
      const scratch = new Uint8Array(memory.buffer, at, task.scratch ?? 0);
      const inputs = task.inputs.map((input) => results.get(input)!);
      const { params, common } = task;
      const run = (await load(task.op)) as Op<unknown, unknown>;
      const value = await run({ key, inputs, params, common, out, scratch, memory });
      const length = value instanceof Shrunk ? value.shapes[0]![0]! : data.length;
      results.set(key, { blocks: [{ ...out[0]!, shape: [length], data: data.subarray(0, length) }] });
    }
    return new Map(
      [...results].map(([key, r]) => [
        key,
        [...(r as { blocks: readonly Block[] }).blocks[0]!.data].map(Number),
      ]),
    );
  }

  const plans = fc.array(
    fc.record({
      reads: fc.array(fc.nat(), { maxLength: 4 }),
      elements: fc.integer({ min: 1, max: 40 }),
      scratch: fc.integer({ min: 0, max: 300 }),
      work: fc.constantFrom(10, 10, 10, 1000, 1000, 2 * MILLION, Number.NaN),
      kind: fc.nat({ max: 2 }),
    }),
    { minLength: 1, maxLength: 25 },
  );

  it('gives what its tasks gave, whatever the graph', async () => {
    const commons = [undefined, { a: 1 }, { b: 2 }];
    await fc.assert(
      fc.asyncProperty(plans, fc.array(fc.nat(), { maxLength: 3 }), async (list, picks) => {
        const graph = graphOf(
          ...list.map(({ reads, elements, scratch, work, kind }, i) =>
            block(`t${i}`, i === 0 ? [] : reads.map((r) => `t${r % i}`), elements, work, {
              params: i,
              scratch,
              ...(commons[kind] && { common: commons[kind] }),
            }),
          ),
        );
        const outputs = [...leavesOf(graph), ...picks.map((p) => `t${p % graph.size}`)];
        const merged = merge(graph, outputs);
        const [before, after] = [await evaluate(graph), await evaluate(merged)];
        expect([...after.keys()]).toEqual(expect.arrayContaining(outputs));
        for (const [key, values] of after) expect(values).toEqual(before.get(key));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what two of its steps read until the second has', async () => {
    const graph = graphOf(
      block('x', [], 8, 10, { params: 1 }),
      block('a', ['x'], 8, 10, { params: 2 }),
      block('b', ['x'], 8, 10, { params: 3 }),
      block('c', ['a', 'b'], 8, 10, { params: 4 }),
    );
    const merged = merge(graph, ['c']);
    expect(sizesOf(merged)).toEqual({ c: 4 });
    expect((await evaluate(merged)).get('c')).toEqual((await evaluate(graph)).get('c'));
  });

  it('names the operation that failed', async () => {
    const bad = block('bad', [], 8, 10, { params: -1 });
    const merged = merge(graphOf(bad, block('end', ['bad'], 8, 10)), ['end']);
    expect(merged.size).toBe(1);
    await expect(evaluate(merged)).rejects.toThrow(TaskError);
    await expect(evaluate(merged)).rejects.toThrow('task "end" (sum) failed: RangeError: too bad');
  });

  it('shares what is common to a layer', () => {
    const common = { spec: 1 };
    const tasks = [0, 1].flatMap((i) => [
      block(`x${i}`, [], 8, 10, { common }),
      block(`y${i}`, [`x${i}`], 8, 10, { common }),
    ]);
    const merged = merge(graphOf(...tasks), ['y0', 'y1']);
    expect(merged.get('y0')!.common).toEqual({ kinds: [{ op: 'sum', common }] });
    expect(merged.get('y0')!.common).toBe(merged.get('y1')!.common);
  });
});
