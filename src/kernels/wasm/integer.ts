/**
 * Integer functions that WebAssembly lacks or traps on: division, remainder, power, shifts by any count. On scalars: an i32 for integers up
 * to 32 bits (sign- or zero-extended), an i64 beyond. Division by zero gives 0, as NumPy's does.
 */

import { type DType, itemsize, kindOf } from '../dtype.js';
import {
  type Callee,
  type Code,
  call,
  type FunctionBuilder,
  f64,
  i32,
  i64,
  type Local,
  select,
  when,
  whileDo,
} from './assembler.js';
import { castScalar } from './casts.js';
import type { Library } from './library.js';
import { wrapNarrow } from './scalar-lanes.js';

type Body = (f: FunctionBuilder, a: Local, b: Local, k: Kit) => Code;

/** Instructions and constants of one machine integer. */
interface Kit {
  readonly signed: boolean;
  readonly s: typeof i32 | typeof i64;
  readonly c: (value: number) => Code;
  readonly type: 'i32' | 'i64';
}

const guarded = (a: Local, b: Local, k: Kit, divide: (safe: Code) => Code): Code =>
  when(
    k.s.eqz(b),
    k.c(0),
    // the one quotient that overflows wraps around: a / -1 = -a
    k.signed ? when(k.s.eq(b, k.c(-1)), k.s.sub(k.c(0), a), divide(b), k.type) : divide(b),
    k.type,
  );

const guardedRest = (b: Local, k: Kit, rest: Code): Code => {
  const zero = k.signed ? i32.or(k.s.eqz(b), k.s.eq(b, k.c(-1))) : k.s.eqz(b);
  return when(zero, k.c(0), rest, k.type);
};

const BODIES: Record<string, Body> = {
  floor_divide: (f, a, b, k) =>
    guarded(a, b, k, () => {
      if (!k.signed) return k.s.divU(a, b);
      const q = f.local(k.type);
      const inexact = k.s.ne(k.s.mul(q, b), a);
      const opposite = k.s.ltS(k.s.xor(a, b), k.c(0));
      return [q.set(k.s.divS(a, b)), select(k.s.sub(q, k.c(1)), q, i32.and(inexact, opposite))];
    }),
  fmod: (_f, a, b, k) => guardedRest(b, k, k.signed ? k.s.remS(a, b) : k.s.remU(a, b)),
  remainder: (f, a, b, k) => {
    if (!k.signed) return guardedRest(b, k, k.s.remU(a, b));
    const r = f.local(k.type);
    const opposite = k.s.ltS(k.s.xor(r, b), k.c(0));
    const lift = i32.and(k.s.ne(r, k.c(0)), opposite);
    return guardedRest(b, k, [r.set(k.s.remS(a, b)), select(k.s.add(r, b), r, lift)]);
  },
  /** By squaring. A negative exponent gives what the exact power truncates to. */
  power: (f, a, b, k) => {
    const result = f.let(k.type, k.c(1));
    const odd = k.s.ne(k.s.and(b, k.c(1)), k.c(0));
    const positive = [
      whileDo(k.s.ne(b, k.c(0)), [
        when(odd, result.set(k.s.mul(result, a))),
        b.set(k.s.shrU(b, k.c(1))),
        a.set(k.s.mul(a, a)),
      ]),
      result,
    ];
    if (!k.signed) return positive;
    const unit = select(a, select(k.c(1), k.c(0), k.s.eq(a, k.c(1))), k.s.eq(a, k.c(-1)));
    const inverse = select(select(unit, k.s.mul(unit, unit), odd), k.c(0), k.s.ne(a, k.c(0)));
    return when(k.s.ltS(b, k.c(0)), inverse, positive, k.type);
  },
};

function kitOf(dtype: DType): Kit {
  const type = itemsize(dtype) === 8 ? 'i64' : 'i32';
  return {
    signed: kindOf(dtype) === 'int',
    s: type === 'i64' ? i64 : i32,
    c: (value) => (type === 'i64' ? i64.const(BigInt(value)) : i32.const(value)),
    type,
  };
}

function helper(library: Library, fn: string, dtype: DType): Callee {
  const kit = kitOf(dtype);
  const { type, signed } = kit;
  return library.own(`${fn}.${type}.${signed}`, { params: [type, type], results: [type] }, (f, [a, b]) =>
    BODIES[fn]!(f, a!, b!, kit),
  );
}

/** x shifted by n bits; all bits leave when n is negative or not below the width. */
function shift(fn: string, dtype: DType, x: Code, n: Code): Code {
  const wide = itemsize(dtype) === 8;
  const s = wide ? i64 : i32;
  const c = (value: number): Code => (wide ? i64.const(BigInt(value)) : i32.const(value));
  const width = 8 * itemsize(dtype);
  const inRange = s.ltU(n, c(width));
  if (fn === 'left_shift') return wrapNarrow(dtype, select(s.shl(x, n), c(0), inRange));
  // what is left of a negative number is -1
  return kindOf(dtype) === 'int'
    ? s.shrS(x, select(n, c(width - 1), inRange))
    : select(s.shrU(x, n), c(0), inRange);
}

/** These are computed one element at a time. */
export const isScalarInteger = (fn: string): boolean =>
  fn in BODIES || fn === 'left_shift' || fn === 'right_shift' || fn === 'reciprocal';

/** Division by a constant other than 0 and -1, of an `a` that may be repeated: V8 multiplies instead. */
function byConstant(f: FunctionBuilder, fn: string, k: Kit, a: Code, b: Code): Code {
  if (fn === 'floor_divide') {
    if (!k.signed) return k.s.divU(a, b);
    const q = f.let(k.type, k.s.divS(a, b));
    const opposite = k.s.ltS(k.s.xor(a, b), k.c(0));
    return select(k.s.sub(q, k.c(1)), q, i32.and(k.s.ne(k.s.mul(q, b), a), opposite));
  }
  const r = f.let(k.type, k.signed ? k.s.remS(a, b) : k.s.remU(a, b));
  if (!k.signed || fn === 'fmod') return r;
  const lift = i32.and(k.s.ne(r, k.c(0)), k.s.ltS(k.s.xor(r, b), k.c(0)));
  return select(k.s.add(r, b), r, lift);
}

const DIVISIONS: ReadonlySet<string> = new Set(['floor_divide', 'remainder', 'fmod']);

/** The function of scalars; arguments are constants or locals. `constant` is the last one's value if it is a constant. */
export function integerFunction(
  f: FunctionBuilder,
  library: Library,
  fn: string,
  dtype: DType,
  args: readonly Code[],
  constant?: bigint,
): Code {
  if (DIVISIONS.has(fn) && constant !== undefined && constant !== 0n && constant !== -1n)
    return wrapNarrow(dtype, byConstant(f, fn, kitOf(dtype), args[0]!, args[1]!));
  if (fn === 'reciprocal')
    return castScalar(f, 'float64', dtype, f64.div(f64.const(1), castScalar(f, dtype, 'float64', args[0]!)));
  if (fn in BODIES) return wrapNarrow(dtype, call(helper(library, fn, dtype), ...args));
  return shift(fn, dtype, args[0]!, args[1]!);
}
