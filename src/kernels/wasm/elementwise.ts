/** The elementwise functions that arithmetic, comparison and bit instructions make up, written once for scalars and vectors. */

import type { Code, FunctionBuilder } from './assembler.js';
import type { FloatLanes, Lanes, Masks } from './lane-types.js';

/** Arguments are locals or constants: they may be repeated. */
type Make<L> = (l: L, args: readonly Code[], f: FunctionBuilder) => Code;
type Table<L> = Readonly<Record<string, Make<L>>>;

const ANY: Table<Lanes> = {
  positive: (_l, [a]) => a!,
  negative: (l, [a]) => l.neg(a!),
  abs: (l, [a]) => l.abs(a!),
  square: (l, [a]) => l.mul(a!, a!),
  add: (l, [a, b]) => l.add(a!, b!),
  subtract: (l, [a, b]) => l.sub(a!, b!),
  multiply: (l, [a, b]) => l.mul(a!, b!),
  minimum: (l, [a, b]) => l.min(a!, b!),
  maximum: (l, [a, b]) => l.max(a!, b!),
};

const INTEGER: Table<Lanes> = {
  sign: (l, [a]) => {
    const zero = l.constant(0);
    const positive = l.select(l.lt(zero, a!), l.constant(1), zero);
    return l.dtype.startsWith('u') ? positive : l.select(l.lt(a!, zero), l.constant(-1), positive);
  },
  fmin: (l, [a, b]) => l.min(a!, b!),
  fmax: (l, [a, b]) => l.max(a!, b!),
  floor: (_l, [a]) => a!,
  ceil: (_l, [a]) => a!,
  trunc: (_l, [a]) => a!,
  rint: (_l, [a]) => a!,
  invert: (l, [a]) => l.not(a!),
  bitwise_and: (l, [a, b]) => l.and(a!, b!),
  bitwise_or: (l, [a, b]) => l.or(a!, b!),
  bitwise_xor: (l, [a, b]) => l.xor(a!, b!),
};

const FLOAT: Table<FloatLanes> = {
  // zero of either sign gives +0, NaN stays
  sign: (l, [a]) => {
    const nonzero = l.select(
      l.lt(a!, l.constant(0)),
      l.constant(-1),
      l.select(l.eq(a!, a!), l.constant(0), a!),
    );
    return l.select(l.lt(l.constant(0), a!), l.constant(1), nonzero);
  },
  reciprocal: (l, [a]) => l.div(l.constant(1), a!),
  divide: (l, [a, b]) => l.div(a!, b!),
  sqrt: (l, [a]) => l.sqrt(a!),
  floor: (l, [a]) => l.floor(a!),
  ceil: (l, [a]) => l.ceil(a!),
  trunc: (l, [a]) => l.trunc(a!),
  rint: (l, [a]) => l.nearest(a!),
  copysign: (l, [a, b]) => l.copysign(a!, b!),
  fmin: (l, [a, b]) => l.select(l.mask.or(l.lt(a!, b!), l.ne(b!, b!)), a!, b!),
  fmax: (l, [a, b]) => l.select(l.mask.or(l.lt(b!, a!), l.ne(b!, b!)), a!, b!),
  /** √x as x^½ is: +0 of -0, infinite of -∞. */
  root: (l, [a]) => {
    const infinity = l.constant(Number.POSITIVE_INFINITY);
    const minus = l.constant(Number.NEGATIVE_INFINITY);
    return l.select(l.eq(a!, minus), infinity, l.sqrt(l.add(a!, l.constant(0))));
  },
  /** The remainder with the divisor's sign, of fmod(a, b) and b. */
  floor_remainder: (l, [r, b], f) => {
    const zero = l.constant(0);
    const nonzero = f.let(l.mask.type, l.ne(r!, zero));
    const lift = l.mask.and(nonzero, l.mask.xor(l.lt(b!, zero), l.lt(r!, zero)));
    return l.select(lift, l.add(r!, b!), l.select(nonzero, r!, l.copysign(zero, b!)));
  },
  /** The quotient, rounded down, that goes with it: of a, b and fmod(a, b). */
  floor_quotient: (l, [a, b, r], f) => {
    const zero = l.constant(0);
    const opposite = l.mask.xor(l.lt(b!, zero), l.lt(r!, zero));
    const lower = l.mask.and(l.ne(r!, zero), opposite);
    const exact = f.let(l.type, l.div(l.sub(a!, r!), b!));
    const q = f.let(l.type, l.select(lower, l.sub(exact, l.constant(1)), exact));
    const down = f.let(l.type, l.floor(q));
    const near = l.select(l.lt(l.constant(0.5), l.sub(q, down)), l.add(down, l.constant(1)), down);
    const plain = f.let(l.type, l.div(a!, b!));
    const signedZero = l.select(l.eq(q, zero), l.copysign(zero, plain), near);
    return l.select(l.eq(b!, zero), plain, signedZero);
  },
};

