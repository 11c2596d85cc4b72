/**
 * Fused loops: a FusedSpec compiled to WebAssembly and run on blocks in shared memory.
 *
 * The inner loops handle contiguous rows, vectors first; how a block's strided operands become such rows is decided in
 * `wasm/layout.ts` and done here. Work goes to WebAssembly in tiles of some ten thousand elements: V8 starts each module in
 * baseline code and swaps in optimised code at the next call.
 */

import { itemsize } from './dtype.js';
import type { FusedCall, FusedSpec } from './spec.js';
import { type Frame, frameOf } from './wasm/frame.js';
import { type Layout, layOut, PACKED_TILE, type Steps } from './wasm/layout.js';
import { MATH_IMPORTS } from './wasm/library.js';
import { buildKernel, cellBytes, type Mode, outputsOf } from './wasm/loops.js';
import { type Program, prepare } from './wasm/program.js';
import { Run } from './wasm/run.js';

export interface FusedKernel {
  readonly spec: FusedSpec;
  /** Runs the loop on one block. All addresses of `call` lie in `memory`, which is shared. */
  run(memory: WebAssembly.Memory, call: FusedCall): void;
}

/** What the scratch memory of a loop holds: its frame, its folds' cells, a tile for each input. */
interface Prepared {
  readonly program: Program;
  readonly frame: Frame;
  readonly outputs: number;
  readonly cellsAt: number;
  readonly tilesAt: number;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;
const known = new WeakMap<FusedSpec, Prepared>();

function prepared(spec: FusedSpec): Prepared {
  let result = known.get(spec);
  if (result === undefined) {
    const program = prepare(spec);
    const outputs = outputsOf(program).length;
    const frame = frameOf(program, outputs);
    const cellsAt = aligned(frame.bytes);
    result = { program, frame, outputs, cellsAt, tilesAt: aligned(cellsAt + cellBytes(program)) };
    known.set(spec, result);
  }
  return result;
}

/** Bytes of scratch memory that a run over `shape` needs (an upper bound, whatever the strides). Cheap; compiles nothing. */
export function scratchFor(spec: FusedSpec, shape: readonly number[]): number {
  const { tilesAt } = prepared(spec);
  const elements = shape.reduce((n, extent) => n * extent, 1);
  const tile = elements < PACKED_TILE ? elements : PACKED_TILE;
  return spec.inputs.reduce((bytes, dtype) => bytes + aligned(tile * itemsize(dtype)), tilesAt);
}

/** What a kernel's module exports. Each takes the address of the frame. */
export interface KernelExports {
  readonly run: (frame: number) => void;
  readonly init: (frame: number) => void;
  readonly prime?: (frame: number) => void;
  readonly flush: (frame: number) => void;
  readonly finish: (frame: number) => void;
}

/**
 * Compiles a loop. Modules are made when first run, one for each pattern of operands that stay the same along the inner axis, and
 * kept; instances are kept for each memory.
 */
export function compileFused(spec: FusedSpec): FusedKernel {
  const { program, frame, outputs, cellsAt, tilesAt } = prepared(spec);
  const modules = new Map<string, WebAssembly.Module>();
  const instances = new WeakMap<WebAssembly.Memory, Map<string, KernelExports>>();

  const instance = (memory: WebAssembly.Memory, mode: Mode, fixed: readonly boolean[]): KernelExports => {
    const key = mode + fixed.map(Number).join('');
    let known = instances.get(memory);
    if (known === undefined) {
      known = new Map();
      instances.set(memory, known);
    }
    let exports = known.get(key);
    if (exports === undefined) {
      let module = modules.get(key);
      if (module === undefined) {
        module = new WebAssembly.Module(buildKernel(program, mode, fixed));
        modules.set(key, module);
      }
      const imports = { env: { memory }, math: { ...MATH_IMPORTS } };
      exports = new WebAssembly.Instance(module, imports).exports as unknown as KernelExports;
      known.set(key, exports);
    }
    return exports;
  };

  return {
    spec,
    run(memory, call) {
      check(spec, outputs, call);
      const layout = layOut(space(spec, program, call));
      if (layout.outer.some((l) => l.extent === 0 && !l.reduced)) return;
      if ([layout.row, ...layout.inner].some((l) => l.extent === 0 && !l.reduced)) return;
      const kernel = instance(
        memory,
        layout.mode,
        layout.fixed.slice(0, spec.inputs.length + program.axes.length),
      );
      new Run(memory, call, layout, kernel, { program, frame, outputs, cellsAt, tilesAt }).all();
    },
  };
}

function check(spec: FusedSpec, outputs: number, call: FusedCall): void {
  const expect = (what: string, got: number, wanted: number): void => {
    if (got !== wanted) throw new RangeError(`fused loop: got ${got} ${what}, its spec says ${wanted}`);
  };
  expect('axes', call.shape.length, spec.rank);
  expect('inputs', call.inputs.length, spec.inputs.length);
  expect('outputs', call.outputs.length, outputs);
  call.inputs.forEach((input, k) => expect(`strides of input ${k}`, input.strides.length, spec.rank));
  const needed = scratchFor(spec, call.shape);
  if (call.scratch.bytes < needed)
    throw new RangeError(
      `fused loop: ${call.scratch.bytes} bytes of scratch for shape [${call.shape}], it needs ${needed}: ask scratchFor`,
    );
}

/** The iteration space with all that steps along it: inputs, index axes, then the output. */
function space(spec: FusedSpec, program: Program, call: FusedCall) {
  const { shape } = call;
  const reduced = shape.map((_, axis) => spec.reduce?.includes(axis) ?? false);
  const operands: Steps[] = call.inputs.map(({ strides }, k) => {
    const bytes = itemsize(spec.inputs[k]!);
    return { kind: 'input', itemsize: bytes, steps: strides.map((s) => s * bytes) };
  });
  for (const axis of program.axes)
    operands.push({ kind: 'axis', itemsize: 8, steps: shape.map((_, a) => (a === axis ? 1 : 0)) });
  const steps = shape.map(() => 0);
  let step = 1;
  for (let a = shape.length - 1; a >= 0; a--) {
    if (reduced[a]) continue;
    steps[a] = step;
    step *= shape[a]!;
  }
  operands.push({ kind: 'output', itemsize: 1, steps });
  return { shape, reduced, operands };
}

export type { Layout, Prepared };
