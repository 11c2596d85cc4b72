import { itemsize, viewOf } from '../dtype.js';
import type { WasmMemory } from '../wasm-memory.js';
import { compound } from './compound.js';
import { binomial, poisson } from './counts.js';
import { type RandomKernels, randomKernels } from './module.js';
import type { Pcg64State } from './pcg64.js';
import { drawSample, sampleScratch } from './sample.js';
import { checkRandom, type IntegerRange, integerRange, type RandomSpec } from './spec.js';
import { batchOf, CONTROL_BYTES, writeControl } from './stream.js';
import { checkScratch, isSample, type RandomTarget, type SampleSpec } from './target.js';
import { standardExponential, standardGamma, type Variate } from './variates.js';
import { Words } from './words.js';
import { zigguratTable } from './ziggurat.js';

/** Elements a call: few enough that V8 soon goes on with optimised code, and that a second pass finds them in cache. */
const SLICE = 1 << 15;

const tables = new Map<'float32' | 'float64', Uint8Array>();

/**
 * Fills memory with the first `count` numbers that NumPy's `Generator(PCG64)` in `state` would draw. Throws a
 * RangeError when the distribution's arguments make no sense or the scratch memory is too small.
 */
export function fillRandom(
  memory: WasmMemory,
  spec: RandomSpec,
  state: Pcg64State,
  target: RandomTarget,
): void {
  checkRandom(spec);
  const { address, count, scratch } = target;
  checkScratch(spec, scratch);
  if (count === 0) return;
  const bytes = itemsize(spec.dtype);
  const control = scratch.address;
  writeControl(memory.buffer, control, state, (count * bytes) / 8);
  if (isSample(spec)) {
    sample(randomKernels(memory), memory, spec, address, control);
    return;
  }
  const run = drawer(randomKernels(memory), memory, spec, control);
  for (let first = 0; first < count; first += SLICE)
    run(address + first * bytes, Math.min(SLICE, count - first));
}

/** Draws `count` elements to `at`, going on in the stream of the control block. */
type Drawer = (at: number, count: number) => void;

function drawer(
  kernels: RandomKernels,
  memory: WasmMemory,
  spec: Exclude<RandomSpec, SampleSpec>,
  control: number,
): Drawer {
  switch (spec.kind) {
    case 'random':
      return uniform(kernels, memory, spec.dtype, control);
    case 'uniform': {
      const { low, high } = spec;
      return scaled(kernels, uniform(kernels, memory, 'float64', control), low, high - low);
    }
    case 'standard_normal':
      return normal(kernels, memory, spec.dtype, control);
    case 'normal':
      return scaled(kernels, normal(kernels, memory, 'float64', control), spec.loc, spec.scale);
    case 'integers':
      return integers(kernels, memory, spec.dtype, integerRange(spec), control);
    case 'exponential':
      return floats(memory, standardExponential(new Words(kernels, memory, control)), spec.scale);
    case 'gamma':
      return floats(memory, standardGamma(new Words(kernels, memory, control), spec.shape), spec.scale);
    case 'poisson':
      return counts(memory, poisson(new Words(kernels, memory, control), spec.lam));
    case 'binomial':
      return counts(memory, binomial(new Words(kernels, memory, control), spec.n, spec.p));
    default: {
      const variate = compound(new Words(kernels, memory, control), spec);
      return spec.dtype === 'int64' ? counts(memory, variate) : floats(memory, variate, 1);
    }
  }
}

/** Float64 elements, each `scale` times a number. */
const floats =
  (memory: WasmMemory, variate: Variate, scale: number): Drawer =>
  (at, count) => {
    const elements = new Float64Array(memory.buffer, at, count);
    for (let i = 0; i < count; i++) elements[i] = scale * variate();
  };

/** Int64 elements of whole numbers ≥ 0, by halves: bigints would take longer than drawing. */
const counts =
  (memory: WasmMemory, variate: Variate): Drawer =>
  (at, count) => {
    const halves = new Uint32Array(memory.buffer, at, 2 * count);
    for (let i = 0; i < halves.length; i += 2) {
      const number = variate();
      halves[i] = number % 0x100000000;
      halves[i + 1] = number / 0x100000000;
    }
  };

