/** Functions that a module's loops call: imported from JavaScript, or written in WebAssembly once however often they are called. */

import {
  type Callee,
  type Code,
  call,
  type FunctionBuilder,
  f64x2,
  type Local,
  type ModuleBuilder,
  type ValueType,
} from './assembler.js';

/**
 * What a module may import from `math`. `Math`'s own functions are passed as they are, so that V8 calls them without a wrapper.
 * JavaScript's `%` is C's fmod, exactly.
 */
export const MATH_IMPORTS = {
  sin: Math.sin,
  cos: Math.cos,
  atan2: Math.atan2,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  /** C's pow: 1 to any power, and -1 to an infinite one, is 1. */
  pow: (x: number, y: number): number =>
    x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y,
  fmod: (a: number, b: number): number => a % b,
} as const;

export type Imported = keyof typeof MATH_IMPORTS;

const BINARY: ReadonlySet<Imported> = new Set<Imported>(['atan2', 'pow', 'fmod']);

export class Library {
  readonly #known = new Map<string, Callee>();

  constructor(readonly module: ModuleBuilder) {}

  /** A function of one or two f64, imported. */
  imported(name: Imported): Callee {
    return this.#once(`math.${name}`, () =>
      this.module.importFunction('math', name, {
        params: BINARY.has(name) ? ['f64', 'f64'] : ['f64'],
        results: ['f64'],
      }),
    );
  }

  /** A function written in WebAssembly, added to the module when first asked for. */
  own(
    name: string,
    signature: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] },
    body: (f: FunctionBuilder, params: readonly Local[]) => Code,
  ): Callee {
    return this.#once(name, () => this.module.function(signature, body));
  }

  /** An imported function of each lane of f64 vectors. */
  eachLane(name: Imported, ...args: readonly Code[]): Code {
    const callee = this.imported(name);
    const lane = (k: number): Code => call(callee, ...args.map((a) => f64x2.extractLane(a, k)));
    return f64x2.replaceLane(f64x2.splat(lane(0)), 1, lane(1));
  }

  #once(name: string, make: () => Callee): Callee {
    let callee = this.#known.get(name);
    if (callee === undefined) {
      callee = make();
      this.#known.set(name, callee);
    }
    return callee;
  }
}
