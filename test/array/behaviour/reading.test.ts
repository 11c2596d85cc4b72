/** What of blocks is made and read: slices, files, margins. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/task.js';
import * as tw from '../../../src/index.js';
import { stored, tasksOf } from './support.js';

const engine = new tw.LocalEngine({ threads: 2 });
const directory = mkdtempSync(join(tmpdir(), 'tilework-behaviour-'));
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
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
