/** Bad input is refused where it is given, by a message that names the thing and what to do about it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';

const x = tw.arange(12).reshape([3, 4]);
const ints = x.astype('int32');
const mask = x.greater(3);
/** Eight elements, which nobody knows before computing. */
const unknown = x.get(mask);
const outside = 3;
/** What JavaScript callers may pass in spite of the types. */
const wrong = (value: unknown): never => value as never;

const directory = mkdtempSync(join(tmpdir(), 'tilework-errors-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const path = (name: string): string => join(directory, name);
writeFileSync(path('text'), 'not an array');
const data = (name: string): string => fileURLToPath(new URL(`../data/io/${name}`, import.meta.url));

/** What is wrong; the call; the error's name and what its message must say: the thing, and the remedy. */
type Case = readonly [what: string, call: () => unknown, name: string, ...says: (string | RegExp)[]];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  shapes: [
    ['a negative extent', () => tw.zeros([2, -1]), 'RangeError', 'shape [2, -1]', '0 or more'],
    ['a fraction', () => tw.ones(1.5), 'RangeError', 'shape [1.5]', 'whole numbers'],
    ['no shape', () => tw.zeros(wrong(undefined)), 'TypeError', 'a whole number or a list', 'not undefined'],
    ['a count that is negative', () => tw.linspace(0, 1, -1), 'RangeError', '[-1]'],
    ['an endless range', () => tw.arange(0, Number.POSITIVE_INFINITY), 'RangeError', 'from 0 to Infinity'],
    ['a step of zero', () => tw.arange(0, 5, 0), 'RangeError', 'arange: step cannot be zero'],
    [
      'shapes that do not broadcast',
      () => x.add(tw.ones([3])),
      'RangeError',
      'add',
      '[3, 4] and [3]',
      'axis -1',
    ],
    ['shapes in where', () => tw.where(mask, tw.ones([5]), 0), 'RangeError', 'where', '[5]'],
    ['a stretch that does not fit', () => tw.broadcastTo([1, 2, 3], [2, 2]), 'RangeError', '[3]', '[2, 2]'],
    ['another number of elements', () => x.reshape(5, 2), 'RangeError', '12 elements', '[3, 4]', '[5, 2]'],
    ['an extent that cannot be worked out', () => x.reshape(5, -1), 'RangeError', '[5, -1]'],
    ['two extents to work out', () => x.reshape(-1, -1), 'RangeError', 'only one extent can be -1'],
    [
      'arrays that do not join',
      () => tw.concatenate([x, tw.ones([3, 3])]),
      'RangeError',
      '[3, 3]',
      'beside axis 0',
    ],
    ['arrays that do not stack', () => tw.stack([x, x.T]), 'RangeError', '[3, 4]', '[4, 3]'],
    ['nothing to join', () => tw.concatenate([]), 'RangeError', 'concatenate: needs at least one array'],
    [
      'matrices that do not fit',
      () => x.matmul(x),
      'RangeError',
      '[3, 4] and [3, 4]',
      '4 columns against 3 rows',
    ],
    ['a matrix product of a number', () => x.matmul(2), 'RangeError', 'use multiply'],
    ['vectors that do not fit', () => x.dot([1, 2, 3]), 'RangeError', 'dot', '4 against 3'],
    ['contracted axes that differ', () => tw.tensordot(x, x, 1), 'RangeError', 'axis 1', 'different extents'],
    ['stacks of matrices', () => tw.ones([2, 3, 4]).matmul(tw.ones([3, 4, 5])), 'RangeError', '[3, 4, 5]'],
    [
      'a border of other rank',
      () =>
        tw.pad(
          x,
          [[1, 1]].concat([
            [0, 0],
            [1, 0],
          ]) as never,
        ),
      'RangeError',
      'pad',
      '2 axes',
    ],
    ['subscripts of too few axes', () => tw.einsum('i', x), 'RangeError', 'einsum', 'operand 0', '2 axes'],
    ['a norm that matrices have not', () => tw.norm(x, { ord: 3 }), 'RangeError', "'fro'", 'not 3'],
    ['a norm of matrices for vectors', () => tw.norm([1, 2], { ord: 'fro' }), 'RangeError', 'vectors', 'fro'],
    ['a norm of three axes', () => tw.norm(tw.ones([2, 2, 2]), { ord: 1 }), 'RangeError', 'not 3'],
    ['bins that are not in order', () => tw.digitize(x, [1, 3, 2]), 'RangeError', 'digitize', 'ascend'],
    ['bins that are not computed', () => tw.digitize(x, wrong(x)), 'TypeError', 'digitize', 'compute()'],
    ['a table for a list', () => tw.searchsorted(x, 1), 'RangeError', 'searchsorted', '2 axes'],
    ['a side of none', () => tw.searchsorted([1], 1, { side: wrong('up') }), 'TypeError', "'left'", 'up'],
    ['a table to count in', () => tw.bincount(x), 'RangeError', 'bincount', '2 axes'],
    [
      'weights that do not fit',
      () => tw.bincount([1, 2], { weights: [1] }),
      'RangeError',
      'bincount',
      '[1]',
      '2 elements',
    ],
    ['a negative count of bins', () => tw.bincount([1], { minlength: -1 }), 'RangeError', 'minlength', '-1'],
    [
      'an element for which there is no bin',
      () => tw.bincount([1, 9], { minlength: 5 }).compute(),
      'TaskError',
      '9',
      'a minlength of 10 or more',
    ],
    ['an element that is no count', () => tw.bincount([1.5]).compute(), 'TaskError', 'whole numbers', '1.5'],
    ['parts that are not equal', () => tw.split(tw.arange(7), 2), 'RangeError', 'arraySplit'],
    [
      'a quantile as NumPy called its methods once',
      () => tw.quantile(x, 0.5, { interpolation: 'lower' } as never),
      'TypeError',
      'quantile: there is no option "interpolation"; there are axis, keepdims, method',
    ],
    [
      'the border as NumPy calls it',
      () => tw.pad(x, 1, { constantValues: 9 } as never),
      'TypeError',
      'pad: there is no option "constantValues"; there are mode, value',
    ],
    [
      'vectors one by one',
      () => tw.meshgrid([1, 2], [3] as never),
      'TypeError',
      'meshgrid: there is no option "0"; there are indexing',
    ],
    [
      'what unique does not tell',
      () => tw.unique([1], { returnIndex: true } as never),
      'TypeError',
      'unique: there is no option "returnIndex"; there are returnInverse, returnCounts',
    ],
    [
      'bins between numbers that are none',
      () => tw.histogram([1, Number.NaN], { bins: 2 })[0].compute(),
      'TaskError',
      'histogram',
      'not finite',
      'range',
    ],
    ['a share in percent', () => tw.quantile(x, 50), 'RangeError', 'quantile', '50', 'between 0 and 1'],
    ['edges that fall', () => tw.histogram(x, { bins: [2, 1] }), 'RangeError', 'histogram', 'ascend'],
    ['weights of another shape', () => tw.average(x, { weights: [1, 2, 3] }), 'RangeError', '[3]', '[3, 4]'],
    ['lists of two depths in a block', () => tw.block([x, [x]]), 'RangeError', 'block', 'depths'],
    [
      'values that do not fill',
      () => tw.asarray([1, 2, 3], { shape: [2, 2] }),
      'RangeError',
      '3 values',
      '[2, 2]',
    ],
  ],
  values: [
    ['ragged lists', () => tw.asarray([[1, 2], [3]]), 'TypeError', 'ragged', '2 entries, another 1'],
    ['lists of two depths', () => tw.asarray([[1, 2], 3]), 'TypeError', 'same depth'],
    ['strings', () => tw.asarray(wrong(['a'])), 'TypeError', 'numbers, bigints or booleans'],
    ['null', () => x.add(wrong(null)), 'TypeError', 'cannot make an array of null', 'give a number'],
    ['an object', () => tw.asarray(wrong({})), 'TypeError', 'object', 'typed array'],
    ['a promise', () => x.add(wrong(Promise.resolve(1))), 'TypeError', 'await it first'],
    ['a list of arrays', () => tw.asarray(wrong([x, x])), 'TypeError', 'use stack or concatenate'],
    ['one array for a list', () => tw.concatenate(wrong(x)), 'TypeError', 'concatenate([x])'],
    [
      'a number too large',
      () => tw.full(2, 300, { dtype: 'uint8' }),
      'RangeError',
      '300',
      'uint8 (0 to 255)',
      'astype',
    ],
    [
      'a fraction as an integer',
      () => tw.full(2, 0.5, { dtype: 'int8' }),
      'TypeError',
      '0.5',
      'int8',
      'astype',
    ],
    ['a string as a value', () => tw.full(2, wrong('a')), 'TypeError', 'not string'],
    [
      'a scalar that overflows',
      () => tw.ones(2, { dtype: 'int8' }).add(1000),
      'RangeError',
      '1000',
      'int8',
      'astype',
    ],
    [
      'one in where',
      () => tw.where(mask, ints.astype('int8'), 300),
      'RangeError',
      '300',
      'int8 (-128 to 127)',
    ],
    ['a bigint too large', () => tw.asarray([2n ** 70n]), 'RangeError', '1180591620717411303424', 'int64'],
  ],
  dtypes: [
    [
      'one that there is not',
      () => tw.zeros([2], { dtype: wrong('float16') }),
      'TypeError',
      'float16 is not a dtype',
    ],
    ['of a scalar', () => tw.asarray(1, { dtype: wrong('f8') }), 'TypeError', 'asarray: f8'],
    ['in a conversion', () => x.astype(wrong('f4')), 'TypeError', 'astype: f4'],
    ['in a sum', () => x.sum({ dtype: wrong('f8') }), 'TypeError', 'sum: f8'],
    [
      'a mean of integers',
      () => x.mean({ dtype: wrong('int8') }),
      'TypeError',
      'int8 must be float32 or float64',
    ],
    [
      'in mapBlocks',
      () => x.mapBlocks(() => 0, { dtype: wrong('x') }),
      'TypeError',
      'mapBlocks: x is not a dtype',
    ],
    [
      'random integers of floats',
      () => tw.random.defaultRng(1).random(2, { dtype: wrong('int8') }),
      'TypeError',
      'int8',
    ],
    ['bits of floats', () => x.bitwiseAnd(1), 'TypeError', 'bitwise_and', 'float64', 'astype'],
    ['a shift of floats', () => x.leftShift(1), 'TypeError', 'left_shift', 'astype'],
    ['bool with a sign', () => mask.negative(), 'TypeError', 'negative', 'use logicalNot'],
    ['bool differences', () => mask.subtract(mask), 'TypeError', 'subtract', 'logicalXor'],
    ['integers to a negative power', () => ints.power(-1), 'RangeError', 'int32', '-1', "astype('float64')"],
    [
      'elements tilework has not',
      () => tw.asarray(wrong(new DataView(new ArrayBuffer(8)))),
      'TypeError',
      'it has bool',
    ],
  ],
  axes: [
    ['one too high', () => x.sum(2), 'RangeError', 'sum: axis 2', '2 dimensions'],
    ['one too low', () => x.mean(-3), 'RangeError', 'mean: axis -3'],
    ['one twice', () => x.sum([0, -2]), 'RangeError', 'axis [0, -2] names an axis twice'],
    ['a name', () => x.sum(wrong('rows')), 'TypeError', 'an axis is a whole number, not "rows"'],
    ['an option that there is not', () => x.sum(wrong({ axes: 0 })), 'TypeError', 'axis, keepdims', 'axes'],
    ['two for a position', () => x.argmax([0, 1]), 'TypeError', 'argmax takes one axis, or none'],
    ['the least of nothing', () => tw.zeros([0, 3]).min(0), 'RangeError', 'min of nothing', '[0, 3]'],
    ['an order of too few', () => x.transpose(0), 'RangeError', 'transpose: axes [0]', '2 dimensions'],
    ['an order with one twice', () => x.transpose(0, 0), 'RangeError', 'twice'],
    ['to exchange', () => x.swapaxes(0, 2), 'RangeError', 'swapaxes: axis 2'],
    ['to move', () => tw.moveaxis(x, [0, 1], 0), 'RangeError', 'equally many axes'],
    ['to move twice', () => tw.moveaxis(x, [0, 0], [0, 1]), 'RangeError', 'moveaxis: [0, 0]', 'twice'],
    ['to drop', () => x.squeeze(0), 'RangeError', 'squeeze: axis 0 has extent 3, not 1'],
    ['to add', () => tw.expandDims(x, 4), 'RangeError', 'expandDims: axis 4'],
    ['to join along', () => tw.concatenate([x, x], 2), 'RangeError', 'concatenate: axis 2'],
    ['to contract', () => tw.tensordot(x, x, [[0, 1], [0]]), 'RangeError', '2 axes', 'against 1'],
  ],
  chunks: [
    ['of size 0', () => tw.zeros([4], { chunks: 0 }), 'RangeError', 'chunk size 0 on axis 0', "-1 or 'auto'"],
    [
      'that do not add up',
      () => tw.zeros([4], { chunks: [[1, 2]] }),
      'RangeError',
      '[1, 2] on axis 0',
      'extent 4',
    ],
    ['of too few axes', () => tw.zeros([4, 4], { chunks: [2] }), 'RangeError', '1 axes', '[4, 4] has 2'],
    [
      'of a name',
      () => tw.zeros([4], { chunks: wrong('big') }),
      'TypeError',
      'chunks on axis 0',
      '"big"',
      "'auto'",
    ],
    ['far too many', () => tw.zeros([2 ** 40], { chunks: 1 }), 'RangeError', 'axis 0', 'pieces', 'larger'],
    ['of an array too large to cut', () => tw.zeros([2 ** 40, 2 ** 40]), 'RangeError', 'choose larger ones'],
    ['that are none', () => x.rechunk(wrong(undefined)), 'TypeError', 'chunks on axis 0', 'undefined'],
    ['of a result, too many', () => x.mapBlocks(() => 0, { chunks: [[1, 2], [4]] }), 'RangeError', '1 × 1'],
    [
      'of a result, auto',
      () => x.mapBlocks(() => 0, { chunks: 'auto' }),
      'RangeError',
      'block sizes, not auto',
    ],
  ],
  subscripts: [
    ['too many', () => x.slice(0, 0, 0), 'RangeError', 'too many indices: 3', '[3, 4]', '2 axes'],
    ['too high', () => x.slice(3), 'RangeError', 'index 3', 'axis 0 with size 3'],
    ['too low', () => x.slice(':', -5), 'RangeError', 'index -5', 'axis 1 with size 4'],
    ['no numbers', () => x.slice('a:b'), 'SyntaxError', "'a:b'", "'start:stop:step'"],
    ['a step of zero', () => x.slice('::0'), 'RangeError', 'axis 0', 'cannot be zero'],
    ['a fraction', () => x.slice(1.5), 'TypeError', '1.5 on axis 0'],
    ['two ellipses', () => x.slice('...', '...'), 'RangeError', "one '...'"],
    ['a list', () => x.slice(wrong([0, 1])), 'TypeError', 'a list', 'use take or get'],
    ['nothing', () => x.slice(wrong(undefined)), 'TypeError', 'undefined'],
  ],
  indices: [
    ['too high', () => x.take([0, 4], 1), 'RangeError', 'index 4', 'axis 1 with size 4'],
    ['a fraction', () => x.take([0.5]), 'TypeError', '0.5 is not a whole number'],
    ['not known yet', () => x.take(tw.arange(2n)), 'TypeError', 'known now', 'compute()'],
    ['floats', () => x.get(x), 'TypeError', 'bool or whole numbers, not float64'],
    ['a mask of another shape', () => x.get(mask.T), 'RangeError', '[4, 3]', '[3, 4]'],
    ['a condition too long', () => x.compress([true, true, true, true], 0), 'RangeError', '4', 'extent 3'],
    ['a condition of two axes', () => x.compress(mask, 0), 'RangeError', '1 axis, not 2'],
  ],
  'unknown chunk sizes': [
    ['a slice', () => unknown.slice(':3'), 'Error', 'axis 0', 'computeChunkSizes()'],
    ['a position', () => unknown.slice(0), 'Error', 'computeChunkSizes()'],
    ['a position from the end', () => unknown.slice(-1), 'RangeError', 'computeChunkSizes()'],
    ['the reverse', () => tw.flip(unknown), 'Error', 'flip: axis 0', 'computeChunkSizes()'],
    ['beside an array that knows', () => unknown.add(tw.arange(8)), 'RangeError', 'computeChunkSizes()'],
    ['another shape', () => unknown.reshape(2, 4), 'Error', 'reshape', 'computeChunkSizes()'],
    ['other chunks', () => unknown.rechunk(2), 'Error', 'axis 0', 'computeChunkSizes()'],
    ['elements', () => unknown.take([0]), 'Error', 'take', 'computeChunkSizes()'],
    ['positions', () => unknown.argmax(), 'Error', 'computeChunkSizes()'],
    ['lanes', () => tw.applyAlongAxis((lane) => lane[0], 0, unknown), 'Error', 'computeChunkSizes()'],
    [
      'margins',
      () => unknown.mapOverlap((b) => b, { depth: 1 }),
      'Error',
      'mapOverlap',
      'computeChunkSizes()',
    ],
    [
      'weights',
      () => tw.bincount(unknown, { weights: x.ravel() }),
      'Error',
      'bincount',
      'computeChunkSizes()',
    ],
    ['products', () => unknown.matmul(unknown), 'Error', 'matmul', 'computeChunkSizes()'],
    ['stretching', () => tw.broadcastTo(unknown, [2, 8]), 'Error', 'computeChunkSizes()'],
    ['writing npy', () => tw.toNpy(unknown, path('u.npy')), 'Error', 'toNpy', 'computeChunkSizes()'],
    ['writing zarr', () => tw.toZarr(unknown, path('u.zarr')), 'Error', 'toZarr', 'computeChunkSizes()'],
    [
      'two selections that differ',
      () => unknown.add(x.get(x.less(4))).compute(),
      'TaskError',
      '8 and 4 elements',
      'different selections',
      'computeChunkSizes()',
    ],
    [
      'two selections that differ, stacked',
      () => tw.stack([unknown, x.get(x.less(4))]).compute(),
      'RangeError',
      'different selections',
      'computeChunkSizes()',
    ],
  ],
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
  ],
  files: [
    ['a missing npy file', () => tw.fromNpy(path('no.npy')), 'Error', path('no.npy'), 'no such file'],
    ['a file of another kind', () => tw.fromNpy(path('text')), 'Error', path('text'), 'npy format'],
    ['a directory', () => tw.fromNpy(directory), 'Error', directory, 'directory'],
    ['a missing npz file', () => tw.fromNpz(path('no.npz')), 'Error', path('no.npz'), 'no such file'],
    [
      'a missing member',
      () => tw.fromNpz(data('npy/stored.npz'), 'zz'),
      'Error',
      "'zz'",
      'it holds a, b, flags',
    ],
    ['one of several members', () => tw.fromNpz(data('npy/stored.npz')), 'Error', 'say which of a, b, flags'],
    ['a missing variable', () => tw.fromNetcdf(data('netcdf/packed.nc'), 'zz'), 'Error', "'zz'", 'scaled'],
    ['netCDF-4', () => tw.fromNetcdf(data('netcdf/hdf5.nc'), 'a'), 'Error', 'HDF5', 'nccopy'],
    ['a missing store', () => tw.fromZarr(path('no.zarr')), 'Error', path('no.zarr'), 'zarr.json or .zarray'],
    ['a group', () => tw.fromZarr(data('zarr/v3_group')), 'Error', 'group', 'path', 'climate/t'],
    ['an existing npy file', () => tw.toNpy(x, path('text')), 'Error', path('text'), 'overwrite: true'],
    ['an existing store', () => tw.toZarr(x, directory), 'Error', directory, 'overwrite: true'],
    ['a codec', () => tw.toZarr(x, path('c.zarr'), { codec: wrong('lzw') }), 'TypeError', '"lzw"', 'zstd'],
  ],
  running: [
    ['a result too large', () => tw.zeros([2 ** 31]).compute(), 'RangeError', '16.0 GiB', 'toZarr'],
    ['nothing to compute', () => tw.compute(wrong(7)), 'TypeError', 'compute takes', 'not number'],
    ['nothing to persist', () => tw.persist(wrong(null)), 'TypeError', 'persist takes', 'not null'],
    ['retries', () => x.compute({ retries: -1 }), 'RangeError', 'retries', '-1'],
    ['no threads', () => new tw.LocalEngine({ threads: 0 }), 'RangeError', 'threads', 'not 0'],
    ['a limit in words', () => new tw.LocalEngine({ memoryLimit: 'lots' }), 'TypeError', "'512MB'", '"lots"'],
    [
      'a limit too small',
      () => new tw.LocalEngine({ memoryLimit: '1MB' }),
      'MemoryLimitError',
      'least workable limit',
    ],
    [
      'settings that come late',
      () => [tw.defaultEngine(), tw.configure({})],
      'Error',
      'before the first',
      'useEngine',
    ],
  ],
};

for (const [group, cases] of Object.entries(CASES))
  describe(group, () => {
    it.each(cases.map((c) => ({ what: c[0], c })))('$what', async ({ c: [, call, name, ...says] }) => {
      const error: unknown = await (async () => call())().then(
        (value) => {
          throw new Error(`it gives ${String(value)}`);
        },
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      const { name: kind, message } = error as Error;
      expect(`${kind}: ${message}`).toMatch(new RegExp(`^${name}: `));
      for (const text of says) expect(message).toContain(text);
    });
  });

it('leaves nothing behind of what was not written', async () => {
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(directory)).toEqual(['text']);
});
