import { ModuleBuilder } from '../wasm/assembler.js';
import type { WasmMemory } from '../wasm-memory.js';
import { type Format, tileColumns } from './formats.js';
import { addPack } from './pack.js';
import { addCombination, addDots } from './thin.js';
import { addProduct } from './tile.js';

/** The compiled functions of a format; see where each is added. */
export interface Kernels {
  readonly packA: Pack;
  readonly packB: Pack;
  readonly product: (...args: number[]) => void;
  readonly dots: (...args: number[]) => void;
  readonly combination: (...args: number[]) => void;
}

type Pack = (source: number, across: number, along: number, count: number, depth: number, to: number) => void;

const modules = new Map<Format, WebAssembly.Module>();
const instances = new WeakMap<WasmMemory, Map<Format, Kernels>>();

/** The kernels of a format on a memory. */
export function matmulKernels(memory: WasmMemory, format: Format): Kernels {
  let known = instances.get(memory);
  if (known === undefined) {
    known = new Map();
    instances.set(memory, known);
  }
  let own = known.get(format);
  if (own === undefined) {
    let module = modules.get(format);
    if (module === undefined) {
      module = assemble(format);
      modules.set(format, module);
    }
    own = new WebAssembly.Instance(module, { env: { memory: memory as WebAssembly.Memory } })
      .exports as unknown as Kernels;
    known.set(format, own);
  }
  return own;
}

function assemble(format: Format): WebAssembly.Module {
  const m = new ModuleBuilder().importMemory();
  addPack(m, format, format.rows, 'packA');
  addPack(m, format, tileColumns(format), 'packB');
  addProduct(m, format, 'product');
  if (format.bytes === format.packedBytes) {
    addDots(m, format, 'dots');
    addCombination(m, format, 'combination');
  }
  return new WebAssembly.Module(m.bytes());
}
