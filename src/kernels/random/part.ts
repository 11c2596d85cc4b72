import type { WasmMemory } from '../wasm-memory.js';
import { randomKernels } from './module.js';
import { leapt, type Pcg64State } from './pcg64.js';
import { checkRandom, type RandomSpec } from './spec.js';
import { batchOf, LEAP_BYTES, writeControl, writeLeap, writeStride } from './stream.js';
import { checkScratch, type RandomTarget } from './target.js';

/**
 * Part of a block, drawn without the rest: a linear congruential generator leaps over any number of steps by one multiplication, so what
 * lies between the numbers wanted costs nothing.
 */

/** A slice of a block with positive steps. */
export interface Part {
  /** Shape of the block, in whose C order the stream runs. */
  readonly block: readonly number[];
  readonly start: readonly number[];
  readonly step: readonly number[];
}

type Uniform = Extract<RandomSpec, { kind: 'random' | 'uniform' }>;

/** Whether each number takes one word of the stream, so that every number's place in it is known. */
export const isLeapable = (spec: RandomSpec): spec is Uniform =>
  (spec.kind === 'random' || spec.kind === 'uniform') && spec.dtype === 'float64';

/** Fewer numbers in a row than these are not worth a leap. */
const LEAST_RUN = 32;

/**
 * What drawing a part costs, where drawing the block costs 1; infinite where the numbers lie so scattered that leaps take longer than
 * drawing what they pass over.
 */
export function partCost({ block, step }: Omit<Part, 'start'>, shape: readonly number[]): number {
  const size = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);
  const run = axesOf({ block, step }, shape).at(-1)?.count ?? 1;
  return run < LEAST_RUN ? Number.POSITIVE_INFINITY : size(shape) / size(block);
}

/** An axis of the part: so many numbers (or runs of them), so far apart in the stream. */
interface Axis {
  count: number;
  readonly stride: number;
}

/** The axes along which a part has more than one element, those that make one run of numbers joined. */
function axesOf({ block, step }: Omit<Part, 'start'>, shape: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  let along = 1;
  for (let a = block.length - 1; a >= 0; a--) {
    const stride = along * step[a]!;
    along *= block[a]!;
    if (shape[a] === 1) continue;
    const inner = axes[0];
    if (inner !== undefined && stride === inner.count * inner.stride) inner.count *= shape[a]!;
    else axes.unshift({ count: shape[a]!, stride });
  }
  return axes;
}

/** Numbers a call, so that V8 soon goes on with optimised code. */
const SLICE = 1 << 15;

/** Fills memory with a part, of `shape`, of the block that `fillRandom` would fill with this state. Throws as `fillRandom` does. */
export function fillPart(
  memory: WasmMemory,
  spec: Uniform,
  state: Pcg64State,
  target: RandomTarget,
  part: Part,
  shape: readonly number[],
): void {
  checkRandom(spec);
  checkScratch(spec, target.scratch);
  if (target.count === 0) return;
  const { buffer } = memory;
  const control = target.scratch.address;
  const { random64, strided64, leap, scale } = randomKernels(memory);
  const axes = axesOf(part, shape);
  const run = axes.pop() ?? { count: 1, stride: 1 };
  writeControl(buffer, control, leapt(state, firstOf(part)), 0);
  // What is put down for leaps lies where other distributions have their batch.
  const stride = batchOf(control);
  writeStride(buffer, stride, state, run.stride);
  let passed = run.count * run.stride;
  const leaps = axes.reverse().map((axis, k) => {
    const at = stride + (2 + k) * LEAP_BYTES;
    writeLeap(buffer, at, state, axis.stride - passed);
    passed += (axis.count - 1) * axis.stride;
    return { at, count: axis.count };
  });
  let to = target.address;
  const draw = (depth: number): void => {
    const axis = leaps[depth - 1];
    if (axis === undefined) {
      for (let left = run.count; left > 0; left -= SLICE) {
        const count = Math.min(SLICE, left);
        if (run.stride === 1) random64(control, to, count);
        else strided64(control, to, count, stride);
        if (spec.kind === 'uniform') scale(to, to + 8 * count, spec.low, spec.high - spec.low);
        to += 8 * count;
      }
      return;
    }
    for (let i = 0; i < axis.count; i++) {
      if (i > 0) leap(control, axis.at);
      draw(depth - 1);
    }
  };
  draw(leaps.length);
}

/** Place in the stream of a part's first number. */
function firstOf({ block, start }: Part): number {
  return block.reduce((place, extent, a) => place * extent + start[a]!, 0);
}
