import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/graph/diagnose.js';
import { GraphError } from '../../src/graph/errors.js';
import { order } from '../../src/graph/order.js';
import type { Graph, Key, Task } from '../../src/graph/task.js';
import { graphOf, randomGraph } from './graphs.js';

const peakOf = (graph: Graph, outputs?: Key[]): number =>
  diagnose(graph, order(graph, outputs), outputs).peakLive;

/** The keys in the order of running. */
const sequenceOf = (graph: Graph, outputs?: Key[]): Key[] => {
  const numbers = order(graph, outputs);
  return [...numbers.keys()].sort((a, b) => numbers.get(a)! - numbers.get(b)!);
};

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Leaves `x0 …` joined `fan` by `fan` up to one. */
function tree(leaves: number, fan: number): Graph {
  const inputs: Record<Key, Key[]> = Object.fromEntries(range(leaves).map((i) => [`x${i}`, []]));
  let level = Object.keys(inputs);
  for (let depth = 1; level.length > 1; depth++) {
    const joined = range(Math.ceil(level.length / fan)).map((i) => `s${depth}-${i}`);
    for (const [i, key] of joined.entries()) inputs[key] = level.slice(i * fan, (i + 1) * fan);
    level = joined;
  }
  return graphOf(inputs);
}

/** The least peak of all orders: the cheapest way through the sets of tasks done. Outputs are held to the end. */
function leastPeak(graph: Graph): number {
  const keys = [...graph.keys()];
  const n = keys.length;
  const bit = new Map(keys.map((key, i) => [key, 1 << i]));
  const reads = keys.map((key) => graph.get(key)!.inputs.reduce((mask, input) => mask | bit.get(input)!, 0));
  const readBy = keys.map((_, t) => reads.reduce((mask, m, r) => (m & (1 << t) ? mask | (1 << r) : mask), 0));
  const best = new Uint8Array(1 << n).fill(255);
  best[0] = 0;
  for (let done = 0; done < 1 << n; done++) {
    if (best[done] === 255) continue;
    const live = range(n).filter((t) => done & (1 << t) && (readBy[t] === 0 || readBy[t]! & ~done)).length;
    for (let t = 0; t < n; t++) {
      if (done & (1 << t) || reads[t]! & ~done) continue;
      const next = done | (1 << t);
      best[next] = Math.min(best[next]!, Math.max(best[done]!, live + 1));
    }
  }
  return best[(1 << n) - 1]!;
}

const smallGraph = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 2, maxLength: 12 })
  .map(randomGraph);

describe('order', () => {
  it('numbers every task once, after its inputs, and the same way each time', () => {
    fc.assert(
      fc.property(smallGraph, (graph) => {
        const numbers = order(graph);
        expect([...numbers.values()].sort((a, b) => a - b)).toEqual(range(graph.size));
        for (const { key, inputs } of graph.values()) {
          for (const input of inputs) expect(numbers.get(input)).toBeLessThan(numbers.get(key)!);
        }
        expect([...order(graph)]).toEqual([...numbers]);
      }),
    );
  });

  it('is never far from the best order of small graphs, and mostly the best', () => {
    let best = 0;
    let ratio = 0;
    const runs = 300;
    fc.assert(
      fc.property(smallGraph, (graph) => {
        const [ours, least] = [peakOf(graph), leastPeak(graph)];
        expect(ours).toBeGreaterThanOrEqual(least);
        expect(ours).toBeLessThanOrEqual(least + 2);
        if (ours === least) best += 1;
        ratio += ours / least / runs;
      }),
      { numRuns: runs, seed: 20 },
    );
    expect(best / runs).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.02);
  });

  it('makes equal outputs in the order in which they are listed', () => {
    const graph = graphOf({ x0: [], x1: [], x2: [], y0: ['x0'], y1: ['x1'], y2: ['x2'] });
    expect(sequenceOf(graph, ['y2', 'y0', 'y1'])).toEqual(['x2', 'y2', 'x0', 'y0', 'x1', 'y1']);
    expect(sequenceOf(graph)).toEqual(['x0', 'y0', 'x1', 'y1', 'x2', 'y2']);
  });

  it('names a cycle', () => {
    expect(() => order(graphOf({ a: ['b'], b: ['a'] }))).toThrow(GraphError);
  });

  it('takes inputs that no task makes for results that exist', () => {
    expect(sequenceOf(graphOf({ b: ['a', 'persisted'], a: ['persisted'] }))).toEqual(['a', 'b']);
  });
});

