/** Copies strided elements into contiguous tiles, so that the loops proper only ever meet contiguous operands. */

import { advance, times } from './access.js';
import {
  type Code,
  doWhile,
  type FunctionBuilder,
  i32,
  i64,
  type Local,
  ModuleBuilder,
  memory,
  when,
} from './assembler.js';

/** Axes that one call of `pack` iterates over. */
export const PACK_AXES = 4;

/** How elements of an itemsize move. */
const MOVES: Record<
  number,
  { load: (a: Code, o?: number) => Code; store: (a: Code, v: Code, o?: number) => Code }
> = {
  1: { load: i32.load8U, store: i32.store8 },
  2: { load: i32.load16U, store: i32.store16 },
  4: { load: i32.load, store: i32.store },
  8: { load: i64.load, store: i64.store },
};

/**
 * `pack1` … `pack8` by itemsize, each (to, from, then for each of four axes, outermost first: extent, step of `to`, step of `from`),
 * steps in bytes, extents at least 1.
 */
export function buildPack(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder().importMemory();
  const params = Array.from({ length: 2 + 3 * PACK_AXES }, () => 'i32' as const);
  for (const size of [1, 2, 4, 8])
    module.function({ export: `pack${size}`, params }, (f, all) => {
      const [to, from, ...axes] = all as [Local, Local, ...Local[]];
      return nest(f, size, to, from, axes);
    });
  return module.bytes();
}

function nest(f: FunctionBuilder, size: number, to: Local, from: Local, axes: readonly Local[]): Code {
  const [extent, toStep, fromStep, ...inner] = axes as [Local, Local, Local, ...Local[]];
  if (inner.length === 0) return innermost(f, size, to, from, extent, toStep, fromStep);
  const [t, s] = [f.local('i32'), f.local('i32')];
  return [
    t.set(to),
    s.set(from),
    times(f, extent, [nest(f, size, t, s, inner), advance(t, toStep), advance(s, fromStep)]),
  ];
}

function innermost(
  f: FunctionBuilder,
  size: number,
  to: Local,
  from: Local,
  extent: Local,
  toStep: Local,
  fromStep: Local,
): Code {
  const { load, store } = MOVES[size]!;
  const [t, s, left] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const one = [store(t, load(s)), advance(t, toStep), advance(s, fromStep)];
  // four at a time: loads first, so that they wait for memory together
  const held = Array.from({ length: 4 }, () => f.local(size === 8 ? 'i64' : 'i32'));
  const four = [
    held.map((h) => [h.set(load(s)), advance(s, fromStep)]),
    held.map((h) => [store(t, h), advance(t, toStep)]),
  ];
  const contiguous = i32.and(i32.eq(toStep, i32.const(size)), i32.eq(fromStep, i32.const(size)));
  return when(contiguous, memory.copy(to, from, i32.mul(extent, i32.const(size))), [
    t.set(to),
    s.set(from),
    left.set(i32.shrU(extent, i32.const(2))),
    when(left, doWhile(four, left.tee(i32.sub(left, i32.const(1))))),
    times(f, i32.and(extent, i32.const(3)), one),
  ]);
}
