/** What functions of users, linear algebra and random numbers are given. */
import * as tw from '../../../src/index.js';
import { type Case, refused, unknown, wrong, x } from './cases.js';

const outside = 3;

refused({
  functions: [
    [
      'values from outside',
      () => x.mapBlocks((block) => Array.from(block.data, (v) => v * outside)),
      'UnshippableFunctionError',
      'outside',
      '{ captured: { outside } }',
    ],
    [
      'native ones',
      () => tw.mapBlocks(Math.max as never, [x]),
      'UnshippableFunctionError',
      'max',
      'Wrap it: (x) => f(x)',
    ],
    [
      'classes',
      () => tw.mapBlocks(class A {} as never, [x]),
      'UnshippableFunctionError',
      'function A',
      'class',
      'module',
    ],
    [
      'generators',
      () => tw.mapBlocks(function* () {}, [x]),
      'UnshippableFunctionError',
      'generator',
      'Return an array',
    ],
    [
      'captured values that cannot travel',
      () => tw.fromFunction((i) => i, [2], { captured: { tag: Symbol('a') } }),
      'UnshippableFunctionError',
      'captured.tag is a symbol',
      'plain data',
    ],
    ['none', () => tw.mapBlocks(wrong(undefined), [x]), 'TypeError', 'a function is needed', 'not undefined'],
    [
      'a relative module',
      () => tw.mapBlocks({ module: './f.js' }, [x]),
      'TypeError',
      './f.js',
      'import.meta.url',
    ],
    [
      'a margin longer than its axis',
      () => x.mapOverlap((b) => b, { depth: { 1: 5 } }),
      'RangeError',
      '5',
      '4',
    ],
    ['half a margin', () => x.mapOverlap((b) => b, { depth: 0.5 }), 'RangeError', 'mapOverlap', '0.5'],
    [
      'too few margins',
      () => x.mapOverlap((b) => b, { depth: [1] }),
      'RangeError',
      '1 values of depth',
      '2 axes',
    ],
    [
      'an end of no kind',
      () => x.mapOverlap((b) => b, { depth: 1, boundary: wrong('mirror') }),
      'TypeError',
      "'reflect'",
      'mirror',
    ],
    [
      'chunks of what is trimmed',
      () => x.mapOverlap((b) => b, { depth: 1, chunks: [[1], [4]] }),
      'TypeError',
      'trim: false',
    ],
    ['no shape to fill', () => tw.mapBlocks(() => 0, []), 'TypeError', 'mapBlocks', 'a shape is needed'],
    ['one array for a list', () => tw.mapBlocks(() => 0, wrong(x)), 'TypeError', 'mapBlocks([x])'],
  ],
  'linear algebra': [
    ['a vector', () => tw.linalg.qr([1, 2]), 'RangeError', 'qr: a matrix', '[2]'],
    [
      'a stack of matrices',
      () => tw.linalg.svd(tw.ones([2, 3, 4])),
      'RangeError',
      'svd: a matrix',
      '[2, 3, 4]',
    ],
    ['unknown sizes', () => tw.linalg.svd(tw.stack([unknown, unknown])), 'Error', 'computeChunkSizes()'],
    ...(['solve', 'inv', 'lu', 'cholesky', 'solveTriangular'] as const).map(
      (name): Case => [
        `a matrix that is not square in ${name}`,
        () =>
          (tw.linalg[name] as (a: tw.ArrayInput, b?: unknown) => unknown)(
            x,
            name.startsWith('solve') ? [1, 2, 3] : undefined,
          ),
        'RangeError',
        `${name}: a square matrix`,
        '[3, 4]',
        'lstsq',
      ],
    ),
    [
      'right sides of other rows',
      () => tw.linalg.solve(tw.eye(3), [1, 2]),
      'RangeError',
      'vector of 3',
      '[2]',
    ],
    ['least squares of other rows', () => tw.linalg.lstsq(x, tw.ones(4)), 'RangeError', 'vector of 3', '[4]'],
    ['a negative rcond', () => tw.linalg.lstsq(x, [1, 2, 3], { rcond: -1 }), 'RangeError', 'rcond', '-1'],
    [
      'a matrix of no kind',
      () => tw.linalg.solve(tw.eye(3), [1, 2, 3], { assumeA: wrong('sym') }),
      'TypeError',
      "'gen' or 'pos'",
      'sym',
    ],
    ['too many singular values', () => tw.linalg.svdCompressed(x, 4), 'RangeError', 'k is 1 to 3', 'not 4'],
    [
      'half an iteration',
      () => tw.linalg.svdCompressed(x, 2, { powerIterations: 0.5 }),
      'RangeError',
      'powerIterations',
      '0.5',
    ],
    [
      'a spectral norm of stacks',
      () => tw.norm(tw.ones([2, 3, 4]), { ord: 2, axis: [0, 1] }),
      'RangeError',
      '3 axes',
    ],
  ],
  'random numbers': [
    ['a negative seed', () => tw.random.defaultRng(-1), 'RangeError', 'seed', '-1'],
    ['a fraction', () => tw.random.defaultRng(0.5), 'RangeError', '0.5'],
    ['a word', () => tw.random.defaultRng(wrong('a')), 'TypeError', 'a seed', 'not string'],
    ['a negative scale', () => tw.random.defaultRng(1).normal(0, -1, 2), 'RangeError', 'normal: scale', '-1'],
    ['no integer between', () => tw.random.defaultRng(1).integers(5, 5, 2), 'RangeError', '5 and 5'],
    [
      'integers too large',
      () => tw.random.defaultRng(1).integers(0, 300, 2, { dtype: 'uint8' }),
      'RangeError',
      '300',
      'uint8',
    ],
    [
      'an endless range',
      () => tw.random.defaultRng(1).uniform(0, Number.POSITIVE_INFINITY, 2),
      'RangeError',
      'finite',
    ],
    ['a negative mean', () => tw.random.defaultRng(1).poisson(-1, 2), 'RangeError', 'poisson: lam', '-1'],
    ['half a trial', () => tw.random.defaultRng(1).binomial(0.5, 0.5, 2), 'RangeError', 'binomial: n', '0.5'],
    ['no probability', () => tw.random.defaultRng(1).binomial(5, 1.5, 2), 'RangeError', 'binomial: p', '1.5'],
    ['no freedom', () => tw.random.defaultRng(1).chisquare(0, 2), 'RangeError', 'chisquare: df', '0'],
  ],
});
