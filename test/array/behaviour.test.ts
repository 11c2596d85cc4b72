/** What runs, and how often: sharing, fusing, persisting, reporting. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import type { Graph, Task } from '../../src/graph/task.js';
import * as tw from '../../src/index.js';

const engine = new tw.LocalEngine({ threads: 2 });
const directory = mkdtempSync(join(tmpdir(), 'tilework-behaviour-'));
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** Blocks that cost something to make, so that nothing makes them twice for being cheap. */
const stored = (shape: number[], chunks: tw.TileArray['shape']) =>
  tw.fromFunction((i, j = 0) => 10 * i + j, shape, { chunks });

/** How many tasks of each operation a graph has. */
function operations(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of graph.values()) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

const tasksOf = (graph: Graph, op: string): Task[] => [...graph.values()].filter((task) => task.op === op);

/** What fused loops say of themselves. */
interface Fused extends Task {
  readonly params: { readonly shape: readonly number[]; readonly operands: readonly (readonly number[])[] };
  readonly common: {
    readonly spec: { readonly nodes: readonly { op: string }[]; readonly reduce?: readonly number[] };
  };
}
const loopsOf = (graph: Graph): Fused[] => tasksOf(graph, 'array/fused') as Fused[];

const listOf = (value: unknown): unknown => (value as tw.NDArray).tolist();

/** Tasks that ran in the engine meanwhile. */
async function ran<T>(work: () => Promise<T>): Promise<{ tasks: number; value: T }> {
  const before = engine.stats().tasks.done;
  const value = await work();
  return { tasks: engine.stats().tasks.done - before, value };
}

describe('one pass', () => {
  it('computes what several results share once', async () => {
    const x = stored([6, 6], [2, 3]);
    const y = x.add(1);
    const [alone, other] = [y.sum(0), y.max()].map((r) => r.graph().size);
    const { tasks, value } = await ran(() => tw.compute([y.sum(0), y.max(), y.sum(0)], { engine }));
    // The six blocks are made once; what each result has of its own comes beside them.
    expect(tasks).toBe(alone + other - 6);
    expect(value.map(String)).toEqual([
      '[156. 162. 168. 174. 180. 186.]',
      '56',
      '[156. 162. 168. 174. 180. 186.]',
    ]);
  });

  it('computes one thing that is asked for twice once, in two runs at the same time too', async () => {
    const x = stored([4, 4], [2, 2]).sin().sum();
    const once = x.graph().size;
    const { tasks, value } = await ran(() => Promise.all([x.compute({ engine }), x.compute({ engine })]));
    expect(value[0]).toBe(value[1]);
    expect(tasks).toBe(once);
  });

  it('gives results in the order they are asked for, scalars and typed elements', async () => {
    const i = tw.arange(3n);
    const results = await tw.compute([i, i.sum(), i.greater(1).any(), i.multiply(2n ** 60n).max(), 7], {
      engine,
    });
    expect(String(results[0])).toBe('[0 1 2]');
    expect(results.slice(1)).toEqual([3, true, 2n ** 61n, 7]);
    expect(await tw.compute([], { engine })).toEqual([]);
  });
});

