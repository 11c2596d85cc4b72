import type { DType } from './dtype.js';

/**
 * One loop over a block, as data: elementwise expressions over strided inputs, and, where `reduce` is given, folds of
 * them over some axes. It is what the kernel compiler compiles, once for all blocks of a layer.
 */
export interface FusedSpec {
  /** Element type of each strided input. */
  readonly inputs: readonly DType[];
  /** The expression, in static single assignment order: a node refers to earlier nodes only. */
  readonly nodes: readonly ExprNode[];
  /** Number of axes of the iteration space (the shape given when it runs). */
  readonly rank: number;
  /** Without `reduce`: outputs that are `map`s, each of the iteration space's shape. With it: folds, each of the shape left. */
  readonly outputs: readonly FusedOutput[];
  /** Axes folded away (ascending; all axes for a total). Absent: no reduction. Empty is not allowed. */
  readonly reduce?: readonly number[];
}

export type ExprNode =
  /** element of a strided input */
  | { readonly op: 'input'; readonly input: number; readonly dtype: DType }
  /** a constant; number for floats and ints up to 32 bits, bigint for 64-bit ints, boolean for bool */
  | { readonly op: 'const'; readonly value: number | bigint | boolean; readonly dtype: DType }
  /** a number given per block when the kernel runs (float64 as is, int64 when |x| ≤ 2^53) */
  | { readonly op: 'param'; readonly param: number; readonly dtype: 'float64' | 'int64' }
  /** position along an axis of the iteration space, from 0 */
  | { readonly op: 'index'; readonly axis: number; readonly dtype: 'float64' | 'int64' }
  /**
   * Conversion as C (and NumPy's astype) does it on x86-64; to bool: x != 0. A float that the integer cannot hold, or NaN, gives the
   * most negative int32 (for integers up to int32, the low bits of it for narrow ones) or int64 (for uint32, int64).
   */
  | { readonly op: 'cast'; readonly args: readonly [number]; readonly dtype: DType }
  /** an elementwise function; `dtype` is the result's; all arguments have one dtype (but `where`: bool, T, T) */
  | { readonly op: ElementFn; readonly args: readonly number[]; readonly dtype: DType };

/** T -> T, every dtype where it has a meaning (ints wrap around as NumPy's do). */
export type UnaryFn =
  | 'negative'
  | 'positive'
  | 'abs'
  | 'sign'
  | 'square'
  | 'reciprocal'
  | 'invert' // ints: bitwise, bool: not
  // float only
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'exp2'
  | 'expm1'
  | 'log'
  | 'log2'
  | 'log10'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'arcsin'
  | 'arccos'
  | 'arctan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'arcsinh'
  | 'arccosh'
  | 'arctanh'
  | 'floor'
  | 'ceil'
  | 'trunc'
  | 'rint';

/** T, T -> T. Division by zero of ints gives 0, as NumPy's does. */
export type BinaryFn =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide' // float only (the caller casts)
  | 'floor_divide'
  | 'remainder'
  | 'fmod'
  | 'power'
  | 'minimum'
  | 'maximum'
  | 'fmin'
  | 'fmax'
  | 'bitwise_and'
  | 'bitwise_or'
  | 'bitwise_xor'
  | 'left_shift'
  | 'right_shift' // ints and bool
  | 'arctan2'
  | 'hypot'
  | 'copysign'
  | 'logaddexp'; // float only

/** T, T -> bool, and T -> bool. */
export type PredicateFn =
  | 'equal'
  | 'not_equal'
  | 'less'
  | 'less_equal'
  | 'greater'
  | 'greater_equal'
  | 'isnan'
  | 'isinf'
  | 'isfinite'
  | 'signbit';

export type ElementFn = UnaryFn | BinaryFn | PredicateFn | 'where';

export type FusedOutput = { readonly kind: 'map'; readonly node: number; readonly dtype: DType } | Fold;

/**
 * A fold of one node over the reduced axes. Its accumulator:
 * sum, prod — the node's dtype (callers cast first: ints to int64 or uint64); floats at least as accurate as NumPy's pairwise sum.
 * min, max — NaN wins; fmin, fmax — NaN is passed over (all NaN gives NaN).
 * any, all — bool.
 * argmin, argmax — `index` is an int64 node; yields TWO blocks: the value, and the smallest index at which it occurs, whatever the order of
 *   iteration (NaN wins over every number, and among NaNs the smallest index); `fold: 'nanargmin' | 'nanargmax'` pass NaN over, value NaN and
 *   index -1 where all are NaN. Partial results combine by the same fold over (value, index).
 * moments — float64 node; yields TWO float64 blocks: mean, and the sum of squared deviations from it (two-pass or Welford accuracy).
 * nanmoments — the same over non-NaN elements, yields THREE: count, mean, sum of squared deviations; all 0 where all are NaN.
 * Over nothing: sum 0, prod 1, any false, all true; the others give their identities (±∞, NaN, index -1), which callers do not ask for.
 */
export type Fold =
  | {
      readonly kind: 'fold';
      readonly fold: 'sum' | 'prod' | 'min' | 'max' | 'fmin' | 'fmax' | 'any' | 'all';
      readonly node: number;
      readonly dtype: DType;
    }
  | {
      readonly kind: 'fold';
      readonly fold: 'argmin' | 'argmax' | 'nanargmin' | 'nanargmax';
      readonly node: number;
      readonly index: number;
      readonly dtype: DType;
    }
  | {
      readonly kind: 'fold';
      readonly fold: 'moments' | 'nanmoments';
      readonly node: number;
      readonly dtype: 'float64';
    };

/** One run of a fused loop on one block. */
export interface FusedCall {
  /** Extent of each axis of the iteration space; an extent may be 0. */
  readonly shape: readonly number[];
  /** Where each input's element [0, …, 0] lies (bytes from the start of the memory) and its stride along each axis, in elements: 0 broadcasts, negative reverses. */
  readonly inputs: readonly { readonly address: number; readonly strides: readonly number[] }[];
  readonly params: readonly number[];
  /** Byte addresses of the output blocks, C-contiguous, in the order of the outputs (two or three for folds that yield so many). */
  readonly outputs: readonly number[];
  /** Address and size of scratch memory, 64-byte aligned. */
  readonly scratch: { readonly address: number; readonly bytes: number };
}
