/**
 * What folds accumulate. Elements go into *partials*: lanes of vectors, or scalars. After some hundred elements (or some dozen rows) the
 * partials are flushed into the *state*, one for each output element, and start anew; the state gives the results.
 * The two levels are what makes sums accurate and lets moments subtract a mean that is already good.
 */

import type { DType } from '../dtype.js';
import { kindOf } from '../dtype.js';
import { type Code, type FunctionBuilder, f64, i64, type Local, select } from './assembler.js';
import { castScalar } from './casts.js';
import type { Form, Lanes } from './lane-types.js';
import { floatLanes, isFinite64, lanesOf } from './lanes.js';
import { moments } from './moments.js';
import type { PreparedFold } from './program.js';

export interface Slot {
  readonly dtype: DType;
  readonly identity: number | bigint;
}

/** All slots of a fold have one itemsize. */
export interface FoldCode {
  /** Nodes whose values are folded. */
  readonly nodes: readonly number[];
  readonly partial: readonly Slot[];
  readonly state: readonly Slot[];
  /** The state slot that `accumulate` reads. */
  readonly reads?: number;
  /** Takes one element a lane into the partials. `read` is the slot `reads`. */
  accumulate(form: Form, f: FunctionBuilder, partial: readonly Local[], x: readonly Code[], read: Code): Code;
  /** Partials lose accuracy with each element: they are flushed often. */
  readonly rounds?: boolean;
  /** Partials have the state's slots and may start from the state, since taking an element twice changes nothing. */
  readonly idempotent?: boolean;
  /** A mask of lanes whose value `x` cannot change the partials, where that is quick to see. */
  loses?(partial: readonly Local[], x: Code): Code;
  /** Takes other partials, of other elements, into these. */
  merge(form: Form, f: FunctionBuilder, partial: readonly Local[], other: readonly Code[]): Code;
  /** Takes partials of `count` (f64) elements into the state. */
  flush(f: FunctionBuilder, partial: readonly Local[], state: readonly Local[], count: Code): Code;
  /** Sets the slot it reads from the partials of the first elements, which will be taken once more. */
  prime?(f: FunctionBuilder, partial: readonly Local[], state: readonly Local[], count: Code): Code;
  /** True (i32) before the first flush. */
  fresh?(state: readonly Local[]): Code;
  readonly outputs: readonly DType[];
  /** One value for each output, of its dtype. */
  finish(f: FunctionBuilder, state: readonly Local[]): readonly Code[];
}

/** The extreme values of a dtype: what every element is not below, or not above. */
function extremes(dtype: DType): [low: number | bigint, high: number | bigint] {
  if (kindOf(dtype) === 'float') return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const bits = BigInt(dtype.replace(/\D/g, ''));
  return kindOf(dtype) === 'int' ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
}

/** A fold whose partial and state are one value each, combined alike. */
function simple(
  fold: PreparedFold,
  dtype: DType,
  identity: number | bigint,
  combine: (l: Lanes, a: Code, b: Code) => Code,
): FoldCode {
  const slot = [{ dtype, identity }];
  const take = (form: Form, [into]: readonly Local[], x: Code): Code =>
    into!.set(combine(lanesOf(dtype, form), into!, x));
  return {
    nodes: [fold.node],
    partial: slot,
    state: slot,
    accumulate: (form, _f, partial, [x]) => take(form, partial, x!),
    merge: (form, _f, partial, [x]) => take(form, partial, x!),
    flush: (_f, [p], state) => take('scalar', state, p!),
    outputs: [fold.dtype],
    finish: (f, [value]) => [castScalar(f, dtype, fold.dtype, value!)],
  };
}

/**
 * The sum of floats: partials are added to a double-double state by Knuth's exact two-sum, so that only the additions inside a
 * block of a few hundred elements, spread over several lanes, round.
 */
function floatSum(fold: PreparedFold): FoldCode {
  const base = simple(fold, 'float64', 0, (l, a, b) => l.add(a, b));
  return {
    ...base,
    rounds: true,
    state: [...base.state, { dtype: 'float64', identity: 0 }],
    flush: (f, [p], [high, low]) => {
      const sum = f.let('f64', f64.add(high!, p!));
      const other = f.let('f64', f64.sub(sum, high!));
      const lost = f64.add(f64.sub(high!, f64.sub(sum, other)), f64.sub(p!, other));
      return [low!.set(f64.add(low!, lost)), high!.set(sum)];
    },
    finish: (f, [high, low]) => {
      // what an infinite sum has lost is NaN
      const total = select(f64.add(high!, low!), high!, isFinite64(high!));
      return [castScalar(f, 'float64', fold.dtype, total)];
    },
  };
}

/** The largest or smallest element. */
function extreme(fold: PreparedFold, dtype: DType, greatest: boolean, skipNaN: boolean): FoldCode {
  if (dtype === 'float64' || dtype === 'float32') return floatExtreme(fold, dtype, greatest, skipNaN);
  const [low, high] = extremes(dtype);
  return simple(fold, dtype, greatest ? low : high, (l, acc, x) =>
    greatest ? l.max(acc, x) : l.min(acc, x),
  );
}

/**
 * Of floats: partials pass NaN over, which is one instruction, and note besides whether one was met (then the result is NaN) or, where
 * NaN is skipped, whether a number was (else the result is NaN).
 */
