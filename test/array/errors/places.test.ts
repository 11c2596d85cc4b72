/** What functions of places, of bins in several dimensions and of neighbours are given. */
import * as tw from '../../../src/index.js';
import { refused, unknown, wrong, x } from './cases.js';

const total = ({ data }: { readonly data: tw.InputBlock['data'] }) => [data.length];

refused({
  places: [
    ['of fractions', () => tw.unravelIndex([0.5], [2, 3]), 'TypeError', 'unravelIndex', "astype('int64')"],
    [
      'outside of an array',
      () => tw.unravelIndex([1, 6], [2, 3])[0].compute(),
      'TaskError',
      'unravelIndex: place 6 is outside of 0 … 5',
    ],
    [
      'outside of an axis',
      () => tw.ravelMultiIndex([[0], [-1]], [2, 3]).compute(),
      'TaskError',
      'ravelMultiIndex: place -1 is outside of 0 … 2',
    ],
    [
      'of too few axes',
      () => tw.ravelMultiIndex([[0]], [2, 3]),
      'RangeError',
      '1 lists of places for 2 axes',
    ],
    [
      'of too many modes',
      () => tw.ravelMultiIndex([[0]], 3, { mode: ['clip', 'wrap'] }),
      'RangeError',
      '2 modes for 1 axes',
    ],
    [
      'dealt with in no way',
      () => tw.ravelMultiIndex([[0]], 3, { mode: wrong('nearest') }),
      'TypeError',
      'raise, wrap, clip',
      'nearest',
    ],
    ['of a number', () => tw.argwhere(5), 'RangeError', 'nonzero', 'flatnonzero'],
    ['with no choice', () => tw.choose([0], []), 'RangeError', 'choose: there is no choice'],
    ['without that choice', () => tw.choose([0, 2], [1, 2]).compute(), 'TaskError', 'choose: place 2'],
    [
      'of an axis of several',
      () => tw.squeeze(unknown, 0).compute(),
      'TaskError',
      'squeeze: axis 0 has extent 8',
    ],
    ['of shapes that differ', () => tw.broadcastArrays([x, [1, 2]]), 'RangeError', 'broadcastArrays', '[2]'],
    ['of unknown shapes', () => tw.broadcastArrays([x, unknown]), 'Error', 'computeChunkSizes()'],
  ],
  'bins of several dimensions': [
    [
      'of coordinates of two lengths',
      () => tw.histogram2d([1, 2], [1, 2, 3]),
      'RangeError',
      'histogram2d: coordinates',
      '[2] and [3]',
    ],
    ['for too many dimensions', () => tw.histogramdd(x, { bins: [2, 3] }), 'RangeError', 'bins for 2', '4'],
    ['of stacks of points', () => tw.histogramdd(tw.ones([2, 3, 4])), 'RangeError', 'histogramdd', '3 axes'],
    ['that do not ascend', () => tw.histogram2d([1], [1], { bins: [[2, 1], 3] }), 'RangeError', 'ascend'],
    [
      'of coordinates without end',
      () => tw.histogram2d([1, NaN], [1, 2])[0].compute(),
      'TaskError',
      'histogram2d: coordinates that are not finite',
      'range',
    ],
  ],
  neighbours: [
    ['that leave a rest', () => tw.coarsen(tw.sum, x, { 0: 2 }), 'RangeError', 'axis 0', 'trimExcess'],
    ['in halves', () => tw.coarsen(tw.sum, x, { 0: 1.5 }), 'RangeError', '1.5'],
    ['along no axis', () => tw.coarsen(tw.sum, x, { 2: 2 }), 'RangeError', 'coarsen: axis 2'],
    [
      'of unknown size',
      () => tw.coarsen(tw.sum, unknown, { 0: 2 }),
      'Error',
      'coarsen',
      'computeChunkSizes()',
    ],
  ],
  "reductions of one's own": [
    [
      'of nothing',
      () => tw.reduction(tw.ones([0, 2]), total, total),
      'RangeError',
      'axis 0 holds no elements',
    ],
    [
      'of unknown size',
      () => tw.reduction(unknown, total, total),
      'Error',
      'reduction',
      'computeChunkSizes()',
    ],
    [
      'one by one',
      () => tw.reduction(x, total, total, { splitEvery: 1 }),
      'RangeError',
      'splitEvery',
      '2 or more',
    ],
    [
      'in pairs that nothing combines',
      () => tw.reduction(x, total, total, { partialSize: 2 }),
      'TypeError',
      'combines',
    ],
    ['along no axis', () => tw.reduction(x, total, total, { axis: 2 }), 'RangeError', 'reduction: axis 2'],
    [
      'by a function that gives too much',
      () => tw.reduction(x, ({ data }) => data, total).compute(),
      'TaskError',
      '12 elements for a block of shape [1, 1]',
    ],
  ],
});
