import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphError, TaskError } from '../../src/engine/errors.js';
import type { Op, Result, TaskContext } from '../../src/engine/op.js';
import { cull } from '../../src/graph/cull.js';
import { fuse } from '../../src/graph/fuse.js';
import { chainOp } from '../../src/graph/ops/chain.js';
import type { Graph, Key, Task } from '../../src/graph/task.js';
import { toposort } from '../../src/graph/toposort.js';
import { graphOf, leavesOf, randomGraph } from './graphs.js';

const reads = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 25 });

describe('toposort', () => {
  it('puts every task after its inputs', () => {
    fc.assert(
      fc.property(reads, fc.infiniteStream(fc.nat()), (lists, numbers) => {
        const graph = randomGraph(lists);
        const shuffled = new Map(
          [...graph]
            .map((entry) => ({ entry, at: numbers.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ entry }) => entry),
        );
        const sorted = toposort(shuffled);
        expect([...sorted].sort()).toEqual([...graph.keys()].sort());
        const at = new Map(sorted.map((key, i) => [key, i]));
        for (const task of graph.values()) {
          for (const input of task.inputs) expect(at.get(input)).toBeLessThan(at.get(task.key)!);
        }
      }),
    );
  });

  it('names the tasks of a cycle, and only those', () => {
    const graph = graphOf({ before: [], a: ['before', 'c'], b: ['a'], c: ['b', 'before'], after: ['c'] });
    expect(() => toposort(graph)).toThrow(GraphError);
    expect(() => toposort(graph)).toThrow('cycle of 3 tasks, each reading the next: "a" → "c" → "b" → "a"');
    expect(() => toposort(graphOf({ a: ['a'] }))).toThrow(
      'cycle of 1 task, each reading the next: "a" → "a"',
    );
    const ring = graphOf(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, [`k${(i + 1) % 100}`]])),
    );
    expect(() => toposort(ring)).toThrow(/cycle of 100 tasks.* "k0" → "k1" .*… .* "k99" → "k0"/);
  });

  it('names an input that nothing makes, unless it exists', () => {
    const graph = graphOf({ a: ['lost'] });
    expect(() => toposort(graph)).toThrow('Task "a" reads "lost", which no task of the graph makes');
    expect(toposort(graph, (key) => key === 'lost')).toEqual(['a']);
  });

  it('goes through chains deeper than the call stack', () => {
    const n = 100_000;
    const chain = graphOf(
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i ? [`k${i - 1}`] : []])),
    );
    expect(toposort(chain)).toHaveLength(n);
    expect(cull(chain, [`k${n - 2}`]).size).toBe(n - 1);
  });
});

describe('cull', () => {
  it('keeps what the outputs need, in the order of the graph', () => {
    const graph = graphOf({ a: [], unused: ['a'], b: ['a', 'persisted'], c: ['b', 'b'], d: ['c'] });
    expect([...cull(graph, ['c', 'b', 'c']).keys()]).toEqual(['a', 'b', 'c']);
    expect(cull(graph, ['d', 'unused'])).toBe(graph);
    expect(() => cull(graph, ['x'])).toThrow('No task of the graph makes the output "x"');
  });

  it('keeps exactly the ancestors', () => {
    fc.assert(
      fc.property(reads, fc.nat(), (lists, pick) => {
        const graph = randomGraph(lists);
        const output = `t${pick % graph.size}`;
        const ancestors = (key: Key): Key[] => [key, ...graph.get(key)!.inputs.flatMap(ancestors)];
        expect(new Set(cull(graph, [output]).keys())).toEqual(new Set(ancestors(output)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('fuse', () => {
  /** Toy operations: every value is the term that made it. */
  const term: Op<unknown, unknown> = (ctx) => {
    if (ctx.params === 'bad') throw new RangeError('too bad');
    return `${ctx.params}${ctx.common ?? ''}(${ctx.inputs.map((r) => ('value' in r ? r.value : 'blocks')).join()})`;
  };
  const load = async (name: string): Promise<Op> => (name === 'graph/chain' ? chainOp(load) : term) as Op;

  async function evaluate(graph: Graph): Promise<Map<Key, unknown>> {
    const results = new Map<Key, Result>();
    for (const key of toposort(graph)) {
      const task = graph.get(key)!;
      const run = (await load(task.op)) as Op<unknown, unknown>;
      const inputs = task.inputs.map((input) => results.get(input)!);
      const value = await run({
        key,
        inputs,
        params: task.params,
        common: task.common,
        out: [],
        scratch: new Uint8Array(),
      } as unknown as TaskContext);
      results.set(key, { value });
    }
    return new Map([...results].map(([key, r]) => [key, 'value' in r ? r.value : undefined]));
  }

  it('gives every output the value it had, and leaves no chain unfused', async () => {
    await fc.assert(
      fc.asyncProperty(reads, fc.array(fc.nat(), { maxLength: 3 }), async (lists, picks) => {
        const graph = randomGraph(lists);
        const outputs = [...leavesOf(graph), ...picks.map((p) => `t${p % graph.size}`)];
        const fused = fuse(graph, outputs);
        const [before, after] = [await evaluate(graph), await evaluate(fused)];
        for (const key of after.keys()) expect(after.get(key)).toBe(before.get(key));
        for (const key of outputs) expect(after.has(key)).toBe(true);
        const readers = (key: Key) => [...fused.values()].filter((task) => task.inputs.includes(key));
        for (const task of fused.values()) {
          const only = new Set(task.inputs).size === 1 && fused.get(task.inputs[0]!)!;
          const link = only && !outputs.includes(only.key) && readers(only.key).length === 1;
          expect(link, `${task.key} could be fused with its input`).toBe(false);
        }
      }),
    );
  });

  it('makes chains that end in blocks, and shares what is common to a layer', () => {
    const layer = { spec: 1 };
    const graph = new Map<Key, Task>();
    const out = [{ dtype: 'float64', shape: [3] }] as const;
    for (const i of [0, 1]) {
      graph.set(`read${i}`, {
        key: `read${i}`,
        op: 'read',
        inputs: ['store'],
        params: i,
        common: layer,
        scratch: 64,
      });
      graph.set(`fill${i}`, {
        key: `fill${i}`,
        op: 'fill',
        inputs: [`read${i}`, `read${i}`],
        params: null,
        out,
      });
      graph.set(`next${i}`, { key: `next${i}`, op: 'next', inputs: [`fill${i}`], params: null, out });
    }
    const fused = fuse(graph, ['next0', 'next1']);
    expect([...fused.keys()]).toEqual(['fill0', 'next0', 'fill1', 'next1']);
    const [a, b] = [fused.get('fill0')!, fused.get('fill1')!];
    expect(a).toEqual({
      key: 'fill0',
      op: 'graph/chain',
      inputs: ['store'],
      params: { keys: ['read0', 'fill0'], params: [0, null] },
      common: {
        steps: [
          { op: 'read', common: layer, reads: 1 },
          { op: 'fill', common: undefined, reads: 2 },
        ],
      },
      out,
      scratch: 64,
    });
    expect(a.common).toBe(b.common);
    expect(fuse(fused, ['next0', 'next1'])).toBe(fused);
  });

  it('lets errors name the step that failed', async () => {
    const graph = new Map(graphOf({ a: [], b: ['a'], c: ['b'] }));
    graph.set('b', { ...graph.get('b')!, op: 'user', params: 'bad' });
    const error = await evaluate(fuse(graph, ['c'])).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({ key: 'b', op: 'user', cause: expect.any(RangeError) });
    expect((error as Error).message).toBe('task "b" (user) failed: RangeError: too bad');
  });
});