describe('fusing', () => {
  it('makes one loop a block of an expression and the reduction behind it, and a tree', () => {
    const x = tw.random.defaultRng(1).random([4000, 4000], { chunks: [500, 500] });
    const graph = x.sin().power(2).add(x.cos().power(2)).mean().graph();
    expect(operations(graph)).toEqual({ 'array/random': 64, 'array/fused': 64 + 8 + 1 });
    const folds = loopsOf(graph).filter(({ common }) => common.spec.reduce);
    expect(folds).toHaveLength(64);
    for (const { common, inputs, out } of folds) {
      expect(common.spec.nodes.map(({ op }) => op).sort()).toEqual([
        'add',
        'cos',
        'input',
        'sin',
        'square',
        'square',
      ]);
      expect(inputs).toHaveLength(1);
      expect(out).toEqual([{ dtype: 'float64', shape: [1, 1] }]);
    }
  });

  it('reads slices and transposes with strides: nothing is copied, blocks beside the slice are not made', async () => {
    const x = stored([400, 400], [100, 100]);
    const y = x.add(x.T).slice('::2', '200:').mean(1);
    const graph = y.graph();
    // Of 16 blocks the right half and, transposed, the lower half: 12. Eight folds, four ends.
    expect(operations(graph)).toEqual({ 'array/map-blocks': 12, 'array/fused': 12 });
    const folds = loopsOf(graph).filter(({ common }) => common.spec.reduce);
    for (const { params } of folds) expect(params.shape).toEqual([50, 100]);
    // (10 i + j) + (10 j + i), over j from 200
    const expected = Array.from({ length: 200 }, (_, k) => 11 * 2 * k + 11 * 299.5);
    expect(((await y.compute({ engine })) as tw.NDArray<'float64'>).tolist()).toEqual(expected);
  });

  it('makes no task of a view, a reshape to the same shape or a conversion to the same dtype', () => {
    const x = stored([4, 6], [2, 6]);
    const plain = x.sum(0).graph();
    for (const same of [x.T.T, x.slice(':', '...'), x.reshape(4, 6), x.astype('float64'), x.rechunk([2, 6])])
      expect(same.sum(0).graph().size).toBe(plain.size);
  });

  it('computes a small result that is stretched once, not for every block that reads it', () => {
    const x = stored([400, 400], [100, 100]);
    const graph = x.subtract(x.mean(0)).graph();
    // 16 blocks; 16 folds and 4 ends of the mean; 16 differences.
    expect(operations(graph)).toEqual({ 'array/map-blocks': 16, 'array/fused': 16 + 4 + 16 });
    const stretched = tw.broadcastTo(x.exp().sum(), [1000, 1000], 100).add(1).graph();
    expect(
      loopsOf(stretched).filter(({ common }) => common.spec.nodes.some(({ op }) => op === 'exp')),
    ).toHaveLength(16);
  });

  it('reads each block once for all reductions of it over the same axes', async () => {
    const x = stored([390, 40], [20, 20]).sin();
    const figures = [x.sum(0), x.std(0), x.min(0), x.argmax(0), x.var({ axis: 0, ddof: 1 }), x.mean(0)];
    const all = tw.stack(figures.map((figure) => figure.astype('float64')));
    const folds = loopsOf(all.graph()).filter(({ common }) => common.spec.reduce);
    expect(folds.map(({ out }) => out?.length)).toEqual(new Array(40).fill(1 + 2 + 1 + 2 + 2 + 1));
    // The steps of trees are put together as far as one loop has room for them.
    const { length } = loopsOf(all.graph());
    expect(length).toBeLessThan(figures.reduce((sum, one) => sum + loopsOf(one.graph()).length, 0) / 2);
    const alone: unknown[] = [];
    for (const figure of figures) alone.push(listOf(await figure.astype('float64').compute({ engine })));
    expect(listOf(await all.compute({ engine }))).toEqual(alone);
  });

  it('computes apart what reductions do not read alike, and what is wanted itself', async () => {
    const x = stored([60, 60], [20, 20]);
    const foldsOf = (y: tw.TileArray): number =>
      loopsOf(y.graph()).filter(({ common }) => common.spec.reduce).length;
    const once = foldsOf(x.sum(0));
    expect(foldsOf(x.sum(0).add(x.sum(1)))).toBe(2 * once);
    expect(foldsOf(x.sum(0).add(x.T.sum(0)))).toBe(2 * once);
    const other = tw.fromFunction((i, j = 0) => i - j, [60, 60], { chunks: [20, 20] });
    expect(foldsOf(x.sum(0).add(x.add(other).max(0)))).toBe(2 * once);
    expect(foldsOf(x.sum(0).add(x.add(1).max(0)))).toBe(once);
    const wanted = [x.sum(0, true).sum(1), x.sum(0, true), x.max(0)];
    const together = (await tw.compute(wanted, { engine })).map(listOf);
    for (const [k, one] of wanted.entries())
      expect(together[k]).toEqual(listOf(await one.compute({ engine })));
  });

  it('stores what two loops read, unless it costs next to nothing', () => {
    const x = stored([400], [100]);
    const both = (y: tw.TileArray) => tw.stack([y.slice(':100'), y.slice('300:')]).graph();
    const exps = (graph: Graph) =>
      loopsOf(graph).filter(({ common }) => common.spec.nodes.some(({ op }) => op === 'exp')).length;
    const shared = x.exp();
    // Read by its sum and by the quotient: made once for each block.
    expect(exps(shared.divide(shared.sum()).graph())).toBe(4);
    expect(exps(both(x.exp()))).toBe(2);
  });
});