const COMPARE: Table<Lanes> = {
  equal: (l, [a, b]) => l.eq(a!, b!),
  not_equal: (l, [a, b]) => l.ne(a!, b!),
  less: (l, [a, b]) => l.lt(a!, b!),
  less_equal: (l, [a, b]) => l.le(a!, b!),
  greater: (l, [a, b]) => l.lt(b!, a!),
  greater_equal: (l, [a, b]) => l.le(b!, a!),
};

const FLOAT_PREDICATE: Table<FloatLanes> = {
  isnan: (l, [a]) => l.ne(a!, a!),
  isinf: (l, [a]) => l.eq(l.abs(a!), l.constant(Number.POSITIVE_INFINITY)),
  isfinite: (l, [a]) => l.lt(l.abs(a!), l.constant(Number.POSITIVE_INFINITY)),
  signbit: (l, [a]) => l.negativeSign(a!),
};

const INTEGER_PREDICATE: Table<Lanes> = {
  isnan: (l) => l.mask.constant(false),
  isinf: (l) => l.mask.constant(false),
  isfinite: (l) => l.mask.constant(true),
  signbit: (l, [a]) => l.lt(a!, l.constant(0)),
};

const same: Make<Masks> = (_m, [a]) => a!;
const and: Make<Masks> = (m, [a, b]) => m.and(a!, b!);
const or: Make<Masks> = (m, [a, b]) => m.or(a!, b!);
const xor: Make<Masks> = (m, [a, b]) => m.xor(a!, b!);

/** Functions of truth values. */
const BOOL: Table<Masks> = {
  positive: same,
  abs: same,
  square: same,
  sign: same,
  floor: same,
  ceil: same,
  trunc: same,
  rint: same,
  invert: (m, [a]) => m.not(a!),
  add: or,
  maximum: or,
  fmax: or,
  bitwise_or: or,
  multiply: and,
  minimum: and,
  fmin: and,
  bitwise_and: and,
  bitwise_xor: xor,
  not_equal: xor,
  equal: (m, [a, b]) => m.not(m.xor(a!, b!)),
  less: (m, [a, b]) => m.andnot(b!, a!),
  greater: (m, [a, b]) => m.andnot(a!, b!),
  less_equal: (m, [a, b]) => m.or(m.not(a!), b!),
  greater_equal: (m, [a, b]) => m.or(a!, m.not(b!)),
  isnan: (m) => m.constant(false),
  isinf: (m) => m.constant(false),
  signbit: (m) => m.constant(false),
  isfinite: (m) => m.constant(true),
};

const PREDICATES: ReadonlySet<string> = new Set([...Object.keys(COMPARE), ...Object.keys(FLOAT_PREDICATE)]);

/** Its result is bool whatever its arguments are. */
export const isPredicate = (fn: string): boolean => PREDICATES.has(fn);

const isFloat = (l: Lanes): l is FloatLanes => l.dtype === 'float64' || l.dtype === 'float32';

function lookUp<L>(tables: readonly Table<L>[], fn: string, dtype: string): Make<L> {
  for (const table of tables) if (Object.hasOwn(table, fn)) return table[fn]!;
  throw new TypeError(
    `fused loop: ${fn} is not defined for ${dtype}; cast its arguments to a dtype that has it`,
  );
}

/** A function of elements of one dtype; a predicate's result is a mask. */
export function element(f: FunctionBuilder, l: Lanes, fn: string, args: readonly Code[]): Code {
  if (isFloat(l)) return lookUp([ANY, FLOAT, COMPARE, FLOAT_PREDICATE], fn, l.dtype)(l, args, f);
  return lookUp([ANY, INTEGER, COMPARE, INTEGER_PREDICATE], fn, l.dtype)(l, args, f);
}

/** A function of truth values. */
export function logical(f: FunctionBuilder, m: Masks, fn: string, args: readonly Code[]): Code {
  return lookUp([BOOL], fn, 'bool')(m, args, f);
}