describe('order beside that of Dask', () => {
  // The peaks were found by Dask: see test/truth/order.py.
  const truth = JSON.parse(readFileSync(new URL('../truth/order.json', import.meta.url), 'utf8')) as {
    cases: { name: string; dask: number; inputs: number[][] }[];
  };
  const graphs = truth.cases.map((shape) => ({
    ...shape,
    graph: graphOf(Object.fromEntries(shape.inputs.map((reads, i) => [`t${i}`, reads.map((r) => `t${r}`)]))),
  }));
  for (const { name, dask, graph } of graphs) {
    it(`holds at most two results more: ${name}`, () => expect(peakOf(graph)).toBeLessThanOrEqual(dask + 2));
  }

  it('holds fewer over all shapes', () => {
    const total = graphs.reduce((sum, { graph }) => sum + peakOf(graph), 0);
    expect(total).toBeLessThan(graphs.reduce((sum, { dask }) => sum + dask, 0));
  });
});

describe('order of named shapes', () => {
  it.each([
    [256, 2],
    [729, 3],
    [4096, 4],
    [1000, 10],
  ])(
    'a tree of %i leaves, %i by %i, holds one level of siblings for each level of the tree',
    (leaves, fan) => {
      //      s
      //    /   \        While the last leaf is read, each level above holds fan - 1 finished siblings;
      //   s     s       the join itself holds its fan inputs and its output.
      //  / \   / \
      // x   x x   x
      const levels = Math.ceil(Math.log(leaves) / Math.log(fan) - 1e-9);
      expect(peakOf(tree(leaves, fan))).toBe((fan - 1) * levels + 2);
    },
  );

  it('chains side by side run one by one', () => {
    const chains = graphOf(
      Object.fromEntries(
        range(50).flatMap((j) => range(8).map((i) => [`c${i}-${j}`, j ? [`c${i}-${j - 1}`] : []])),
      ),
    );
    // seven ends held, and two of the chain that runs
    expect(peakOf(chains)).toBe(9);
    expect(
      new Set(
        sequenceOf(chains)
          .slice(0, 50)
          .map((key) => key.split('-')[0]),
      ).size,
    ).toBe(1);
  });

  it('all readers of a block run while it is there', () => {
    //  x0 → f0, g0    x1 → f1, g1 …    F and G are trees over f and g
    const n = 64;
    const inputs: Record<Key, Key[]> = {};
    for (const i of range(n))
      Object.assign(inputs, { [`x${i}`]: [], [`f${i}`]: [`x${i}`], [`g${i}`]: [`x${i}`] });
    for (const letter of ['f', 'g']) {
      for (const i of range(n / 8))
        inputs[`${letter}${letter}${i}`] = range(8).map((k) => `${letter}${i * 8 + k}`);
      inputs[letter] = range(n / 8).map((i) => `${letter}${letter}${i}`);
    }
    const graph = graphOf(inputs);
    const { ages } = diagnose(graph, order(graph));
    // at most f, its two joins and g
    for (const i of range(n)) expect(ages.get(`x${i}`)).toBeLessThanOrEqual(4);
    expect(peakOf(graph)).toBeLessThanOrEqual(2 * (7 + 7) + 4);
  });

  it('anomalies from a mean free each block as soon as the mean is there', () => {
    //  x0 … x9 → mean → x0 - mean … x9 - mean
    const inputs: Record<Key, Key[]> = { mean: range(10).map((i) => `x${i}`) };
    for (const i of range(10)) Object.assign(inputs, { [`x${i}`]: [], [`a${i}`]: [`x${i}`, 'mean'] });
    const graph = graphOf(inputs);
    // all of x, the mean, and one anomaly more while its x is still there
    expect(peakOf(graph)).toBe(12);
    // taken away as they finish, the anomalies cost nothing
    const { liveOverTime } = diagnose(graph, order(graph, []), []);
    expect(Array.from(liveOverTime.slice(-10))).toEqual(range(10).map((i) => 12 - i));
  });

  it('a matrix product holds one matrix and a row of the other', () => {
    const n = 6;
    const inputs: Record<Key, Key[]> = {};
    for (const i of range(n)) {
      for (const j of range(n)) {
        Object.assign(inputs, { [`a${i}${j}`]: [], [`b${i}${j}`]: [] });
        inputs[`c${i}${j}`] = range(n).flatMap((k) => [`a${i}${k}`, `b${k}${j}`]);
      }
    }
    const graph = graphOf(inputs);
    const taken = diagnose(graph, order(graph, []), []).peakLive;
    expect(taken).toBe(n * n + n + 1);
  });

  it('weighs results by bytes: a shuffle of small pieces lets go of each source at once', () => {
    const inputs: [Key, Key[], number][] = [];
    for (const i of range(8)) {
      inputs.push([`in${i}`, [], 8]);
      for (const j of range(8)) inputs.push([`piece${i}-${j}`, [`in${i}`], 1]);
    }
    for (const j of range(8)) inputs.push([`out${j}`, range(8).map((i) => `piece${i}-${j}`), 8]);
    const graph = new Map(
      inputs.map(([key, reads, size]): [Key, Task] => [
        key,
        { key, op: 'x', inputs: reads, params: 0, out: [{ dtype: 'int8', shape: [size] }] },
      ]),
    );
    const { peakBytes } = diagnose(graph, order(graph));
    // 64 bytes are there however it is done; a source, or an output, is there beside its own pieces
    expect(peakBytes).toBeLessThanOrEqual(64 + 16);
  });

  it('stores run as soon as their block is there', () => {
    const inputs: Record<Key, Key[]> = {};
    for (const i of range(20)) Object.assign(inputs, { [`x${i}`]: [], [`store${i}`]: [`x${i}`] });
    inputs.all = range(20).map((i) => `x${i}`);
    const graph = graphOf(inputs);
    const at = order(graph, ['all']);
    for (const i of range(19)) expect(at.get(`store${i}`)! - at.get(`x${i}`)!).toBe(1);
  });
});