describe('creation', () => {
  it('takes options after as many numbers as there are', async () => {
    const chunks = 16;
    const made: [tw.TileArray, number[][], tw.TileArray][] = [
      [tw.arange(64, { chunks }), [[16, 16, 16, 16]], tw.arange(64)],
      [tw.arange(0, 64, { chunks }), [[16, 16, 16, 16]], tw.arange(0, 64)],
      [tw.arange(0, 64, 2, { chunks }), [[16, 16]], tw.arange(0, 64, 2)],
      [tw.arange(64, undefined, 2, { chunks }), [[16, 16]], tw.arange(0, 64, 2)],
      [tw.linspace(0, 1, { chunks }), [[16, 16, 16, 2]], tw.linspace(0, 1)],
      [tw.linspace(0, 1, 20, { chunks }), [[16, 4]], tw.linspace(0, 1, 20)],
      [
        tw.eye(20, { chunks, k: 1 }),
        [
          [16, 4],
          [16, 4],
        ],
        tw.eye(20, 20, { k: 1 }),
      ],
      [tw.eye(20, 3, { chunks }), [[16, 4], [3]], tw.eye(20, 3)],
      [
        tw.identity(17, { chunks }),
        [
          [16, 1],
          [16, 1],
        ],
        tw.identity(17),
      ],
      [tw.full(17, 1, { chunks }), [[16, 1]], tw.full(17, 1)],
    ];
    const shown = async (y: tw.TileArray) => ((await y.compute({ engine })) as tw.NDArray).tolist();
    for (const [x, sizes, plain] of made) {
      expect(x.chunks).toEqual(sizes);
      expect(await shown(x)).toEqual(await shown(plain));
    }
    expect(tw.arange(3n, { chunks: 2 }).dtype).toBe('int64');
    expect(tw.arange(0, 3, { dtype: 'uint8' }).dtype).toBe('uint8');
  });
});

describe('random blocks', () => {
  const draw = () => tw.random.defaultRng(1).random([400, 400], { chunks: [100, 100] });
  /** Shapes of what is drawn, and how often. */
  const drawn = (y: { graph(): Graph }): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { out } of tasksOf(y.graph(), 'array/random'))
      counts[out![0].shape.join('×')] = (counts[out![0].shape.join('×')] ?? 0) + 1;
    return counts;
  };

  it('of which a slice is needed are not drawn whole', () => {
    expect(drawn(draw().slice('::2').sum())).toEqual({ '50×100': 16 });
    expect(drawn(draw().slice(':', '1::2').sum())).toEqual({ '100×50': 16 });
    // Some sixteen numbers of a row, then a leap: not worth it.
    expect(drawn(draw().slice(':', '1::6').sum())).toEqual({ '100×100': 16 });
  });

  it('that are needed whole as well, or in several slices, are drawn once', () => {
    const x = draw();
    expect(drawn(tw.concatenate([x.slice('::2'), x]).sum(0))).toEqual({ '100×100': 16 });
    expect(drawn(x.slice('::2').add(x.slice('1::2')))).toEqual({ '100×100': 16 });
    expect(drawn(x.slice('::4').add(x.slice('2::4')))).toEqual({ '25×100': 32 });
    // Below and right of the corner the rows of one operand are columns of the other.
    const y = x.add(x.T).slice('::2', '200:').mean(1);
    expect(drawn(y)).toEqual({ '50×100': 4, '100×50': 4, '100×100': 4 });
  });

  it('have the same numbers however they are read', async () => {
    const x = draw();
    const [all, ...parts] = await tw.compute(
      [x, x.slice('::2'), x.slice('3:333:3'), x.T.slice('::2', '150:')] as tw.TileArray[],
      { engine },
    );
    const alone = async (y: tw.TileArray) => (await y.compute({ engine })) as tw.NDArray;
    const rows = (all as tw.NDArray).tolist() as number[][];
    expect((await alone(x.slice('::2'))).tolist()).toEqual(rows.filter((_, i) => i % 2 === 0));
    expect((await alone(x.slice('3:333:3'))).tolist()).toEqual(
      rows.filter((_, i) => i >= 3 && i < 333 && i % 3 === 0),
    );
    expect((await alone(x.T.slice('::2', '150:'))).tolist()).toEqual(
      rows[0].map((_, j) => rows.slice(150).map((row) => row[j])).filter((_, j) => j % 2 === 0),
    );
    expect(parts).toHaveLength(3);
  });
});

