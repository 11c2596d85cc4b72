/**
 * A WebAssembly module built in memory:
 *
 *     const m = new ModuleBuilder().importMemory();
 *     m.function({ export: 'double', params: ['i32', 'i32'] }, (f, [at, end]) =>
 *       whileDo(i32.ltU(at, end), [
 *         f64.store(at, f64.mul(f64.load(at), f64.const(2))),
 *         at.set(i32.add(at, i32.const(8))),
 *       ]));
 *     new WebAssembly.Instance(new WebAssembly.Module(m.bytes()), { env: { memory } });
 *
 * The binary format is that of the WebAssembly specification (core 2.0, appendix "Binary Format") with threads' shared memory flag.
 */

import {
  ByteSink,
  type Callee,
  type Code,
  type ConstantPool,
  encode,
  Local,
  typeByte,
  unsigned,
  type ValueType,
} from './code.js';

export * from './code.js';
export * from './instructions/index.js';

interface Signature {
  readonly params?: readonly ValueType[];
  readonly results?: readonly ValueType[];
}

/** Declares locals, and collects statements where an expression tree alone would repeat work. */
export class FunctionBuilder {
  readonly params: readonly Local[];
  readonly #locals: Local[] = [];
  #statements: Code[] = [];
  readonly #free: Record<ValueType, Local[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  #scope: Local[] | undefined;

  constructor(params: readonly ValueType[]) {
    this.params = params.map((type, index) => new Local(type, index));
  }

  /** A new local, 0 at first; inside `scope`, perhaps one that an earlier scope has left behind. */
  local(type: ValueType): Local {
    const left = this.#scope && this.#free[type].pop();
    const local = left ?? new Local(type, this.params.length + this.#locals.length);
    if (left === undefined) this.#locals.push(local);
    this.#scope?.push(local);
    return local;
  }

  /** Appends code to the statements being collected. */
  emit(...code: Code[]): void {
    this.#statements.push(...code);
  }

  /** Emits `value` into a local: what is used twice is computed once. */
  let(type: ValueType, value: Code): Local {
    const local = this.local(type);
    this.emit(local.set(value));
    return local;
  }

  /** The statements that `body` emits, and what it returns, as one piece of code. */
  collect(body: () => Code | undefined): Code {
    const outer = this.#statements;
    this.#statements = [];
    const last = body();
    const code = this.#statements;
    this.#statements = outer;
    return last === undefined ? code : [code, last];
  }

  /** Runs `body`; the locals made in it may be reused after it. Those it found do not hold 0. */
  scope<T>(body: () => T): T {
    const outer = this.#scope;
    this.#scope = [];
    try {
      return body();
    } finally {
      for (const local of this.#scope) this.#free[local.type].push(local);
      this.#scope = outer;
    }
  }

  /** Appends the body with its size, as the code section holds it. */
  encode(body: Code, out: ByteSink, pool: ConstantPool): void {
    const own = new ByteSink();
    own.unsigned(this.#locals.length);
    for (const { type } of this.#locals) {
      own.push(1);
      own.push(typeByte(type));
    }
    encode(body, own, pool);
    own.push(0x0b);
    out.unsigned(own.length);
    out.append(own.view());
  }
}

/** Built-up sections; `bytes()` is the module. */
export class ModuleBuilder {
  readonly #types: number[][] = [];
  readonly #imports: number[][] = [];
  readonly #exports: number[][] = [];
  readonly #importedFunctions: { type: number; index: number }[] = [];
  readonly #functions: { type: number; encode: (out: ByteSink) => void }[] = [];
  readonly #constants = new Map<string, number>();
  readonly #globals: number[][] = [];

  /** Imports a shared memory, by default `env.memory` of any size. Pages are 64 KiB. */
  importMemory({ module = 'env', name = 'memory', min = 0, max = 65536, shared = true } = {}): this {
    const limits = [shared ? 0x03 : 0x01, ...unsigned(min), ...unsigned(max)];
    this.#imports.push([...text(module), ...text(name), 0x02, ...limits]);
    return this;
  }

  importFunction(module: string, name: string, signature: Signature): Callee {
    const type = this.#type(signature);
    const callee = { type, index: this.#importedFunctions.length };
    this.#importedFunctions.push(callee);
    this.#imports.push([...text(module), ...text(name), 0x00, ...unsigned(type)]);
    return callee;
  }

  /** Adds a function; `body` gets its builder and its parameters and returns its code (after what it emitted). */
  function(
    signature: Signature & { readonly export?: string },
    body: (f: FunctionBuilder, params: readonly Local[]) => Code | undefined,
  ): Callee {
    const f = new FunctionBuilder(signature.params ?? []);
    const own = this.#functions.length;
    const imported = this.#importedFunctions;
    const callee: Callee = {
      get index() {
        return imported.length + own;
      },
    };
    // its place is taken before its body is made: the body may add functions
    const entry = { type: this.#type(signature), encode: (_out: ByteSink): void => {} };
    this.#functions.push(entry);
    const code = f.collect(() => body(f, f.params));
    entry.encode = (out) => f.encode(code, out, (low, high) => this.#constant(low, high));
    if (signature.export !== undefined) {
      const name = text(signature.export);
      this.#exports.push([...name, 0x00, own]);
    }
    return callee;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const imported = this.#importedFunctions.length;
    const exported = this.#exports.map((entry) => {
      const own = entry.at(-1)!;
      return [...entry.slice(0, -1), ...unsigned(imported + own)];
    });
    const bodies = new ByteSink();
    bodies.unsigned(this.#functions.length);
    for (const { encode } of this.#functions) encode(bodies);
    const out = new ByteSink();
    out.append([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, 1, list(this.#types));
    section(out, 2, list(this.#imports));
    section(out, 3, list(this.#functions.map(({ type }) => unsigned(type))));
    section(out, 6, list(this.#globals));
    section(out, 7, list(exported));
    section(out, 10, bodies.view());
    return out.view().slice();
  }

  #constant(low: bigint, high: bigint): number {
    const key = `${low},${high}`;
    let index = this.#constants.get(key);
    if (index === undefined) {
      const bytes = new Uint8Array(new BigUint64Array([low, high]).buffer);
      const value = [0xfd, 12, ...bytes, 0x0b];
      index = this.#globals.push([typeByte('v128'), 0, ...value]) - 1;
      this.#constants.set(key, index);
    }
    return index;
  }

  #type({ params = [], results = [] }: Signature): number {
    const entry = [
      0x60,
      ...list(params.map((t) => [typeByte(t)])),
      ...list(results.map((t) => [typeByte(t)])),
    ];
    const known = this.#types.findIndex((other) => other.join() === entry.join());
    return known >= 0 ? known : this.#types.push(entry) - 1;
  }
}

const list = (entries: readonly (readonly number[])[]): number[] => [
  ...unsigned(entries.length),
  ...entries.flat(),
];

/** A section, unless it is an empty list. */
function section(out: ByteSink, id: number, content: ArrayLike<number>): void {
  if (content[0] === 0) return;
  out.push(id);
  out.unsigned(content.length);
  out.append(content);
}

const text = (name: string): number[] => list([...new TextEncoder().encode(name)].map((byte) => [byte]));