describe('order of large graphs', () => {
  /** Milliseconds of the processor, whatever else it does: far above what is needed (some 2 µs a task), far below what a quadratic step would take. */
  const limit = 2500;
  const timed = (graph: Graph): number => {
    const start = process.cpuUsage();
    expect(order(graph).size).toBe(graph.size);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const n = 100_000;
  it('a chain deeper than the call stack', () =>
    expect(
      timed(graphOf(Object.fromEntries(range(n).map((i) => [`k${i}`, i ? [`k${i - 1}`] : []])))),
    ).toBeLessThan(limit));
  it('one source with many readers, and one reader of all those', () => {
    const inputs: Record<Key, Key[]> = { x: [], y: [], end: range(n).map((i) => `k${i}`) };
    for (const i of range(n)) inputs[`k${i}`] = i % 2 ? ['x', 'y'] : ['y'];
    expect(timed(graphOf(inputs))).toBeLessThan(limit);
  });
  it('a wide tree', () => expect(timed(tree(80_000, 5))).toBeLessThan(limit));
});

describe('diagnose', () => {
  it('counts what is held while each task runs', () => {
    const block = (shape: number[]) => [{ dtype: 'float32', shape }] as const;
    const graph = new Map<Key, Task>([
      ['a', { key: 'a', op: 'x', inputs: [], params: 0, out: block([10]) }],
      ['b', { key: 'b', op: 'x', inputs: ['a', 'a'], params: 0, out: block([2, 3]) }],
      ['c', { key: 'c', op: 'x', inputs: ['a', 'b'], params: 0 }],
      ['d', { key: 'd', op: 'x', inputs: ['c'], params: 0, out: block([]) }],
    ]);
    const numbers = new Map([...'abcd'].map((key, i) => [key, i * 10]));
    const seen = diagnose(graph, numbers);
    expect(Array.from(seen.liveOverTime)).toEqual([1, 2, 3, 2]);
    expect(Array.from(seen.bytesOverTime)).toEqual([40, 64, 64, 4]);
    expect(seen).toMatchObject({ peakLive: 3, peakBytes: 64 });
    expect([...seen.ages].sort()).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
      ['d', 0],
    ]);
    expect(() => diagnose(graph, new Map())).toThrow(/no number for task "a"/);
  });
});