describe('reading', () => {
  it('reads what a slice of an npy file needs', async () => {
    const path = join(directory, 'a.npy');
    await tw.toNpy(tw.arange(4000).reshape([40, 100]), path, { engine });
    const x = tw.fromNpy(path, { chunks: [20, 100] });
    const y = x.slice('5:9', '10:40:3');
    const [read, ...others] = tasksOf(y.graph(), 'io/npy');
    expect(others).toEqual([]);
    expect(read.params).toEqual({ start: [5, 10], step: [1, 3] });
    expect(read.out).toEqual([{ dtype: 'float64', shape: [4, 10] }]);
    expect(await y.sum().compute({ engine })).toBe(26_940);
    // Every tenth row of each of the two blocks.
    const rows = tasksOf(x.slice('::10').sum().graph(), 'io/npy');
    expect(rows.map(({ params, out }) => [params, out![0].shape])).toEqual([
      [{ start: [20, 0], step: [10, 1] }, [2, 100]],
      [{ start: [0, 0], step: [10, 1] }, [2, 100]],
    ]);
  });

  it('reads a compressed chunk once for two readers, whole', async () => {
    const path = join(directory, 'a.zarr');
    await tw.toZarr(tw.arange(4000, { chunks: 1000 }), path, { engine });
    const x = await tw.fromZarr(path);
    const y = x.slice(':10').sum().add(x.slice('10:20').prod().multiply(0)).add(x.slice('990:1010').max());
    const reads = tasksOf(y.graph(), 'io/zarr');
    expect(reads.map(({ out }) => out![0].shape)).toEqual([[1000], [1000]]);
    expect(await y.compute({ engine })).toBe(45 + 1009);
  });
});

describe('margins', () => {
  it('lie where functions are told that they do, also beyond the ends, and may be left in what functions make', async () => {
    const x = tw.arange(8, { chunks: [[2, 1, 5]] });
    const starts = x.mapOverlap((_, { start, blockIndex }) => [10 * blockIndex[0] + start[0]], {
      depth: 2,
      boundary: 'nearest',
      dtype: 'int32',
      trim: false,
      chunks: [[1, 1, 1]],
    });
    const inside = x.mapOverlap((_, { start }) => start, { depth: 2, trim: false, chunks: [[1, 1, 1]] });
    const results = await tw.compute([starts, inside], { engine });
    expect(results.map(String)).toEqual(['[-2 10 21]', '[0. 0. 1.]']);
    expect(starts.dtype).toBe('int32');
  });

  it('are cut out of large neighbours before blocks are put together, which are read as they are', async () => {
    const x = stored([390, 390], [130, 130]);
    const sums = x.mapOverlap(
      ({ data, shape: [rows, columns] }, { out }) => {
        for (let i = 1; i < rows - 1; i++)
          for (let at = i * columns + 1; at < (i + 1) * columns - 1; at++)
            out.data[at] = data[at - columns] + data[at + columns] + data[at - 1] + data[at + 1];
      },
      { depth: 1, boundary: 'periodic' },
    );
    const graph = sums.graph();
    const [middle] = tasksOf(graph, 'array/gather').filter(({ key }) => /^overlap[^<]*:1,1$/.test(key));
    const cut = middle.inputs.filter((key) => graph.get(key)!.op === 'array/gather');
    expect(cut.map((key) => graph.get(key)!.out![0].shape.join()).sort()).toEqual([
      '1,1',
      '1,1',
      '1,1',
      '1,1',
      '1,130',
      '1,130',
      '130,1',
      '130,1',
    ]);
    const [up, down] = [tw.roll(x, 1, 0), tw.roll(x, -1, 0)];
    const [left, right] = [tw.roll(x, 1, 1), tw.roll(x, -1, 1)];
    expect(await tw.arrayEqual(sums, up.add(down).add(left).add(right)).compute({ engine })).toBe(true);
  });
});

