/** What runs, and how often: sharing, fusing, trees, and graphs of any size. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/task.js';
import * as tw from '../../../src/index.js';
import { listOf, loopsOf, operations, ran, stored, tasksOf } from './support.js';

const engine = new tw.LocalEngine({ threads: 2 });
afterAll(() => engine.dispose());

describe('one pass', () => {
  it('computes what several results share once', async () => {
    const x = stored([6, 6], [2, 3]);
    const y = x.add(1);
    const [alone, other] = [y.sum(0), y.max()].map((r) => r.graph().size);
    const { tasks, value } = await ran(engine, () => tw.compute([y.sum(0), y.max(), y.sum(0)], { engine }));
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
    const { tasks, value } = await ran(engine, () =>
      Promise.all([x.compute({ engine }), x.compute({ engine })]),
    );
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

  it('more chunks along an axis than a function takes arguments', async () => {
    const n = 150_000;
    const x = tw.arange(n, { chunks: 1 });
    expect(await x.sum().compute({ engine })).toBe((n * (n - 1)) / 2);
    expect(x.reshape([2, n / 2]).shape).toEqual([2, n / 2]);
    expect(
      await x
        .take([n - 1, 0])
        .sum()
        .compute({ engine }),
    ).toBe(n - 1);
    const points = await x.vindex([[n - 1, 0]]).compute({ engine });
    expect((points as tw.NDArray).tolist()).toEqual([n - 1, 0]);
    expect(x.sort().shape).toEqual([n]);
  });

  it('forty thousand blocks', async () => {
    const x = tw.ones([200, 200], { chunks: 1 });
    expect(await x.add(1).sum().compute({ engine })).toBe(80_000);
  });
});
