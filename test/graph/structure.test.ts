import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cull } from '../../src/graph/cull.js';
import { GraphError } from '../../src/graph/errors.js';
import type { Key } from '../../src/graph/task.js';
import { toposort } from '../../src/graph/toposort.js';
import { graphOf, randomGraph } from './graphs.js';

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
