/** Blocked arrays larger than memory, with NumPy's names. */

export type { FunctionOptions, ModuleFunction } from '../graph/given-function.js';
export { type ComputedIn, compute, type Lazy, persist } from '../lazy/index.js';
export type { PictureOptions } from '../watch/picture.js';
export { PersistedArray, TileArray } from './array.js';
export { array, asarray, type FromOptions } from './asarray.js';
export { type ConvolveMode, convolve, correlate } from './calculus/convolve.js';
export { gradient, type TrapezoidOptions, trapezoid } from './calculus/gradient.js';
export { type InterpOptions, interp } from './calculus/interp.js';
export { cumprod, cumsum, diff, ediff1d, nancumprod, nancumsum, type ScanOptions } from './calculus/scans.js';
export type { ArrayCompute, Computed, ElementOf } from './compute/compute.js';
export { type FromDelayedOptions, fromDelayed } from './compute/delayed.js';
export type { CreateOptions } from './creation/creation-options.js';
export { type EyeOptions, eye, identity } from './creation/eye.js';
export { empty, emptyLike, full, fullLike, ones, onesLike, zeros, zerosLike } from './creation/filled.js';
export { indices, meshgrid } from './creation/grids.js';
export { arange, type LinspaceOptions, linspace } from './creation/sequences.js';
export { geomspace, type LogspaceOptions, logspace } from './creation/spaces.js';
export { diag, diagonal, trace, tri, tril, trilIndices, triu, triuIndices } from './indexing/diagonals.js';
export {
  argwhere,
  type OutsideMode,
  type RavelOptions,
  ravelMultiIndex,
  unravelIndex,
} from './indexing/flat-places.js';
export { compress, computeChunkSizes, extract, get, take } from './indexing/indexing.js';
export { flatnonzero, nonzero } from './indexing/nonzero.js';
export { vindex } from './indexing/points.js';
export { choose, select } from './indexing/select.js';
export { type BlockSubscript, blocks } from './indexing/selected-blocks.js';
export type { SliceArgument } from './indexing/slicing.js';
export { takeAlongAxis } from './indexing/take-along.js';
export type { ArrayInput, DTypeOf, NestedArray } from './input.js';
export { concatenate, stack } from './joining/concatenate.js';
export { append, insert, remove, remove as delete } from './joining/editing.js';
export {
  arraySplit,
  type Blocks,
  block,
  columnStack,
  dstack,
  hsplit,
  hstack,
  repeat,
  split,
  tile,
  vsplit,
  vstack,
} from './joining/joining.js';
export * as linalg from './linalg/index.js';
export { type NormOptions, norm } from './linalg/index.js';
export { type AlongAxisOptions, applyAlongAxis, applyOverAxes } from './mapping/along-axis.js';
export {
  type BlockFunction,
  fromFunction,
  type MapBlocksOptions,
  mapBlocks,
} from './mapping/blocks.js';
export {
  type BlockwiseFunction,
  type BlockwiseOptions,
  blockwise,
  type Lettered,
} from './mapping/blockwise.js';
export { applyGufunc, type GufuncOptions } from './mapping/gufunc.js';
export { type Boundary, type ByAxis, type MapOverlapOptions, mapOverlap } from './mapping/overlap.js';
export { type Piece, piecewise } from './mapping/piecewise.js';
export { type ReductionOptions, reduction } from './mapping/reduction.js';
export { slidingWindowView } from './mapping/windows.js';
export type { NDArray, NDArrayLike } from './ndarray.js';
export type { ChunkSpec, Chunks } from './nodes/chunks.js';
export { type Promote, promoteTypes, type Scalar } from './nodes/promote.js';
export type { BlockInfo, InputBlock } from './ops/map-blocks.js';
export {
  argpartition,
  argsort,
  argtopk,
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  partition,
  percentile,
  type QuantileMethod,
  type QuantileOptions,
  quantile,
  sort,
  topk,
} from './ordering/ordering.js';
export { digitize, type SearchOptions, searchsorted } from './ordering/searching.js';
export { intersect1d, isin, setdiff1d, setxor1d, union1d } from './ordering/sets.js';
export { type UniqueOptions, unique } from './ordering/unique.js';
export { dot, matmul, tensordot } from './products/matmul.js';
export { cross, einsum, inner, kron, outer, vdot } from './products/products.js';
export * as random from './random/index.js';
export {
  type AxisArgument,
  all,
  any,
  argmax,
  argmin,
  type MeanOptions,
  max,
  mean,
  min,
  nanargmax,
  nanargmin,
  nanmax,
  nanmean,
  nanmin,
  nanprod,
  nanstd,
  nansum,
  nanvar,
  prod,
  type ReduceOptions,
  type SumOptions,
  std,
  sum,
  type VarOptions,
  variance,
  variance as var,
} from './reductions/index.js';
export type { TileScalar } from './scalar.js';
export { atleast1d, atleast2d, atleast3d } from './shape/atleast.js';
export { broadcastArrays, broadcastTo } from './shape/broadcast.js';
export { type CoarsenAxes, coarsen } from './shape/coarsen.js';
export { expandDims, flip, moveaxis, swapaxes, transpose } from './shape/rearranging.js';
export { ravel, reshape } from './shape/reshape.js';
export {
  fliplr,
  flipud,
  type PadMode,
  type PadOptions,
  type PadWidth,
  pad,
  roll,
  rot90,
} from './shape/shifting.js';
export { squeeze } from './shape/squeeze.js';
export { type BincountOptions, bincount } from './statistics/bincount.js';
export { type HistogramOptions, histogram } from './statistics/histogram.js';
export {
  type Bins,
  type Histogram2dOptions,
  type HistogramddOptions,
  histogram2d,
  histogramdd,
} from './statistics/histogramdd.js';
export {
  kurtosis,
  type MomentOptions,
  moment,
  type ShapeOptions,
  skew,
} from './statistics/moments.js';
export { polyfit, polyval } from './statistics/polynomials.js';
export {
  type AverageOptions,
  allclose,
  arrayEqual,
  average,
  type CovarianceOptions,
  corrcoef,
  countNonzero,
  cov,
  nanToNum,
  ptp,
} from './statistics/statistics.js';
export * from './ufuncs/index.js';
