import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { compileFunction } from '../../src/graph/compile-function.js';
import { isFunctionSpec, UnshippableFunctionError } from '../../src/graph/function-spec.js';
import { type AnyFunction, moduleFunction, shipFunction } from '../../src/graph/functions.js';

const here = new URL('./fixture-module.js', import.meta.url);

/** The function, made of its text, so that no compiler of tests stands in between. */
const make = (text: string): AnyFunction => new Function(`return (${text})`)() as AnyFunction;

/** Free variables that shipping complains about. */
function freeOf(text: string, captured: Record<string, unknown> = {}): readonly string[] {
  try {
    shipFunction(make(text), captured);
    return [];
  } catch (error) {
    if (error instanceof UnshippableFunctionError && error.freeVariables.length > 0)
      return error.freeVariables;
    throw error;
  }
}

/** Ships, clones as a message does, compiles and calls. */
const run = async (
  fn: AnyFunction,
  captured: Record<string, unknown>,
  ...args: unknown[]
): Promise<unknown> => (await compileFunction(structuredClone(shipFunction(fn, captured))))(...args);

describe('free variables', () => {
  const bound = {
    'parameters and locals': '(a, b) => { const c = a; let d = b; var e = c; return [a, b, c, d, e]; }',
    'hoisted var': '() => { x = 1; if (true) { var x; } return x; }',
    'hoisted function': '() => { return f(); function f() { return g(); } function g() { return 1; } }',
    'var of a loop': '() => { for (var i = 0; i < 3; i++); return i; }',
    'var inside try, switch and labels':
      '() => { try { var a; } finally {} switch (1) { case 1: var b; } l: { var c; break l; } return [a, b, c]; }',
    'let of for, for-in, for-of':
      '(o) => { for (let i = 0; i < 1; i++) i; for (const k in o) k; for (const [v, w = v] of o) v + w; }',
    'destructured parameters':
      '({ a, b: { c = a }, ...rest }, [d, , e = d, ...more]) => [a, c, rest, d, e, more]',
    'defaults that read earlier parameters': '(a, b = a, { c = b } = {}) => [a, b, c]',
    'catch bindings': '() => { try { throw 1; } catch ({ message, code = message }) { return code; } }',
    'catch without binding': '() => { try { throw 1; } catch { return 2; } }',
    'named function expression': 'function fact(n) { return n < 2 ? 1 : n * fact(n - 1); }',
    'named class expression': '() => class A { static make() { return new A(); } }',
    'class declaration with fields, private names, accessors':
      '() => { class A { #x = 1; y = this.#x; static z = 2; static { var q = 1; this.q = q; } get x() { return this.#x; } m(p = this) { return #x in p; } } return new A(); }',
    'arguments and new.target': 'function f() { return [arguments.length, new.target]; }',
    'arguments of an outer function in an arrow': 'function f() { return () => arguments[0]; }',
    'property names': '(o) => ({ a: o.b, c() { return o.d; }, get e() { return 1; }, "f": o?.g })',
    labels: '() => { outer: for (;;) { for (;;) { break outer; } } }',
    'globals of a thread':
      '() => [Math, Float64Array, console, performance, URL, TextEncoder, fetch, structuredClone, setTimeout, process, Buffer, undefined, NaN, globalThis, WebAssembly]',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a function that has a template
    'tagged templates and spread': '(s, ...xs) => String.raw`${s}${[...xs]}`',
    'this of an inner function':
      '() => ({ v: 1, m() { return this.v; }, n: function () { return () => this.v; } })',
    'async with await and for await': 'async (xs) => { for await (const x of xs) await x; }',
    'an inner generator': '() => [...(function* () { yield 1; })()]',
    'import() of a bare module': 'async () => (await import("node:path")).sep',
    'esbuild keepNames': '() => { const f = __name(() => 1, "f"); return f(); }',
  };
  for (const [what, text] of Object.entries(bound)) {
    it(`finds none: ${what}`, () => expect(freeOf(text)).toEqual([]));
  }

  const free: Record<string, [string, string[]]> = {
    'in a body': ['(x) => x * scale + offset', ['scale', 'offset']],
    'in a default that the body declares': ['(a = b) => { var b = 1; return a + b; }', ['b']],
    'outside of the block that declares it': ['() => { { let x = 1; x; } return x; }', ['x']],
    'function of an inner block, as strict code has it': ['() => { { function f() {} } return f(); }', ['f']],
    'in a computed key': ['() => ({ [k]: 1 })', ['k']],
    'in a computed key of a pattern': ['({ [k]: v }) => v', ['k']],
    'in a computed member': ['(o) => o[k]', ['k']],
    'shorthand property': ['() => ({ k })', ['k']],
    'assigned to': [
      '() => { count++; [a, b.c] = [1, 2]; ({ d, e: f } = {}); }',
      ['count', 'a', 'b', 'd', 'f'],
    ],
    'behind typeof': ['() => typeof thing', ['thing']],
    'superclass and class members': [
      '() => class extends Base { [key] = value; static { init(); } }',
      ['Base', 'key', 'value', 'init'],
    ],
    'catch binding after the catch': ['() => { try {} catch (e) { e; } return e; }', ['e']],
    'name of a function expression outside of it': ['() => { const g = function h() {}; return h; }', ['h']],
    'in a nested function': ['() => () => () => deep', ['deep']],
    'CommonJS and browser names': [
      '() => [require, module, __dirname, document]',
      ['require', 'module', '__dirname', 'document'],
    ],
    'arguments at the top of an arrow': ['() => arguments[0]', ['arguments']],
    'once, in order': ['() => b + a + b', ['b', 'a']],
  };
  for (const [what, [text, names]] of Object.entries(free)) {
    it(`finds them ${what}`, () => expect(freeOf(text)).toEqual(names));
  }

  it('counts captured names as bound, and names all others in one message', () => {
    expect(freeOf('(x) => x * scale + offset', { scale: 2 })).toEqual(['offset']);
    expect(() => shipFunction(make('(x) => x * scale + offset'))).toThrow(
      /anonymous function .* scale and offset, which exist only where it was written.*\{ captured: \{ scale, offset \} \}.*\{ module: url, name \}/,
    );
  });

  it('names what was imported, not what a bundler calls it', () => {
    // Vitest rewrites this reference to a property of an import object.
    expect(() => shipFunction((path: string) => basename(path))).toThrow(
      /uses basename, imported by the file.*await import/,
    );
    expect(freeOf('(x) => (0, __vi_import_0__.add)(x, __vi_import_1__.one)')).toEqual(['add', 'one']);
  });

  it('says what to write for require', () => {
    expect(() => shipFunction(make('(path) => require("node:fs").readFileSync(path, encoding)'))).toThrow(
      /uses encoding, which .*captured: \{ encoding \}.*; and it uses require, which threads do not have\. Import inside/,
    );
    expect(freeOf('() => require("node:os")')).toEqual(['require']);
  });

  it('explains helpers of compilers and coverage tools', () => {
    expect(() => shipFunction(make('() => __awaiter(1)'))).toThrow(/compiler.*__awaiter.*ES2022/);
    expect(() => shipFunction(make('() => { cov_2k().f[0]++; }'))).toThrow(/coverage.*cov_2k/);
  });
});

