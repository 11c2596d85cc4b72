/** Options that there are not, and what is given in their place: to leave them unread would silently make another result. */
import * as tw from '../../../src/index.js';
import { type Case, refused, wrong, x } from './cases.js';

const rng = tw.random.defaultRng(1);
const same = ({ data }: { readonly data: unknown }) => data;

/** Calls with an option `chunk`, which no function has. */
const MISSPELT: Readonly<Record<string, (options: never) => unknown>> = {
  asarray: (o) => tw.asarray([1, 2], o),
  zeros: (o) => tw.zeros(3, o),
  ones: (o) => tw.ones(3, o),
  full: (o) => tw.full(3, 1, o),
  'an array like another': (o) => tw.zerosLike(x, o),
  arange: (o) => tw.arange(3, o),
  linspace: (o) => tw.linspace(0, 1, o),
  logspace: (o) => tw.logspace(0, 1, 5, o),
  geomspace: (o) => tw.geomspace(1, 2, 5, o),
  eye: (o) => tw.eye(3, o),
  average: (o) => tw.average(x, o),
  cov: (o) => tw.cov(x, o),
  corrcoef: (o) => tw.corrcoef(x, o),
  isclose: (o) => tw.isclose(x, x, o),
  bincount: (o) => tw.bincount([1], o),
  histogram: (o) => tw.histogram(x, o),
  searchsorted: (o) => tw.searchsorted([1], x, o),
  digitize: (o) => tw.digitize(x, [1], o),
  norm: (o) => tw.norm(x, o),
  random: (o) => rng.random(3, o),
  uniform: (o) => rng.uniform(0, 1, 3, o),
  standard_normal: (o) => rng.standardNormal(3, o),
  normal: (o) => rng.normal(0, 1, 3, o),
  exponential: (o) => rng.exponential(1, 3, o),
  gamma: (o) => rng.gamma(1, 1, 3, o),
  poisson: (o) => rng.poisson(1, 3, o),
  binomial: (o) => rng.binomial(1, 0.5, 3, o),
  integers: (o) => rng.integers(0, 9, 3, o),
  cholesky: (o) => tw.linalg.cholesky([[1]], o),
  solve: (o) => tw.linalg.solve([[1]], [1], o),
  solveTriangular: (o) => tw.linalg.solveTriangular([[1]], [1], o),
  lstsq: (o) => tw.linalg.lstsq([[1]], [1], o),
  svdCompressed: (o) => tw.linalg.svdCompressed(x, 1, o),
  mapBlocks: (o) => x.mapBlocks(same, o),
  mapOverlap: (o) => x.mapOverlap(same, o),
  blockwise: (o) => tw.blockwise(same, 'ij', [[x, 'ij']], o),
  applyGufunc: (o) => tw.applyGufunc(same, '()->()', [x], o),
  applyAlongAxis: (o) => tw.applyAlongAxis((lane) => lane[0], 0, x, o),
  fromDelayed: (o) => tw.fromDelayed(tw.delayed([1]) as never, o),
  fromNpy: (o) => tw.fromNpy('none.npy', o),
  fromNpz: (o) => tw.fromNpz('none.npz', 'x', o),
  fromNetcdf: (o) => tw.fromNetcdf('none.nc', 'x', o),
  fromZarr: (o) => tw.fromZarr('none.zarr', o),
  toNpy: (o) => tw.toNpy(x, 'none.npy', o),
  toZarr: (o) => tw.toZarr(x, 'none.zarr', o),
  compute: (o) => x.compute(o),
  persist: (o) => x.persist(o),
};

refused({
  'an option that there is not': Object.entries(MISSPELT).map(
    ([label, call]): Case => [
      label,
      () => call(wrong({ chunk: 1 })),
      'TypeError',
      `${label}: there is no option "chunk"; `,
      'there are ',
    ],
  ),
  'what is no object of options': [
    [
      'a list',
      () => tw.meshgrid(wrong([1, 2]), wrong([3])),
      'TypeError',
      'meshgrid takes options by name, { indexing',
    ],
    [
      'a number',
      () => tw.histogram(x, wrong(20)),
      'TypeError',
      'histogram takes options by name, { bins',
      'not 20',
    ],
    [
      'a string',
      () => tw.ones(2, wrong('int32')),
      'TypeError',
      'ones takes options by name, { dtype',
      '"int32"',
    ],
    [
      'an axis',
      () => tw.average(x, wrong(0)),
      'TypeError',
      'average takes options by name, { axis, weights',
      'not 0',
    ],
    ['an order', () => tw.norm(x, wrong(1)), 'TypeError', 'norm takes options by name, { ord', 'not 1'],
    ['a side', () => tw.searchsorted([1], x, wrong('right')), 'TypeError', 'by name, { side', '"right"'],
  ],
  'a value that an option does not take': [
    [
      'a mode',
      () => tw.pad(x, 1, wrong({ mode: 'mirror' })),
      'TypeError',
      'constant, edge, reflect',
      'not mirror',
    ],
  ],
  "JavaScript's operators": [
    ['comparison', () => wrong(x) > 0, 'TypeError', 'x.greater(y)'],
    ['arithmetic', () => wrong(x) * 2, 'TypeError', 'x.multiply(y)'],
  ],
});