describe('values', () => {
  it('are merged as a tree, with memory for no more than a dtype can hold', () => {
    const merges = (dtype: 'int8' | 'float64') =>
      tasksOf(tw.unique(stored([2000], [100]).astype(dtype)).graph(), 'array/unique')
        .filter(({ inputs }) => inputs.length > 1)
        .map(({ inputs, out }) => `${inputs.length} blocks: ${out![0].shape}`)
        .sort();
    expect(merges('float64')).toEqual(['3 blocks: 2000', '4 blocks: 400', '8 blocks: 800', '8 blocks: 800']);
    expect(merges('int8')).toEqual(['3 blocks: 256', '4 blocks: 256', '8 blocks: 256', '8 blocks: 256']);
  });

  it('are told of selections, also of those of nothing', async () => {
    const x = tw.arange(12, { chunks: 5 }).mod(4);
    const values = tw.unique(x.get(x.greater(1)));
    expect(values.shape).toEqual([Number.NaN]);
    const known = await values.computeChunkSizes();
    expect(known.shape).toEqual([2]);
    const nothing = x.get(x.greater(9));
    const results = await tw.compute([known, tw.unique(nothing), tw.bincount(nothing), tw.bincount(x)], {
      engine,
    });
    expect(results.map(String)).toEqual(['[2. 3.]', '[]', '[]', '[3 3 3 3]']);
  });
});

describe('names', () => {
  it('are equal for equal work, and not for other work', () => {
    const make = (scale: number, seed: number) => {
      const x = tw.random.defaultRng(seed).random([4, 4], { chunks: 2 });
      const y = x.mapBlocks((block, info) => info.out.data.set(block.data.map((v) => v * scale)), {
        captured: { scale },
      });
      return y
        .add(tw.asarray([1, 2, 3, 4]))
        .slice('1:')
        .mean(0);
    };
    const [a, b] = [make(2, 1), make(2, 1)];
    expect(a.name).toBe(b.name);
    expect([...a.graph().keys()]).toEqual([...b.graph().keys()]);
    const keys = new Set(a.graph().keys());
    for (const other of [make(3, 1), make(2, 5)]) {
      expect(other.name).not.toBe(a.name);
      // Only the constant, and with an equal seed the random numbers, are the same in both.
      const common = [...other.graph().values()].filter(({ key }) => keys.has(key)).map(({ op }) => op);
      expect(common.filter((op) => !['array/literal', 'array/random', 'array/gather'].includes(op))).toEqual(
        [],
      );
    }
    expect(tw.ones([2]).name).not.toBe(tw.zeros([2]).name);
    expect(tw.ones([2], { chunks: 1 }).name).not.toBe(tw.ones([2]).name);
  });
});

