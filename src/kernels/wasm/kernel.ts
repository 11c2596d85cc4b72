/** Modules of fused loops, and their instances. */

import type { WasmMemory } from '../wasm-memory.js';
import { ModuleBuilder } from './assembler.js';
import { addCellFunctions, outputsOf, placeFolds } from './cells.js';
import { foldColumns } from './fold-columns.js';
import { foldRows } from './fold-rows.js';
import { frameOf } from './frame.js';
import type { Layout, Mode } from './layout.js';
import { Library, MATH_IMPORTS } from './library.js';
import { mapRows } from './map.js';
import type { Program } from './program.js';
import { Row } from './row.js';

/** What a kernel's module exports. Each function takes the address of the frame. */
export interface KernelExports {
  readonly run: (frame: number) => void;
  /** Folds only, over cells: gives them their identities; */
  readonly init: (frame: number) => void;
  /** sets the shifts of moments; */
  readonly prime?: (frame: number) => void;
  /** takes the partials of columns into the state; */
  readonly flush: (frame: number) => void;
  /** writes the results. */
  readonly finish: (frame: number) => void;
}

/** The module for loops whose operands (inputs, then index axes) stay the same along rows where `fixed` says so. */
function buildKernel(program: Program, mode: Mode, fixed: readonly boolean[]): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder().importMemory();
  const library = new Library(module);
  const folds = placeFolds(program);
  const frame = frameOf(program, outputsOf(program).length);
  module.function({ export: 'run', params: ['i32'] }, (f, [base]) => {
    const row = new Row(f, library, program, frame, base!, fixed);
    if (mode === 'map') mapRows(row);
    else if (mode === 'rows') foldRows(row, folds);
    else foldColumns(row, folds);
    return undefined;
  });
  if (mode !== 'map') addCellFunctions(module, folds, frame);
  return module.bytes();
}

/**
 * The modules of one program: one for each mode and pattern of operands that stay the same along rows, compiled when first
 * needed; and one instance of each for each memory.
 */
export class Kernels {
  readonly #modules = new Map<string, WebAssembly.Module>();
  readonly #instances = new WeakMap<WasmMemory, Map<string, KernelExports>>();

  constructor(readonly program: Program) {}

  for(memory: WasmMemory, { mode, fixed }: Layout): KernelExports {
    const key = mode + fixed.map(Number).join('');
    let known = this.#instances.get(memory);
    if (known === undefined) {
      known = new Map();
      this.#instances.set(memory, known);
    }
    let exports = known.get(key);
    if (exports === undefined) {
      const imports = { env: { memory: memory as WebAssembly.Memory }, math: { ...MATH_IMPORTS } };
      const instance = new WebAssembly.Instance(this.#module(key, mode, fixed), imports);
      exports = instance.exports as unknown as KernelExports;
      known.set(key, exports);
    }
    return exports;
  }

  #module(key: string, mode: Mode, fixed: readonly boolean[]): WebAssembly.Module {
    let module = this.#modules.get(key);
    if (module === undefined) {
      module = new WebAssembly.Module(buildKernel(this.program, mode, fixed));
      this.#modules.set(key, module);
    }
    return module;
  }
}