/** A sample is drawn as float64 where its int64 will be. */
function sample(
  kernels: RandomKernels,
  memory: WasmMemory,
  spec: SampleSpec,
  address: number,
  control: number,
): void {
  const permutes = spec.kind === 'permutation';
  const numbers = new Float64Array(memory.buffer, address, spec.count);
  const scratch = new Float64Array(memory.buffer, control + CONTROL_BYTES, sampleScratch(spec, permutes) / 8);
  drawSample(new Words(kernels, memory, control), spec, permutes, numbers, scratch);
  let at = 0;
  counts(memory, () => numbers[at++]!)(address, spec.count);
}

const scaled =
  (kernels: RandomKernels, draw: Drawer, offset: number, scale: number): Drawer =>
  (at, count) => {
    draw(at, count);
    kernels.scale(at, at + 8 * count, offset, scale);
  };

function uniform(
  kernels: RandomKernels,
  memory: WasmMemory,
  dtype: 'float32' | 'float64',
  control: number,
): Drawer {
  if (dtype === 'float64') return (at, count) => kernels.random64(control, at, count);
  return (at, count) => {
    kernels.random32(control, at, count >>> 1);
    if (count % 2 === 0) return;
    // A word makes two numbers: the last one of an odd count comes by way of the batch, which is not in use here.
    const pair = batchOf(control);
    kernels.random32(control, pair, 1);
    const last = new Float32Array(memory.buffer, pair, 1);
    new Float32Array(memory.buffer, at + 4 * (count - 1), 1).set(last);
  };
}

function normal(
  kernels: RandomKernels,
  memory: WasmMemory,
  dtype: 'float32' | 'float64',
  control: number,
): Drawer {
  const table = control + CONTROL_BYTES;
  let bytes = tables.get(dtype);
  if (bytes === undefined) {
    bytes = zigguratTable(dtype);
    tables.set(dtype, bytes);
  }
  new Uint8Array(memory.buffer, table, bytes.length).set(bytes);
  const fill = dtype === 'float64' ? kernels.normal64 : kernels.normal32;
  return (at, count) => fill(control, table, at, at + itemsize(dtype) * count);
}

function integers(
  kernels: RandomKernels,
  memory: WasmMemory,
  dtype: RandomSpec['dtype'],
  { offset, range, bits }: IntegerRange,
  control: number,
): Drawer {
  if (range === 0n)
    return (at, count) => {
      const view = viewOf(dtype, memory.buffer, at, count);
      if (view instanceof BigInt64Array || view instanceof BigUint64Array) view.fill(offset);
      else view.fill(Number(offset));
    };
  const bytes = bits / 8;
  // NumPy draws 32 bits for 64-bit integers when the range allows it.
  const drawn = bits === 64 && range <= 0xffffffffn ? 32 : bits;
  const bound = range + 1n;
  const threshold = (1n << BigInt(drawn)) % bound;
  switch (drawn) {
    case 1:
      return (at, count) => kernels.bits(control, at, at + count);
    case 8:
    case 16: {
      const fill = drawn === 8 ? kernels.bounded8 : kernels.bounded16;
      const numbers = [Number(bound), Number(threshold), Number(offset)] as const;
      return (at, count) => fill(control, at, at + bytes * count, ...numbers);
    }
    case 32: {
      const fill = bits === 64 ? kernels.bounded32to64 : kernels.bounded32;
      return (at, count) => fill(control, at, at + bytes * count, bound, threshold, offset);
    }
    case 64:
      if (bound < 1n << 64n)
        return (at, count) => kernels.bounded64(control, at, at + 8 * count, bound, threshold, offset);
      return (at, count) => {
        kernels.words(control, at, count);
        if (offset === 0n) return;
        // -2^63 is the one offset that leaves the full range: it turns the top bit.
        const view = new BigUint64Array(memory.buffer, at, count);
        for (let i = 0; i < count; i++) view[i]! ^= 1n << 63n;
      };
  }
}