describe('refusals', () => {
  const cases: Record<string, [AnyFunction, RegExp]> = {
    classes: [class Foo {} as unknown as AnyFunction, /function Foo to a thread: it is a class/],
    'native functions': [Math.max, /function max .*native or bound.*Wrap it/],
    'bound functions': [make('function f() {}').bind(null), /bound f .*native or bound/],
    generators: [make('function* g() {}'), /g .*generator/],
    'async generators': [make('async function* g() {}'), /generator/],
    'generator methods': [(make('() => ({ *m() {} })')() as { m: AnyFunction }).m, /generator/],
    'this of an arrow': [make('() => this.x'), /`this` means something else/],
    'this of a function': [make('function f() { return this; }'), /`this`/],
    'this in a parameter of an arrow inside': [make('() => (x = this) => x'), /`this`/],
    super: [(make('() => ({ m() { return super.toString(); } })')() as { m: AnyFunction }).m, /`super`/],
    eval: [make('(x) => eval(x)'), /`eval\(…\)`/],
    'relative imports': [make('() => import("./a.js")'), /import\("\.\/a\.js"\).*relative/],
    'sloppy syntax': [make('function f(o) { with (o) return 1; }'), /strict code/],
    getters: [
      Object.getOwnPropertyDescriptor(make('() => ({ get x() { return 1; } })')() as object, 'x')!
        .get as AnyFunction,
      /getter/,
    ],
  };
  for (const [what, [fn, message]] of Object.entries(cases)) {
    it(what, () => {
      expect(() => shipFunction(fn)).toThrow(UnshippableFunctionError);
      expect(() => shipFunction(fn)).toThrow(message);
    });
  }

  it('names captured data that would not arrive as it is', () => {
    const ship = (value: unknown) => () => shipFunction(make('() => v'), { v: value });
    const cyclic: Record<string, unknown> = {};
    cyclic.self = [cyclic];
    class Grid {}
    expect(ship({ a: [1, { f: () => 1 }] })).toThrow(
      /captured\.v\.a\[1\]\.f is a function inside of other data/,
    );
    expect(ship({ 'a b': Symbol('s') })).toThrow(/captured\.v\["a b"\] is a symbol/);
    expect(ship([new Grid()])).toThrow(/captured\.v\[0\] is an instance of Grid/);
    expect(ship(new URL('http://a'))).toThrow(/captured\.v is an instance of URL/);
    expect(ship(new Map([['k', new WeakMap()]]))).toThrow(/captured\.v\.get\(k\) is an instance of WeakMap/);
    expect(ship(cyclic)).toThrow(/captured\.v\.self\[0\] contains itself/);
    const shared = { a: 1 };
    expect(ship([shared, shared, new Date(0), /x/g, new Float32Array(2), new Set([1]), 2n])).not.toThrow();
  });

  it('checks captured functions and names of captured values', () => {
    expect(() => shipFunction(make('() => g()'), { g: make('() => lost') })).toThrow(/captured g .* lost/);
    for (const name of ['a-b', 'class', '', 'a=1', '...a', 'await']) {
      expect(() => shipFunction(make('() => 1'), { [name]: 1 })).toThrow(/not the name of a variable/);
    }
  });
});

