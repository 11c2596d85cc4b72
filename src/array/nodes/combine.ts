import type { DType } from '../../kernels/dtype.js';
import type { ElementFn, Fold } from '../../kernels/spec.js';
import type { Expression, Term } from './expression.js';

/** How the partial results of a fold are made of one element, and joined. */
interface Combiner {
  readonly single: (e: Expression, value: Term, index?: Term) => readonly Term[];
  /** `members[k]` are the parts of partial result `k`, in block order. */
  readonly join: (e: Expression, members: readonly (readonly Term[])[]) => readonly Term[];
}

/** Element types of what a fold yields. */
export function partsOf(fold: Fold): readonly DType[] {
  if (fold.fold === 'moments') return ['float64', 'float64'];
  if (fold.fold === 'nanmoments') return ['float64', 'float64', 'float64'];
  return 'index' in fold ? [fold.dtype, 'int64'] : [fold.dtype];
}

export const combinerOf = (fold: Fold): Combiner => COMBINERS[fold.fold];

const one = (fn: ElementFn): Combiner => ({
  single: (_, value) => [value],
  join: (e, members) => [
    balanced(
      members.map(([t]) => t),
      (a, b) => e.call(fn, [a, b]),
    ),
  ],
});

/** Folds neighbours pairwise, so that rounding errors of sums grow with the logarithm of their number. */
function balanced(terms: readonly Term[], fn: (a: Term, b: Term) => Term): Term {
  if (terms.length === 1) return terms[0];
  const half = Math.ceil(terms.length / 2);
  return fn(balanced(terms.slice(0, half), fn), balanced(terms.slice(half), fn));
}

const total = (e: Expression, terms: readonly Term[]): Term =>
  balanced(terms, (a, b) => e.call('add', [a, b]));

/**
 * Mean and sum of squared deviations of groups with counts: the mean is the weighted mean of means, and each group's
 * deviations grow by the square of its mean's distance (Chan, Golub and LeVeque 1979, for many groups at once).
 */
function joinMoments(
  e: Expression,
  groups: readonly { readonly n: Term; readonly mean: Term; readonly m2: Term }[],
): readonly [Term, Term, Term] {
  const zero = e.constant(0, 'float64');
  const full = groups.map(({ n, mean, m2 }) => ({
    n,
    m2,
    mean: e.call('where', [e.call('greater', [n, zero], 'bool'), mean, zero]),
  }));
  const n = total(
    e,
    full.map((g) => g.n),
  );
  const weighted = total(
    e,
    full.map((g) => e.call('multiply', [g.n, g.mean])),
  );
  const mean = e.call('where', [e.call('greater', [n, zero], 'bool'), e.call('divide', [weighted, n]), zero]);
  const spread = full.map((g) => {
    const away = e.call('subtract', [g.mean, mean]);
    return e.call('add', [g.m2, e.call('multiply', [g.n, e.call('square', [away])])]);
  });
  return [n, mean, total(e, spread)];
}

/** The better of two (value, index) pairs; equal values keep the lower index. */
function pick(less: ElementFn, skipNan: boolean): Combiner {
  return {
    single: (e, value, index) => {
      if (!skipNan) return [value, index!];
      return [value, e.call('where', [e.isnan(value), e.constant(-1, 'int64'), index!])];
    },
    join: (e, members) => {
      const best = members.reduce((a, b) => {
        const [[va, ia], [vb, ib]] = [a, b];
        const tie = e.call('bitwise_and', [same(e, va, vb), e.call('less', [ib, ia], 'bool')]);
        const better = e.call('bitwise_or', [wins(e, less, skipNan, a, b), tie]);
        const found = skipNan
          ? both(e, better, e.call('greater_equal', [ib, e.constant(0, 'int64')], 'bool'))
          : better;
        return [e.call('where', [found, vb, va]), e.call('where', [found, ib, ia])];
      });
      return best;
    },
  };
}

const both = (e: Expression, a: Term, b: Term): Term => e.call('bitwise_and', [a, b]);

const same = (e: Expression, a: Term, b: Term): Term =>
  e.call('bitwise_or', [e.call('equal', [a, b], 'bool'), both(e, e.isnan(a), e.isnan(b))]);

function wins(
  e: Expression,
  less: ElementFn,
  skipNan: boolean,
  [va, ia]: readonly Term[],
  [vb]: readonly Term[],
): Term {
  const better = e.call(less, [vb, va], 'bool');
  if (skipNan) return e.call('bitwise_or', [better, e.call('less', [ia, e.constant(0, 'int64')], 'bool')]);
  const newNan = both(e, e.isnan(vb), e.call('invert', [e.isnan(va)], 'bool'));
  const oldNan = e.call('invert', [e.isnan(va)], 'bool');
  return e.call('bitwise_or', [both(e, better, oldNan), newNan]);
}

const COMBINERS: { readonly [K in Fold['fold']]: Combiner } = {
  sum: one('add'),
  prod: one('multiply'),
  min: one('minimum'),
  max: one('maximum'),
  fmin: one('fmin'),
  fmax: one('fmax'),
  any: one('bitwise_or'),
  all: one('bitwise_and'),
  argmin: pick('less', false),
  argmax: pick('greater', false),
  nanargmin: pick('less', true),
  nanargmax: pick('greater', true),
  moments: {
    single: (e, value) => [value, e.call('subtract', [value, value])],
    join: (e, members) => {
      const [, mean, m2] = joinMoments(
        e,
        members.map(([m, s], k) => ({ n: e.param(k), mean: m, m2: s })),
      );
      return [mean, m2];
    },
  },
  nanmoments: {
    single: (e, value) => {
      const [zero, nan] = [e.constant(0, 'float64'), e.isnan(value)];
      return [
        e.call('where', [nan, zero, e.constant(1, 'float64')]),
        e.call('where', [nan, zero, value]),
        e.call('where', [nan, zero, e.call('subtract', [value, value])]),
      ];
    },
    join: (e, members) =>
      joinMoments(
        e,
        members.map(([n, mean, m2]) => ({ n, mean, m2 })),
      ),
  },
};
