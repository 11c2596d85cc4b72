/** Functions of blocks whose axes have letters, beside functions of arrays that do the same. */
import { afterAll, expect, it } from 'vitest';
import * as tw from '../../src/index.js';

const engine = new tw.LocalEngine({ threads: 2 });
afterAll(() => engine.dispose());

const x = tw.arange(12).reshape([3, 4]).rechunk([2, 3]);
const y = tw.arange(20).reshape([4, 5]).rechunk([1, 2]);
const few = tw.arange(4, { chunks: 2 });
const text = async (array: tw.TileArray): Promise<string> =>
  String(await array.compute({ engine })).replaceAll(/\s+/g, ' ');

it('goes along shared letters, and stretches extents of 1', async () => {
  const sums = tw.blockwise(
    (a, b, { out }) => {
      for (let i = 0; i < out.data.length; i++) out.data[i] = a.data[i] + b.data[i % b.data.length];
    },
    'ij',
    [
      [x, 'ij'],
      [[[1, 2, 3, 4]], 'zj'],
    ],
    { concatenate: true },
  );
  expect(await text(sums)).toBe(await text(x.add([1, 2, 3, 4])));
});

it('gives all blocks along letters that the result lacks, in lists or as one', async () => {
  const product = tw.blockwise(
    (left, right, { out }) => {
      const [m, n] = out.shape;
      out.data.fill(0);
      for (let b = 0; b < left.length; b++) {
        const k = left[b].shape[1];
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            for (let l = 0; l < k; l++)
              out.data[i * n + j] += left[b].data[i * k + l] * right[b].data[l * n + j];
      }
    },
    'ij',
    [
      [x, 'ik'],
      [y, 'kj'],
    ],
  );
  expect(await text(product)).toBe(await text(x.matmul(y)));
  const rows = tw.blockwise(
    ({ data, shape: [m, n] }, { out }) => {
      for (let i = 0; i < m; i++)
        out.data[i] = data.slice(i * n, (i + 1) * n).reduce((a: number, b: number) => a + b);
    },
    'i',
    [[x, 'ij']],
    { concatenate: true },
  );
  expect(await text(rows)).toBe(await text(x.sum(1)));
  const counts = tw.blockwise((lists) => [[lists.length, lists[0].length]], 'zc', [[y, 'ij']], {
    newAxes: { z: 1, c: 2 },
    dtype: 'int32',
  });
  expect(await text(counts)).toBe('[[4 3]]');
});

it('has the axes and sizes that options say', async () => {
  const twice = tw.blockwise(({ data }) => Array.from(data, (v: number) => [v, -v]), 'ij', [[few, 'i']], {
    newAxes: { j: 2 },
  });
  expect(await text(twice)).toBe('[[ 0. -0.] [ 1. -1.] [ 2. -2.] [ 3. -3.]]');
  const firsts = tw.blockwise(({ data }) => data.slice(0, 1), 'i', [[tw.arange(5, { chunks: 2 }), 'i']], {
    adjustChunks: { i: () => 1 },
  });
  expect(firsts.chunks).toEqual([[1, 1, 1]]);
  expect(await text(firsts)).toBe('[0. 2. 4.]');
  const ends = x.mapBlocks(
    ({ data, shape: [m, n] }) =>
      Array.from({ length: 2 * m }, (_, i) => data[i < m ? i * n : (i - m + 1) * n - 1]),
    {
      dropAxis: 1,
      newAxis: 0,
      chunks: [2, [2, 1]],
    },
  );
  expect(ends.shape).toEqual([2, 3]);
  expect(await text(ends)).toBe(await text(tw.stack([x.slice(':', 0), x.slice(':', -1)])));
});

it('is called for all axes but those of a signature', async () => {
  const dots = tw.applyGufunc(
    (a, b, { out }) => {
      const n = a.shape[a.shape.length - 1];
      for (let i = 0; i < out.data.length; i++) {
        out.data[i] = 0;
        for (let k = 0; k < n; k++) out.data[i] += a.data[i * n + k] * b.data[k];
      }
    },
    '(i),(i)->()',
    [x, few],
  );
  expect(dots.chunks).toEqual([[1, 1, 1]]);
  expect(await text(dots)).toBe(await text(x.matmul([0, 1, 2, 3])));
  const ends = tw.applyGufunc(
    ({ data, shape: [m, n] }) => Array.from({ length: m }, (_, i) => [data[i * n], data[(i + 1) * n - 1]]),
    '(i)->(end)',
    [x],
    { outputSizes: { end: 2 } },
  );
  expect(await text(ends)).toBe(await text(tw.stack([x.slice(':', 0), x.slice(':', -1)], 1)));
});

it.each([
  ['a signature that is none', () => tw.applyGufunc(() => {}, 'i->i', [x]), '"i->i" is not a signature'],
  [
    'other numbers of inputs',
    () => tw.applyGufunc(() => {}, '(i)->()', [x, x]),
    '1 inputs, of which there are 2',
  ],
  [
    'axes of no extent',
    () => tw.applyGufunc(() => {}, '(i)->(k)', [x]),
    'no input has axis k of (i)->(k); outputSizes',
  ],
  [
    'more axes than there are',
    () => tw.applyGufunc(() => {}, '(i,j,k)->()', [x]),
    '(i,j,k) are more than an array of shape [3, 4]',
  ],
  [
    'too few letters',
    () => tw.blockwise(() => {}, 'i', [[x, 'i']]),
    '1 letters (i) for an array of shape [3, 4]',
  ],
  ['a letter twice', () => tw.blockwise(() => {}, 'i', [[x, 'ii']]), 'i stands twice in ii; diagonal'],
  [
    'extents that differ',
    () =>
      tw.blockwise(() => {}, 'i', [
        [x, 'ij'],
        [y, 'jk'],
        [x, 'jk'],
      ]),
    'axis j has extents 4 and 3',
  ],
  [
    'a letter of nothing',
    () => tw.blockwise(() => {}, 'iz', [[x, 'ij']]),
    'no input has axis z of the result; newAxes',
  ],
  [
    'a new letter that is there',
    () => tw.blockwise(() => {}, 'ij', [[x, 'ij']], { newAxes: { j: 2 } }),
    'axis j of newAxes is one of an input',
  ],
  [
    'other numbers of sizes',
    () => tw.blockwise(() => {}, 'ij', [[x, 'ij']], { adjustChunks: { j: [1] } }),
    '1 sizes for axis j, which has 2 blocks',
  ],
  [
    'half a size',
    () => tw.blockwise(() => {}, 'ij', [[x, 'ij']], { adjustChunks: { j: 0.5 } }),
    'axis j are whole numbers of 0 or more, not 0.5',
  ],
  [
    'chunks of other axes',
    () => x.mapBlocks(() => {}, { dropAxis: 1, chunks: [1, 1] }),
    'chunks are sizes of blocks along each of the 1 axes',
  ],
])('refuses %s', (_, call, says) => {
  expect(call).toThrow(says);
});