describe('persist', () => {
  it('keeps blocks in the engine, and what reads them does not make them again', async () => {
    const x = stored([600, 4], [100, 4]).exp();
    const held = await x.persist({ engine });
    expect(held.dtype).toBe('float64');
    expect(held.chunks).toEqual(x.chunks);
    expect(engine.stats().tasks.held).toBeGreaterThanOrEqual(6);
    expect(held.graph().size).toBe(0);
    const { tasks, value } = await ran(() => held.min().compute({ engine }));
    expect(tasks).toBe(held.min().graph().size);
    expect(operations(held.min().graph())).toEqual({ 'array/fused': 7 });
    expect(value).toBe(1);
    // The blocks have the names of the work: what asks for them as they are finds them too.
    const again = await ran(() => x.compute({ engine }));
    expect(again.tasks).toBe(0);
  });

  it('keeps several in one pass', async () => {
    const x = stored([8, 3], [4, 3]);
    const [total, plus] = [x.sum(), x.add(1)];
    const { tasks, value } = await ran(() => tw.persist([total, plus], { engine }));
    expect(tasks).toBe(total.graph().size + plus.graph().size - 2);
    const [sum, elements] = await tw.compute(value, { engine });
    expect(sum).toBe(864);
    expect((elements as tw.NDArray).shape).toEqual([8, 3]);
  });

  it('has the engine that holds blocks compute what reads them, and no other', async () => {
    await using other = new tw.LocalEngine({ threads: 3 });
    const held = await tw.arange(6, { chunks: 2 }).persist({ engine });
    expect(await held.sum().compute()).toBe(15);
    expect(
      await tw
        .fromArray(held, 'n')
        .agg({ most: tw.col('n').max() })
        .rows(),
    ).toEqual([{ most: 5 }]);
    const refused = {
      name: 'EngineError',
      message:
        'tilework.LocalEngine<2 threads> holds what is read, and tilework.LocalEngine<3 threads> has not got it: ' +
        'compute it with the first (leave engine out), or persist it in the second',
    };
    const double = tw.delayed((block: { data: Float64Array }) => 2 * block.data[0]!);
    await expect(held.add(1).compute({ engine: other })).rejects.toMatchObject(refused);
    await expect(held.T.persist({ engine: other })).rejects.toMatchObject(refused);
    await expect(tw.toNpy(held, join(directory, 'x.npy'), { engine: other })).rejects.toMatchObject(refused);
    await expect(double(held).compute({ engine: other })).rejects.toMatchObject(refused);
    await expect(held.toDelayed()[0]!.compute({ engine: other })).rejects.toMatchObject(refused);
    expect(() => new tw.Client(other).submit((x) => x, held)).toThrow(refused.message);
    await expect(tw.fromArray(held, 'n').rows({ engine: other })).rejects.toThrow(refused.message);

    const there = await tw.ones([6], { chunks: 2 }).persist({ engine: other });
    const both =
      /LocalEngine<2 threads> holds some of what is read, and tilework.LocalEngine<3 threads> the rest, .*persist both in one/;
    expect(() => held.add(there)).toThrow(both);
    const first = tw.delayed((blocks: readonly { data: Float64Array }[]) => blocks[0]!.data[0]!);
    expect(() => first(tw.delayed([held, there]))).toThrow(both);
    await expect(tw.compute([held, there])).rejects.toThrow(both);
  });

  it('gives blocks up when no array reads them any more', async () => {
    setFlagsFromString('--expose_gc');
    const gc = runInNewContext('gc') as () => void;
    const own = new tw.LocalEngine({ threads: 1 });
    try {
      const keys = await (async () => {
        const held = await tw.ones([10], { chunks: 5 }).add(0.5).persist({ engine: own });
        await held.sum().compute({ engine: own });
        return [...held.sum().graph().values()].flatMap(({ inputs }) => inputs).filter((key) => own.has(key));
      })();
      expect(keys).toHaveLength(2);
      for (let i = 0; i < 1_000 && keys.some((key) => own.has(key)); i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(keys.filter((key) => own.has(key))).toEqual([]);
      expect(own.stats().memory.used).toBe(0);
    } finally {
      await own.dispose();
    }
  });
});

describe('while it runs', () => {
  it('tells its progress, and at last that it is done', async () => {
    const x = stored([2000, 500], [100, 500]).sin().sum(0);
    const events: tw.Progress[] = [];
    await x.compute({ engine, onProgress: (progress) => events.push(progress) });
    const last = events[events.length - 1];
    expect(last).toMatchObject({ finished: true, done: x.graph().size, total: x.graph().size });
    expect(events.filter(({ finished }) => finished)).toHaveLength(1);
    for (const [i, { done, total, elapsed }] of events.entries()) {
      expect(done).toBeLessThanOrEqual(total);
      expect(done).toBeGreaterThanOrEqual(events[i - 1]?.done ?? 0);
      expect(elapsed).toBeGreaterThanOrEqual(events[i - 1]?.elapsed ?? 0);
    }
  });

  it('can be aborted, with the reason, and the engine goes on', async () => {
    const slow = tw.mapBlocks(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return [1];
      },
      [],
      { shape: [50], chunks: 1 },
    );
    const stop = new AbortController();
    const reason = new Error('seen enough');
    const computing = slow.compute({ engine, signal: stop.signal });
    setTimeout(() => stop.abort(reason), 50);
    await expect(computing).rejects.toBe(reason);
    await expect(slow.compute({ engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(slow.persist({ engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await tw.ones([3]).sum().compute({ engine })).toBe(3);
  });
});

describe('looks', () => {
  const x = tw.zeros([250, 30], { chunks: [100, 10], dtype: 'int16' });

  it('as text', () => {
    expect(String(x)).toBe('tilework.TileArray<full, shape=(250, 30), dtype=int16, chunks=(100, 10)>');
    expect(inspect({ x })).toBe(`{\n  x: ${x}\n}`);
    expect(String(x.slice(0, '::7'))).toContain('shape=(5,), dtype=int16, chunks=((2, 1, 2),)');
    expect(String(x.get(x.greater(0)))).toContain('shape=(NaN,)');
    expect(String(x.sum())).toContain('shape=(), dtype=int64, chunks=()');
  });

  it('as HTML and as a drawing of its tasks', () => {
    const html = x.toHtml();
    for (const text of ['int16', '250', '100', '<svg', '</svg>']) expect(html).toContain(text);
    const drawing = x.add(1).sum(0).visualize();
    expect(drawing).toMatch(/^<svg [\s\S]*<\/svg>$/);
    // One box a task, and with few allowed one a layer.
    expect(drawing.match(/<title>/g)).toHaveLength(x.add(1).sum(0).graph().size);
    expect(
      x
        .add(1)
        .sum(0)
        .visualize({ max: 3 })
        .match(/<title>/g)!.length,
    ).toBeLessThanOrEqual(3);
  });

  it('by its numbers', () => {
    expect([x.ndim, x.size, x.nbytes, x.numBlocks, x.isKnown]).toEqual([2, 7500, 15_000, [3, 3], true]);
    expect(Object.isFrozen(x.node)).toBe(true);
  });
});

describe('size of graphs', () => {
  it('a chain of 5000 sums is computed in few loops, without deep recursion', async () => {
    let x: tw.TileArray = tw.arange(10, undefined, 1, { chunks: 5 });
    for (let i = 0; i < 5000; i++) x = x.add(i % 2);
    expect(x.graph().size).toBeLessThan(200);
    expect(String(await x.compute({ engine }))).toBe(
      '[2500. 2501. 2502. 2503. 2504. 2505. 2506. 2507. 2508. 2509.]',
    );
  });

  it('a chain of 5000 steps that no loop joins', async () => {
    let x: tw.TileArray = tw.arange(6);
    for (let i = 0; i < 5000; i++) x = i % 2 ? x.reshape(6).add(1) : x.reshape(2, 3);
    expect(x.graph().size).toBeGreaterThan(5000);
    expect(String(await x.compute({ engine }))).toBe('[2500. 2501. 2502. 2503. 2504. 2505.]');
  });

  it('two thousand arrays joined, and two thousand added', async () => {
    const parts = Array.from({ length: 2000 }, (_, i) => tw.full([3], i));
    expect(await tw.concatenate(parts).sum().compute({ engine })).toBe(3 * 1999 * 1000);
    const sum = parts.reduce<tw.TileArray>((a, b) => a.add(b), tw.zeros([3]));
    expect(String(await sum.compute({ engine }))).toBe('[1999000. 1999000. 1999000.]');
  });

  it('forty thousand blocks', async () => {
    const x = tw.ones([200, 200], { chunks: 1 });
    expect(await x.add(1).sum().compute({ engine })).toBe(80_000);
  });
});