describe('compiled functions', () => {
  it('compute what the original computes', async () => {
    const scale = 3;
    const table = new Float64Array([1, 2]);
    expect(await run((x: number) => x * scale + table[1]!, { scale, table }, 5)).toBe(17);
    expect(await run(make('async (x) => { await null; return x + 1; }'), {}, 1)).toBe(2);
    expect(await run(make('function fact(n) { return n < 2n ? 1n : n * fact(n - 1n); }'), {}, 20n)).toBe(
      2432902008176640000n,
    );
    const {
      method,
      'odd name': odd,
      async: later,
    } = make(
      '() => ({ method(x) { return arguments.length + x; }, "odd name"(x) { return -x; }, async async(x) { return x; } })',
    )() as Record<string, AnyFunction>;
    expect(await run(method!, {}, 1, 2)).toBe(3);
    expect(await run(odd!, {}, 4)).toBe(-4);
    expect(await run(later!, {}, 4)).toBe(4);
    expect(await run(make('() => { const f = __name(() => 1, "better"); return f.name; }'), {})).toBe(
      'better',
    );
  });

  it('use captured functions, which see the other captured names and one another', async () => {
    const captured = {
      step: 2,
      even: make('(n) => n === 0 || odd(n - step / 2)'),
      odd: make('(n) => n !== 0 && even(n - step / 2)'),
      double: moduleFunction(here, 'double'),
      add: shipFunction(make('(x) => x + step'), { step: 100 }),
    };
    const fn = make('(n) => [even(n), double(n), add(n), step]');
    expect(await run(fn, captured, 10)).toEqual([true, 20, 110, 2]);
  });

  it('import bare modules', async () => {
    expect(await run(make('async () => (await import("node:path")).posix.join("a", "b")'), {})).toBe('a/b');
  });

  it('name themselves and count lines from their own first line in stack traces', async () => {
    const fail = make('(x) => {\n  return helper(x);\n}');
    Object.defineProperty(fail, 'name', { value: 'fail' });
    const fn = await compileFunction(shipFunction(fail, { helper: make('(x) => x.a.b') }));
    let stack = '';
    try {
      fn({});
    } catch (error) {
      stack = (error as Error).stack ?? '';
    }
    expect(stack).toMatch(/at fail \(tilework-function-[0-9a-f]{8}:2:10\)/);
    const one = await compileFunction(shipFunction(make('(x) => x.a.b')));
    expect(() => one({})).toThrow(TypeError);
    await expect(Promise.resolve({}).then(one)).rejects.toSatisfy((e: Error) =>
      /tilework-function-[0-9a-f]{8}:1:12/.test(e.stack ?? ''),
    );
  });

  it('are strict and see no scope but their own', async () => {
    expect(await run(make('() => (function () { return this; })()'), {})).toBeUndefined();
    expect(await run(make('() => typeof globalThis.spec'), {})).toBe('undefined');
    expect(await run(make('($functions) => [$functions, $functions$]'), { $functions$: 1 }, 0)).toEqual([
      0, 1,
    ]);
  });

  it('are compiled once for each spec', async () => {
    const spec = shipFunction(make('(x) => x'));
    expect(await compileFunction(spec)).toBe(await compileFunction(spec));
  });

  it('run in a thread that has the spec only', async () => {
    const bundle = buildSync({
      entryPoints: [new URL('../../src/graph/compile-function.ts', import.meta.url).pathname],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
    }).outputFiles[0]!.text;
    const worker = new Worker(
      `${bundle}
      const { parentPort } = require('node:worker_threads');
      parentPort.once('message', async ({ spec, args }) => parentPort.postMessage(await (await module.exports.compileFunction(spec))(...args)));`,
      { eval: true },
    );
    try {
      const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      const spec = shipFunction(make('async (x) => double(x) + k + (await import("node:path")).sep.length'), {
        k: 5,
        double: moduleFunction(here, 'double'),
      });
      worker.postMessage({ spec, args: [4] });
      expect(await answer).toBe(14);
    } finally {
      await worker.terminate();
    }
  });
});

