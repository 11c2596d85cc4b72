/** What is refused of neighbours, moments, places in order, and distributions drawn of several others. */
import * as tw from '../../../src/index.js';
import { refused, unknown, wrong, x } from './cases.js';

const line = tw.arange(6);
const rng = tw.random.defaultRng(1);

refused({
  convolutions: [
    ['a matrix', () => tw.convolve(x, line), 'RangeError', 'convolve takes two vectors', '[3, 4]'],
    ['nothing', () => tw.correlate(line, []), 'RangeError', 'correlate takes two vectors', '[0]'],
    [
      'a mode',
      () => tw.convolve(line, line, wrong('half')),
      'TypeError',
      "'full', 'same' or 'valid'",
      'half',
    ],
    ['unknown sizes', () => tw.convolve(unknown, line), 'Error', 'convolve', 'computeChunkSizes()'],
  ],
  windows: [
    [
      'longer than the axis',
      () => tw.slidingWindowView(line, 7),
      'RangeError',
      'windows of 7',
      'axis 0',
      '6',
    ],
    ['empty ones', () => tw.slidingWindowView(line, 0), 'RangeError', '1 or more', '0'],
    [
      'one of two axes',
      () => tw.slidingWindowView(x, 2),
      'RangeError',
      '1 lengths',
      '2 axes',
      '{ axis: [0] }',
    ],
    ['an axis', () => tw.slidingWindowView(x, 2, { axis: 2 }), 'RangeError', 'slidingWindowView: axis 2'],
    ['an option', () => tw.slidingWindowView(x, 2, wrong({ axes: 1 })), 'TypeError', 'axes', 'axis'],
    ['unknown sizes', () => tw.slidingWindowView(unknown, 2), 'Error', 'computeChunkSizes()'],
  ],
  moments: [
    ['an order', () => tw.moment(x, 1.5), 'RangeError', 'moment', '1.5'],
    ['an axis', () => tw.skew(x, { axis: 2 }), 'RangeError', 'axis 2'],
    ['an option', () => tw.kurtosis(x, wrong({ ddof: 1 })), 'TypeError', 'ddof', 'bias'],
    [
      'a bias of nobody knows how many',
      () => tw.skew(unknown, { bias: false }),
      'Error',
      'computeChunkSizes()',
    ],
  ],
  'places in order': [
    ['beyond the end', () => tw.partition(line, 6), 'RangeError', 'partition: place 6', '6 elements'],
    ['between two', () => tw.argpartition(line, 0.5), 'TypeError', 'argpartition', '0.5'],
  ],
  'random numbers of several others': [
    ['beta', () => rng.beta(0, 1, 3), 'RangeError', 'beta: a must be positive, got 0'],
    ['standardT', () => rng.standardT(-1, 3), 'RangeError', 'standardT: df must be positive'],
    ['f', () => rng.f(1, 0, 3), 'RangeError', 'f: dfden must be positive'],
    [
      'noncentralChisquare',
      () => rng.noncentralChisquare(1, -1, 3),
      'RangeError',
      'noncentralChisquare: nonc',
    ],
    ['negativeBinomial', () => rng.negativeBinomial(1, 0, 3), 'RangeError', 'negativeBinomial: p'],
    ['vonmises', () => rng.vonmises(0, -1, 3), 'RangeError', 'vonmises: kappa must not be negative'],
    ['wald', () => rng.wald(1, Number.NaN, 3), 'RangeError', 'wald: scale must be positive'],
    ['zipf', () => rng.zipf(1, 3), 'RangeError', 'zipf: a must be greater than 1'],
    ['logseries', () => rng.logseries(1, 3), 'RangeError', 'logseries: p'],
    ['an option', () => rng.beta(1, 1, 3, wrong({ chunk: 2 })), 'TypeError', 'beta', 'chunk'],
  ],
});
