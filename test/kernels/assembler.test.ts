import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  block,
  br,
  brIf,
  call,
  f64,
  f64x2,
  i32,
  i64,
  loop,
  ModuleBuilder,
  memory,
  select,
  v128,
  when,
  whileDo,
} from '../../src/kernels/wasm/assembler.js';

const shared = () => new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint>;

function instantiate(m: ModuleBuilder, mem = shared(), math: WebAssembly.ModuleImports = {}): Exports {
  const module = new WebAssembly.Module(m.bytes());
  return new WebAssembly.Instance(module, { env: { memory: mem }, math }).exports as Exports;
}

describe('the WebAssembly assembler', () => {
  it('encodes constants of any size as given', () => {
    const m = new ModuleBuilder();
    const values = [0n, 63n, 64n, -64n, -65n, 2n ** 31n, -(2n ** 63n), 2n ** 63n - 1n];
    for (const value of values) m.function({ export: `c${value}`, results: ['i64'] }, () => i64.const(value));
    const e = instantiate(m);
    for (const value of values) expect(e[`c${value}`]!()).toBe(value);
    fc.assert(
      fc.property(fc.integer(), fc.double(), (int, double) => {
        const one = new ModuleBuilder();
        one.function({ export: 'int', results: ['i32'] }, () => i32.const(int));
        one.function({ export: 'double', results: ['f64'] }, () => f64.const(double));
        const got = instantiate(one);
        expect(got.int!()).toBe(int);
        expect(got.double!()).toBe(double);
      }),
      { numRuns: 30 },
    );
  });

  it('runs loops, vectors and imported functions over shared memory', () => {
    const mem = shared();
    const m = new ModuleBuilder().importMemory();
    m.function({ export: 'scale', params: ['i32', 'i32', 'f64'] }, (f, [at, end, by]) => {
      const factor = f.let('v128', f64x2.splat(by!));
      return whileDo(i32.ltU(at!, end!), [
        v128.store(at!, f64x2.mul(v128.load(at!), factor)),
        at!.set(i32.add(at!, i32.const(16))),
      ]);
    });
    // imported after a function was added: indices are settled at the end
    const hypot = m.importFunction('math', 'hypot', { params: ['f64', 'f64'], results: ['f64'] });
    m.function({ export: 'norm', params: ['i32'], results: ['f64'] }, (_f, [at]) =>
      call(hypot, f64.load(at!), f64.load(at!, 8)),
    );
    m.function({ export: 'copy', params: ['i32', 'i32', 'i32'] }, (_f, [to, from, bytes]) =>
      memory.copy(to!, from!, bytes!),
    );
    const e = instantiate(m, mem, { hypot: Math.hypot });
    const data = new Float64Array(mem.buffer);
    data.set([3, 4, 5, 6]);
    e.scale!(0, 32, 2);
    expect([...data.subarray(0, 4)]).toEqual([6, 8, 10, 12]);
    expect(e.norm!(0)).toBe(10);
    e.copy!(32, 0, 16);
    expect([...data.subarray(4, 6)]).toEqual([6, 8]);
  });

  it('resolves branches by name through nested blocks', () => {
    const m = new ModuleBuilder();
    // the smallest divisor above 1
    m.function({ export: 'divisor', params: ['i32'], results: ['i32'] }, (f, [n]) => {
      const d = f.let('i32', i32.const(2));
      return [
        block((exit) =>
          loop((again) => [
            when(i32.eqz(i32.remU(n!, d)), br(exit)),
            d.set(i32.add(d, i32.const(1))),
            brIf(again, i32.leU(d, n!)),
          ]),
        ),
        select(d, n!, i32.leU(d, n!)),
      ];
    });
    const e = instantiate(m);
    expect([9, 35, 13, 2].map((n) => e.divisor!(n))).toEqual([3, 5, 13, 2]);
  });

  it('refuses a branch out of a block that is not around it', () => {
    const m = new ModuleBuilder();
    m.function({}, () => {
      let outside: Parameters<typeof br>[0] | undefined;
      const first = block((exit) => {
        outside = exit;
        return [];
      });
      return [first, br(outside!)];
    });
    expect(() => m.bytes()).toThrow(/does not enclose/);
  });

  it('lets scopes reuse locals without mixing them up', () => {
    const m = new ModuleBuilder();
    m.function({ export: 'f', params: ['f64'], results: ['f64'] }, (f, [x]) => {
      const kept = f.let('f64', f64.const(1));
      for (let k = 0; k < 3; k++)
        f.scope(() => {
          const t = f.let('f64', f64.mul(x!, f64.const(k)));
          f.emit(kept.set(f64.add(kept, f64.mul(t, t))));
        });
      return kept;
    });
    expect(instantiate(m).f!(2)).toBe(1 + 4 + 16);
  });
});
