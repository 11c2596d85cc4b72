/** What functions that make more or fewer elements, pieces, points and lines are given. */
import * as tw from '../../../src/index.js';
import { refused, unknown, wrong, x } from './cases.js';

refused({
  'elements more or fewer': [
    ['at half a position', () => tw.insert([1, 2], 0.5, 3), 'TypeError', 'insert: a position', '0.5'],
    ['far away', () => tw.insert([1, 2], 3, 3), 'RangeError', 'insert: position 3', 'extent 2'],
    ['that do not broadcast', () => tw.insert(x, [0, 1], [1, 2, 3], 1), 'RangeError', '[3]', '[3, 2]'],
    ['in what is unknown', () => tw.insert(unknown, 0, 1), 'Error', 'insert', 'computeChunkSizes()'],
    ['that are not there', () => tw.remove([1, 2], 2), 'RangeError', 'delete: position 2', 'extent 2'],
    ['in no slice', () => tw.remove([1, 2], 'newaxis'), 'TypeError', "delete: 'newaxis' is no slice"],
    ['along no axis', () => tw.remove(x, 0, 2), 'RangeError', 'delete: axis 2'],
    ['behind those of another shape', () => tw.append(x, [1, 2], 0), 'RangeError', '[3, 4]', '[2]'],
  ],
  pieces: [
    [
      'too few',
      () => tw.piecewise(x, [x.less(1), x.greater(2)], [1]),
      'RangeError',
      '1 pieces for 2 conditions',
    ],
    [
      'of no condition',
      () => tw.piecewise(x, [x], [1]),
      'TypeError',
      'piecewise: a condition is bool',
      'float64',
    ],
    ['not in a list', () => tw.piecewise(x, wrong(x.less(1)), [1]), 'TypeError', 'piecewise takes a list'],
  ],
  blocks: [
    ['that there are not', () => tw.blocks(x, 5), 'RangeError', 'blocks: there is no block 5 along axis 0'],
    ['of too many axes', () => tw.blocks(x, 0, 0, 0), 'RangeError', 'blocks: 3 subscripts for 2 axes'],
    ['of no axis', () => tw.blocks(x, '...'), 'RangeError', "'...' chooses no blocks along one axis"],
    ['none at all', () => tw.blocks(x, '1:'), 'RangeError', 'no block is chosen along axis 0'],
  ],
  points: [
    ['of too few axes', () => tw.vindex(x, [[0]]), 'RangeError', 'vindex: 1 lists of places for 2 axes'],
    ['outside', () => tw.vindex(x, [[3], [0]]), 'RangeError', 'index 3', 'axis 0 with size 3'],
    ['in ragged lists', () => tw.vindex(x, [[[0, 1], wrong([2])], [0]]), 'TypeError', 'vindex', 'ragged'],
    ['in lists of others', () => tw.vindex(x, [wrong([0, true]), [0]]), 'TypeError', 'vindex', 'boolean'],
    ['in halves', () => tw.vindex(x, [[0.5], [0]]), 'TypeError', 'vindex: index 0.5'],
    ['that are not computed', () => tw.vindex(x, [tw.ones(1), [0]]), 'TypeError', 'vindex', 'compute()'],
    [
      'of lists of two lengths',
      () =>
        tw.vindex(x, [
          [0, 1],
          [0, 1, 2],
        ]),
      'RangeError',
      'vindex',
      '[2]',
      '[3]',
    ],
  ],
  lines: [
    ['through points of two lengths', () => tw.interp(1, [1, 2], [1]), 'RangeError', 'interp', '[2] and [1]'],
    ['through no point', () => tw.interp(1, [], []), 'RangeError', 'interp: points'],
    ['along no axis', () => tw.trapezoid(x, { axis: 2 }), 'RangeError', 'trapezoid: axis 2'],
    [
      'of functions that make other axes',
      () => tw.applyOverAxes((a) => tw.sum(a) as tw.TileArray, x, 0),
      'RangeError',
      'applyOverAxes',
      '0 axes of one of 2',
    ],
  ],
});