describe('specs', () => {
  it('are equal for equal functions, whatever the order of what is captured', () => {
    const a = shipFunction(make('(x) => x + a + b'), { a: 1, b: 2 });
    const b = shipFunction(make('(x) => x + a + b'), { b: 2, a: 1 });
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    expect(isFunctionSpec(structuredClone(a))).toBe(true);
    expect(isFunctionSpec(moduleFunction(here))).toBe(true);
    expect(isFunctionSpec({ kind: 'source' })).toBe(false);
  });

  it('of modules are absolute or bare', async () => {
    expect(moduleFunction(here.pathname, 'double').url).toBe(here.href);
    expect(moduleFunction('node:path', 'join').url).toBe('node:path');
    expect(() => moduleFunction('./steps.js', 'f')).toThrow(/new URL\("\.\/steps\.js", import\.meta\.url\)/);
    expect(await (await compileFunction(moduleFunction(here)))(1)).toBe(2);
    expect((await compileFunction(moduleFunction('acorn', 'parse'))).name).toBe('parse');
  });

  it('of modules are known by the text of their files, and of those that these import', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tilework-text-'));
    const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
    const url = (query: string) => `${pathToFileURL(join(directory, 'a.mjs'))}?${query}`;
    write('a.mjs', `export { f } from "./b.js"; import './none.js';`);
    write('b.ts', `import './a.mjs'; export const f = () => 1;`);
    const before = moduleFunction(url('1'), 'f');
    expect(before.text).toMatch(/^[0-9a-f]{32}$/);
    expect(moduleFunction(url('2'), 'f').text).toBe(before.text);
    write('b.ts', `import './a.mjs'; export const f = () => 2;`);
    expect(moduleFunction(url('3'), 'f').text).not.toBe(before.text);
    expect(moduleFunction(url('1'), 'f').text).toBe(before.text);
    await expect(compileFunction({ ...before, url: url('4') })).rejects.toThrow(
      /function f of .*a\.mjs.* is not what it was.*Start the program again/,
    );
    expect(moduleFunction('node:path', 'join')).not.toHaveProperty('text');
    expect(moduleFunction('file:///nowhere/x.js', 'f')).not.toHaveProperty('text');
    rmSync(directory, { recursive: true });
  });

  it('of modules that lack the function say what there is', async () => {
    await expect(compileFunction(moduleFunction(here, 'triple'))).rejects.toThrow(
      /no module function triple of file:.*exports the functions .*double/,
    );
    await expect(compileFunction(moduleFunction(here, 'notAFunction'))).rejects.toThrow(
      /exports the functions/,
    );
    await expect(compileFunction(moduleFunction('file:///nowhere/x.js', 'f'))).rejects.toThrow(
      /Cannot import the module function f of file:\/\/\/nowhere/,
    );
  });
});
