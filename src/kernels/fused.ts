/**
 * Fused loops: a FusedSpec compiled to WebAssembly and run on blocks in shared memory.
 *
 * The inner loops handle contiguous rows, vectors first; how a block's strided operands become such rows is decided in
 * `wasm/layout.ts` and done in `wasm/run.ts`. Work goes to WebAssembly in tiles of some ten thousand elements: V8 starts each
 * module in baseline code and swaps in optimised code at the next call.
 */

import { itemsize } from './dtype.js';
import type { FusedCall, FusedSpec } from './spec.js';
import { cellBytes, outputsOf } from './wasm/cells.js';
import { frameOf } from './wasm/frame.js';
import { Kernels } from './wasm/kernel.js';
import { type Layout, layOut, type Space, type Steps } from './wasm/layout.js';
import { type Program, prepare } from './wasm/program.js';
import { type Prepared, Run } from './wasm/run.js';
import { scratchFor } from './wasm/scratch.js';
import type { WasmMemory } from './wasm-memory.js';

export { scratchFor } from './wasm/scratch.js';

export interface FusedKernel {
  readonly spec: FusedSpec;
  /**
   * Runs the loop on one block. All addresses of `call` lie in `memory`, which is shared. Outputs must not overlap inputs
   * that are read elsewhere than where they are written.
   */
  run(memory: WasmMemory, call: FusedCall): void;
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** What is made of a spec once: how its scratch memory is laid out (frame, folds' cells, a tile for each input), and its modules. */
interface Compiled extends Prepared {
  readonly kernels: Kernels;
}

const bySpec = new WeakMap<FusedSpec, Compiled>();
/** The most recently used, last one last: an expression written twice, or computed again, is compiled once. */
const byContent = new Map<string, Compiled>();
const REMEMBERED = 256;

function compiled(spec: FusedSpec): Compiled {
  const known = bySpec.get(spec);
  if (known !== undefined) return known;
  const key = JSON.stringify(spec, literal);
  const result = byContent.get(key) ?? compile(spec);
  byContent.delete(key);
  byContent.set(key, result);
  if (byContent.size > REMEMBERED) byContent.delete(byContent.keys().next().value as string);
  bySpec.set(spec, result);
  return result;
}

/** What JSON would lose: bigints, NaN, infinities, the sign of 0. */
const literal = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return Object.is(value, -0) ? '-0' : String(value);
};

function compile(spec: FusedSpec): Compiled {
  const program = prepare(spec);
  const outputs = outputsOf(program).map(itemsize);
  const frame = frameOf(program, outputs.length);
  const cellsAt = aligned(frame.bytes);
  const tilesAt = aligned(cellsAt + cellBytes(program));
  return { program, frame, outputs, cellsAt, tilesAt, kernels: new Kernels(program) };
}

/**
 * Compiles a loop. Modules are made when first run, one for each pattern of operands that stay the same along the inner axis, and
 * shared by equal specs. Running throws TypeError where the spec asks for a function of a dtype that has none.
 */
export function compileFused(spec: FusedSpec): FusedKernel {
  const shared = compiled(spec);
  // blocks of one array mostly have one shape
  let last: (Lie & { layout: Layout }) | undefined;
  const layoutOf = (call: FusedCall): Layout => {
    if (last === undefined || !liesAs(call, last))
      last = {
        shape: [...call.shape],
        strides: call.inputs.map((i) => [...i.strides]),
        layout: layOut(spaceOf(spec, shared.program, call)),
      };
    return last.layout;
  };
  return {
    spec,
    run(memory, call) {
      check(spec, shared.outputs.length, call);
      const kept = call.shape.filter((_, axis) => !spec.reduce?.includes(axis));
      if (kept.includes(0)) return;
      const layout = layoutOf(call);
      new Run(memory, call, layout, shared.kernels.for(memory, layout), shared).all();
    },
  };
}

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, k) => x === b[k]);

/** How the operands of a call lie, wherever they are. */
interface Lie {
  readonly shape: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

const liesAs = (call: FusedCall, { shape, strides }: Lie): boolean =>
  equal(call.shape, shape) && call.inputs.every((input, k) => equal(input.strides, strides[k]!));

function check(spec: FusedSpec, outputs: number, call: FusedCall): void {
  const expect = (what: string, got: number, wanted: number): void => {
    if (got !== wanted) throw new RangeError(`fused loop: got ${got} ${what}, its spec says ${wanted}`);
  };
  expect('axes', call.shape.length, spec.rank);
  expect('inputs', call.inputs.length, spec.inputs.length);
  expect('outputs', call.outputs.length, outputs);
  for (const [k, input] of call.inputs.entries())
    expect(`strides of input ${k}`, input.strides.length, spec.rank);
  const needed = scratchFor(spec, call.shape);
  if (call.scratch.bytes < needed)
    throw new RangeError(
      `fused loop: ${call.scratch.bytes} bytes of scratch for shape [${call.shape}], it needs ${needed}: ask scratchFor`,
    );
}

/** The iteration space with all that steps along it: inputs, index axes, then the output. */
function spaceOf(spec: FusedSpec, program: Program, call: FusedCall): Space {
  const { shape } = call;
  const reduced = shape.map((_, axis) => spec.reduce?.includes(axis) ?? false);
  const inputs = call.inputs.map(({ strides }, k): Steps => {
    const bytes = itemsize(spec.inputs[k]!);
    return { kind: 'input', itemsize: bytes, steps: strides.map((s) => s * bytes) };
  });
  const axes = program.axes.map(
    (axis): Steps => ({ kind: 'axis', itemsize: 8, steps: shape.map((_, a) => (a === axis ? 1 : 0)) }),
  );
  const steps = shape.map(() => 0);
  let step = 1;
  for (let a = shape.length - 1; a >= 0; a--) {
    if (reduced[a]) continue;
    steps[a] = step;
    step *= shape[a]!;
  }
  return { shape, reduced, operands: [...inputs, ...axes, { kind: 'output', itemsize: 1, steps }] };
}
