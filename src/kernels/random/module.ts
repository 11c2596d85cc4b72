import {
  type Code,
  type FunctionBuilder,
  f32,
  f64,
  f64x2,
  i32,
  i64,
  ModuleBuilder,
  v128,
  whileDo,
} from '../wasm/assembler.js';
import type { WasmMemory } from '../wasm-memory.js';
import { addBits, addBounded, addBounded64 } from './bounded.js';
import { log1pFloat32, log1pFloat64 } from './log1p.js';
import { addNormal } from './normal.js';
import { addLeap, addRefill, addStridedWords, addWords } from './stream.js';

/** The kernels that draw; addresses are bytes, an `end` is exclusive, `control` lies where `writeControl` put it. */
export interface RandomKernels {
  /** `count` words of output as they are */
  readonly words: (control: number, at: number, count: number) => void;
  readonly random64: (control: number, at: number, count: number) => void;
  /** `count` numbers of a stream as far apart as `writeStride` has put down at `stride` */
  readonly strided64: (control: number, at: number, count: number, stride: number) => void;
  /** goes on as far as `writeLeap` has put down at `leap` */
  readonly leap: (control: number, leap: number) => void;
  /** two numbers from each of `pairs` words */
  readonly random32: (control: number, at: number, pairs: number) => void;
  readonly normal64: (control: number, table: number, at: number, end: number) => void;
  readonly normal32: (control: number, table: number, at: number, end: number) => void;
  readonly bits: (control: number, at: number, end: number) => void;
  readonly bounded8: Bounded<number>;
  readonly bounded16: Bounded<number>;
  readonly bounded32: Bounded<bigint>;
  /** draws of 32 bits into elements of 64 */
  readonly bounded32to64: Bounded<bigint>;
  readonly bounded64: Bounded<bigint>;
  /** x = offset + scale·x over float64 elements */
  readonly scale: (at: number, end: number, offset: number, scale: number) => void;
}

type Bounded<T> = (control: number, at: number, end: number, bound: T, threshold: T, offset: T) => void;

let compiled: WebAssembly.Module | undefined;
const instances = new WeakMap<WasmMemory, RandomKernels>();

/** The kernels on a memory. */
export function randomKernels(memory: WasmMemory): RandomKernels {
  const known = instances.get(memory);
  if (known !== undefined) return known;
  compiled ??= new WebAssembly.Module(assemble());
  const imports = {
    env: { memory: memory as WebAssembly.Memory },
    math: { exp: Math.exp, log1p64: log1pFloat64, log1p32: log1pFloat32 },
  };
  const kernels = new WebAssembly.Instance(compiled, imports).exports as unknown as RandomKernels;
  instances.set(memory, kernels);
  return kernels;
}

/** The upper 53 bits as a number in [0, 1). */
function unit64(_: FunctionBuilder, word: Code, at: Code, offset: number): Code {
  const high53 = f64.convertI64S(i64.shrU(word, i64.const(11n)));
  return f64.store(at, f64.mul(high53, f64.const(2 ** -53)), offset);
}

function assemble(): Uint8Array<ArrayBuffer> {
  const m = new ModuleBuilder().importMemory();
  const unary = { params: ['f64'], results: ['f64'] } as const;
  const exp = m.importFunction('math', 'exp', unary);
  const log1p64 = m.importFunction('math', 'log1p64', unary);
  const log1p32 = m.importFunction('math', 'log1p32', unary);
  const refill = addRefill(m);
  addWords(m, 8, (_, word, at, offset) => i64.store(at, word, offset), 'words');
  addWords(m, 8, unit64, 'random64');
  addStridedWords(m, 8, unit64, 'strided64');
  addLeap(m, 'leap');
  addWords(
    m,
    8,
    (f, word, at, offset) => {
      const both = f.local('i64');
      const low24 = i32.shrU(i32.wrapI64(both), i32.const(8));
      const high24 = i32.wrapI64(i64.shrU(both, i64.const(40n)));
      return [
        both.set(word),
        f32.store(at, f32.mul(f32.convertI32S(low24), f32.const(2 ** -24)), offset),
        f32.store(at, f32.mul(f32.convertI32S(high24), f32.const(2 ** -24)), offset + 4),
      ];
    },
    'random32',
  );
  addNormal(m, 'float64', { refill, exp, log1p: log1p64 }, 'normal64');
  addNormal(m, 'float32', { refill, exp, log1p: log1p32 }, 'normal32');
  addBits(m, refill, 'bits');
  addBounded(m, 8, 1, refill, 'bounded8');
  addBounded(m, 16, 2, refill, 'bounded16');
  addBounded(m, 32, 4, refill, 'bounded32');
  addBounded(m, 32, 8, refill, 'bounded32to64');
  addBounded64(m, refill, 'bounded64');
  addScale(m);
  return m.bytes();
}

function addScale(m: ModuleBuilder): void {
  m.function({ params: ['i32', 'i32', 'f64', 'f64'], export: 'scale' }, (f, [at, end, offset, scale]) => {
    const offsets = f.let('v128', f64x2.splat(offset!));
    const scales = f.let('v128', f64x2.splat(scale!));
    const rest = i32.and(i32.sub(end!, at!), i32.const(15));
    const pairsEnd = f.let('i32', i32.sub(end!, rest));
    f.emit(
      whileDo(i32.ne(at!, pairsEnd), [
        v128.store(at!, f64x2.add(offsets, f64x2.mul(scales, v128.load(at!)))),
        at!.set(i32.add(at!, i32.const(16))),
      ]),
      whileDo(i32.ne(at!, end!), [
        f64.store(at!, f64.add(offset!, f64.mul(scale!, f64.load(at!)))),
        at!.set(i32.add(at!, i32.const(8))),
      ]),
    );
  });
}
