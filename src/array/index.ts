/** Blocked arrays larger than memory, with NumPy's names. */

export type { FunctionOptions, ModuleFunction } from '../graph/given-function.js';
export { type ComputedIn, compute, type Lazy, persist } from '../lazy/index.js';
export type { PictureOptions } from '../watch/picture.js';
export { type AlongAxisOptions, applyAlongAxis, applyOverAxes } from './along-axis.js';
export {
  type ArrayInput,
  array,
  asarray,
  type DTypeOf,
  type FromOptions,
  type NestedArray,
  PersistedArray,
  TileArray,
} from './array.js';
export { atleast1d, atleast2d, atleast3d } from './atleast.js';
export { type BincountOptions, bincount } from './bincount.js';
export {
  type BlockFunction,
  fromFunction,
  type MapBlocksOptions,
  mapBlocks,
} from './blocks.js';
export { type BlockwiseFunction, type BlockwiseOptions, blockwise, type Lettered } from './blockwise.js';
export { broadcastArrays, broadcastTo } from './broadcast.js';
export type { ChunkSpec, Chunks } from './chunks.js';
export { type CoarsenAxes, coarsen } from './coarsen.js';
export type { ArrayCompute, Computed, ElementOf } from './compute.js';
export { concatenate, stack } from './concatenate.js';
export type { CreateOptions } from './creation-options.js';
export { type FromDelayedOptions, fromDelayed } from './delayed.js';
export { diag, diagonal, trace, tri, tril, trilIndices, triu, triuIndices } from './diagonals.js';
export { append, insert, remove, remove as delete } from './editing.js';
export { type EyeOptions, eye, identity } from './eye.js';
export { empty, emptyLike, full, fullLike, ones, onesLike, zeros, zerosLike } from './filled.js';
export {
  argwhere,
  type OutsideMode,
  type RavelOptions,
  ravelMultiIndex,
  unravelIndex,
} from './flat-places.js';
export { gradient, type TrapezoidOptions, trapezoid } from './gradient.js';
export { indices, meshgrid } from './grids.js';
export { applyGufunc, type GufuncOptions } from './gufunc.js';
export { type HistogramOptions, histogram } from './histogram.js';
export {
  type Bins,
  type Histogram2dOptions,
  type HistogramddOptions,
  histogram2d,
  histogramdd,
} from './histogramdd.js';
export { compress, computeChunkSizes, extract, get, take } from './indexing.js';
export { type InterpOptions, interp } from './interp.js';
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
} from './joining.js';
export * as linalg from './linalg/index.js';
export { type NormOptions, norm } from './linalg/index.js';
export { dot, matmul, tensordot } from './matmul.js';
export type { NDArray, NDArrayLike } from './ndarray.js';
export { flatnonzero, nonzero } from './nonzero.js';
export type { BlockInfo, InputBlock } from './ops/map-blocks.js';
export {
  argsort,
  argtopk,
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  percentile,
  type QuantileMethod,
  type QuantileOptions,
  quantile,
  sort,
  topk,
} from './ordering.js';
export { type Boundary, type ByAxis, type MapOverlapOptions, mapOverlap } from './overlap.js';
export { type Piece, piecewise } from './piecewise.js';
export { vindex } from './points.js';
export { polyfit, polyval } from './polynomials.js';
export { cross, einsum, inner, kron, outer, vdot } from './products.js';
export { type Promote, promoteTypes, type Scalar } from './promote.js';
export * as random from './random.js';
export { expandDims, flip, moveaxis, swapaxes, transpose } from './rearranging.js';
export { type ReductionOptions, reduction } from './reduction.js';
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
export { ravel, reshape } from './reshape.js';
export type { TileScalar } from './scalar.js';
export { cumprod, cumsum, diff, ediff1d, nancumprod, nancumsum, type ScanOptions } from './scans.js';
export { digitize, type SearchOptions, searchsorted } from './searching.js';
export { choose, select } from './select.js';
export { type BlockSubscript, blocks } from './selected-blocks.js';
export { arange, type LinspaceOptions, linspace } from './sequences.js';
export { intersect1d, isin, setdiff1d, setxor1d, union1d } from './sets.js';
export {
  fliplr,
  flipud,
  type PadMode,
  type PadOptions,
  type PadWidth,
  pad,
  roll,
  rot90,
} from './shifting.js';
export type { SliceArgument } from './slicing.js';
export { geomspace, type LogspaceOptions, logspace } from './spaces.js';
export { squeeze } from './squeeze.js';
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
} from './statistics.js';
export { takeAlongAxis } from './take-along.js';
export * from './ufuncs/index.js';
export { type UniqueOptions, unique } from './unique.js';
