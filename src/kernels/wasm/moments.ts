/**
 * Mean and sum of squared deviations in one pass.
 *
 * Elements are taken relative to a shift near the mean of those before. With s₁ = Σ(x - shift) and s₂ = Σ(x - shift)², a block of n
 * has a mean of shift + s₁/n and squared deviations s₂ - s₁²/n; blocks merge as Chan, Golub and LeVeque do it. What cancels in
 * s₂ - s₁²/n is never more than the merge then adds, so that one pass is as accurate as two. The mean is kept as shift + rest, the
 * shift with so few bits that x - shift is usually exact. The first elements are taken twice: to give a first shift, then to count.
 */

import { type Code, type FunctionBuilder, f64, i64, type Local, select, when } from './assembler.js';
import type { FoldCode, Slot } from './folds.js';
import { isFinite64, lanesOf } from './lanes.js';
import type { PreparedFold } from './program.js';

const ZERO: Slot = { dtype: 'float64', identity: 0 };

/** The state of a cell. `mean` is shift + rest, or not finite while the shift is 0. */
interface State {
  readonly count: Local;
  readonly mean: Local;
  readonly squares: Local;
  readonly shift: Local;
  readonly rest: Local;
}
const SHIFT = 3;
const named = ([count, mean, squares, shift, rest]: readonly Local[]): State =>
  ({ count, mean, squares, shift, rest }) as State;

/** The leading 29 bits of a double; 0 if it is not finite. */
const shortened = (x: Code): Code => {
  const head = f64.reinterpretI64(i64.and(i64.reinterpretF64(x), i64.const(-(2n ** 24n))));
  return select(head, f64.const(0), isFinite64(x));
};

/** Takes n elements, given by sums relative to the shift, into the state. */
function mergeBlock(f: FunctionBuilder, s1: Local, s2: Local, n: Local, state: State): Code {
  const { count, mean, squares, shift, rest } = state;
  const total = f.let('f64', f64.add(count, n));
  const weight = f.let('f64', f64.div(n, total));
  const offset = f.let('f64', f64.div(s1, n));
  const own = f64.max(f64.sub(s2, f64.mul(s1, offset)), f64.const(0));
  const apart = f.let('f64', f64.sub(offset, rest));
  const between = f64.mul(f64.mul(apart, apart), f64.mul(count, weight));
  f.emit(squares.set(f64.add(squares, f64.add(own, between))));
  // from the old shift to the new mean; an infinite mean stays, or becomes NaN
  const moved = f.let('f64', f64.add(rest, f64.mul(apart, weight)));
  f.emit(mean.set(f64.add(select(shift, mean, isFinite64(mean)), moved)));
  const next = f.let('f64', shortened(mean));
  const left = f64.add(f64.sub(shift, next), moved);
  return [rest.set(select(left, f64.const(0), isFinite64(mean))), shift.set(next), count.set(total)];
}

/** `moments`, and `nanmoments`, which passes NaN over and yields the count too. */
export function moments(fold: PreparedFold): FoldCode {
  const skipNaN = fold.kind === 'nanmoments';
  const counted = (partial: readonly Local[], count: Code): Code => (skipNaN ? partial[2]! : count);
  return {
    nodes: [fold.node],
    partial: skipNaN ? [ZERO, ZERO, ZERO] : [ZERO, ZERO],
    state: [ZERO, ZERO, ZERO, ZERO, ZERO],
    rounds: true,
    reads: SHIFT,
    accumulate: (form, f, [s1, s2, n], [x], shift) => {
      const l = lanesOf('float64', form);
      const known = skipNaN ? f.let(l.mask.type, l.eq(x!, x!)) : undefined;
      const only = (y: Code): Code => (known === undefined ? y : l.select(known, y, l.constant(0)));
      const d = f.let(l.type, only(l.sub(x!, shift)));
      return [
        s1!.set(l.add(s1!, d)),
        s2!.set(l.add(s2!, l.mul(d, d))),
        known === undefined ? [] : n!.set(l.add(n!, only(l.constant(1)))),
      ];
    },
    merge: (form, _f, partial, other) =>
      partial.map((p, k) => p.set(lanesOf('float64', form).add(p, other[k]!))),
    flush: (f, partial, state, count) => {
      const n = f.let('f64', counted(partial, count));
      const merge = f.collect(() => mergeBlock(f, partial[0]!, partial[1]!, n, named(state)));
      return when(f64.gt(n, f64.const(0)), merge);
    },
    prime: (f, partial, state, count) => {
      const { mean, shift } = named(state);
      const first = f.let('f64', f64.div(partial[0]!, counted(partial, count)));
      return [shift.set(shortened(first)), mean.set(shift)];
    },
    fresh: (state) => f64.eq(named(state).count, f64.const(0)),
    outputs: skipNaN ? ['float64', 'float64', 'float64'] : ['float64', 'float64'],
    finish: (_f, state) => {
      const { count, mean, squares } = named(state);
      return skipNaN ? [count, mean, squares] : [mean, squares];
    },
  };
}