function floatExtreme(
  fold: PreparedFold,
  dtype: 'float32' | 'float64',
  greatest: boolean,
  skipNaN: boolean,
): FoldCode {
  const [low, high] = extremes(dtype);
  const bits = dtype === 'float64' ? 'int64' : 'int32';
  const identity = greatest ? low : high;
  const better = (form: Form, a: Code, b: Code): Code => {
    const l = floatLanes(dtype, form);
    return greatest ? l.larger(a, b) : l.smaller(a, b);
  };
  return {
    nodes: [fold.node],
    partial: [
      { dtype, identity },
      { dtype: bits, identity: 0 },
    ],
    state: [{ dtype, identity: skipNaN ? Number.NaN : identity }],
    accumulate: (form, _f, [best, noted], [x]) => {
      const l = lanesOf(dtype, form);
      const flags = lanesOf(bits, form);
      const met = skipNaN ? l.eq(x!, x!) : l.ne(x!, x!);
      // a vector's mask is all bits already
      const note = form === 'vector' ? flags.or(noted!, met) : flags.select(met, flags.constant(-1), noted!);
      return [best!.set(better(form, best!, x!)), noted!.set(note)];
    },
    merge: (form, _f, [best, noted], [other, alsoNoted]) => [
      best!.set(better(form, best!, other!)),
      noted!.set(lanesOf(bits, form).or(noted!, alsoNoted!)),
    ],
    flush: (_f, [best, noted], [state]) => {
      const l = lanesOf(dtype, 'scalar');
      const flags = lanesOf(bits, 'scalar');
      const met = flags.ne(noted!, flags.constant(0));
      // a NaN in the state stays: neither is it less nor is anything less than it
      const both = better('scalar', state!, best!);
      if (!skipNaN) return state!.set(l.select(met, l.constant(Number.NaN), both));
      return state!.set(l.select(met, l.select(l.ne(state!, state!), best!, both), state!));
    },
    outputs: [fold.dtype],
    finish: (f, [state]) => [castScalar(f, dtype, fold.dtype, state!)],
  };
}

const NO_INDEX = 2n ** 63n - 1n;

/**
 * Where the extreme element is. Of equal elements the one with the smallest index counts, so that the order in which
 * elements, lanes and blocks are met does not matter.
 */
function argExtreme(fold: PreparedFold, dtype: DType): FoldCode {
  const greatest = fold.kind.endsWith('max');
  const skipNaN = fold.kind.startsWith('nan');
  const float = kindOf(dtype) === 'float';
  const [low, high] = extremes(dtype);
  const slots: Slot[] = [
    { dtype, identity: greatest ? low : high },
    { dtype: 'int64', identity: NO_INDEX },
  ];
  const take = (form: Form, f: FunctionBuilder, partial: readonly Local[], other: readonly Code[]): Code => {
    const [value, index] = partial as [Local, Local];
    const [x, at] = other as [Code, Code];
    const l = lanesOf(dtype, form);
    const i = lanesOf('int64', form);
    const m = l.mask;
    const mask = (code: Code): Code => f.let(m.type, code);
    let better = greatest ? l.lt(value, x) : l.lt(x, value);
    let same = l.eq(x, value);
    if (float && !skipNaN) {
      const [unknown, wasUnknown] = [mask(l.ne(x, x)), mask(l.ne(value, value))];
      better = m.or(better, m.andnot(unknown, wasUnknown));
      same = m.or(same, m.and(unknown, wasUnknown));
    }
    const wins = mask(m.or(better, m.and(same, i.lt(at, index))));
    return [value.set(l.select(wins, x, value)), index.set(i.select(wins, at, index))];
  };
  return {
    nodes: [fold.node, fold.index!],
    partial: slots,
    state: slots,
    idempotent: true,
    loses: ([value], x) => {
      const l = lanesOf(dtype, 'vector');
      const worse = greatest ? l.lt(x, value!) : l.lt(value!, x);
      return skipNaN && float ? l.mask.or(worse, l.ne(x, x)) : worse;
    },
    accumulate: take,
    merge: take,
    flush: (f, partial, state) => take('scalar', f, state, partial),
    outputs: [fold.dtype, 'int64'],
    finish: (f, [value, index]) => {
      const none = i64.eq(index!, i64.const(NO_INDEX));
      const found = float ? select(f64.const(Number.NaN), value!, none) : value!;
      return [castScalar(f, dtype, fold.dtype, found), select(i64.const(-1n), index!, none)];
    },
  };
}

/** The code of a fold over a node of the accumulator's dtype `dtype`. */
export function foldCode(fold: PreparedFold, dtype: DType): FoldCode {
  switch (fold.kind) {
    case 'sum':
      if (dtype === 'float64') return floatSum(fold);
      return simple(fold, dtype, 0, (l, a, b) => l.add(a, b));
    case 'prod':
      return simple(fold, dtype, 1, (l, a, b) => l.mul(a, b));
    case 'max':
    case 'any':
      return extreme(fold, dtype, true, false);
    case 'min':
    case 'all':
      return extreme(fold, dtype, false, false);
    case 'fmax':
      return extreme(fold, dtype, true, true);
    case 'fmin':
      return extreme(fold, dtype, false, true);
    case 'argmin':
    case 'argmax':
    case 'nanargmin':
    case 'nanargmax':
      return argExtreme(fold, dtype);
    default:
      return moments(fold);
  }
}
