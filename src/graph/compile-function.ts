import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { compileFunction as compileText, constants } from 'node:vm';
import type { FunctionSpec, ModuleSpec, SourceSpec } from './function-spec.js';
import { CHANGED, moduleText } from './module-text.js';
import { baseOf } from './upload-base.js';

export type CompiledFunction = (...args: unknown[]) => unknown;

const compiled = new WeakMap<FunctionSpec, Promise<CompiledFunction>>();

/**
 * The function that a spec describes, in this thread. It runs as strict code; its lines in stack traces are counted from its own
 * first line, in a file called `tilework-function-<hash>`. Compiled once for each spec object.
 *
 * @throws Error when a module cannot be imported or exports no such function, or when the source does not compile
 */
export function compileFunction(spec: FunctionSpec): Promise<CompiledFunction> {
  let promise = compiled.get(spec);
  if (!promise) {
    promise = spec.kind === 'module' ? importFunction(spec) : compileSource(spec);
    compiled.set(spec, promise);
  }
  return promise;
}

async function compileSource(spec: SourceSpec): Promise<CompiledFunction> {
  const { captured, helpers, functions, uploads } = spec;
  const base = uploads && baseOf(uploads);
  const given: Record<string, unknown> = { ...provided(base), ...captured };
  await Promise.all(
    Object.entries(functions).map(async ([name, inner]) => {
      given[name] = await compileFunction(inner);
    }),
  );
  // The function stands first, so that its lines count from one; helpers are bound before anybody calls it. In a
  // list, because a function that is assigned to a variable takes the variable's name.
  let list = '$functions';
  while (list in given || list in helpers) list += '$';
  const opening = `"use strict"; const ${list} = [`;
  const helped = Object.entries(helpers).map(([name, source]) => `const ${name} = ${source};`);
  const whole = `${opening}${spec.source}];`;
  // A class may use them as soon as it is made.
  const before = spec.isClass && helped.length > 0 ? ['"use strict";', ...helped, ''].join('\n') : '';
  const after = before === '' ? helped : [];
  const body = [before + whole, ...after, `return ${list}[0];`].join('\n');
  const usesImport = /\bimport\s*\(/.test(body);
  const make = compileText(body, Object.keys(given), {
    filename: join(
      base ?? '',
      `tilework-function-${createHash('sha1').update(body).digest('hex').slice(0, 8)}`,
    ),
    lineOffset: 1 - before.split('\n').length,
    columnOffset: before === '' ? -opening.length : 0,
    // Resolves bare specifiers from the working directory, or where uploads are, not from tilework's own. Node calls it experimental, aloud, hence only where needed.
    ...(usesImport && { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }),
  });
  const fn = make(...Object.values(given)) as CompiledFunction;
  if (fn.name === '' && spec.name !== '')
    Object.defineProperty(fn, 'name', { value: spec.name, configurable: true });
  return fn;
}

async function importFunction(spec: ModuleSpec): Promise<CompiledFunction> {
  const where = `module function ${spec.name} of ${spec.url}`;
  const text = spec.text === undefined ? undefined : moduleText(spec.url);
  if (text !== undefined && text !== spec.text)
    throw new Error(`The ${where} is not what it was when the program named it: ${CHANGED}`);
  let namespace: Record<string, unknown>;
  try {
    namespace = (await importer(spec.uploads && baseOf(spec.uploads))(spec.url)) as Record<string, unknown>;
  } catch (cause) {
    throw new Error(`Cannot import the ${where}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const fn = namespace[spec.name];
  if (typeof fn === 'function') return fn as CompiledFunction;
  const names = Object.keys(namespace).filter((name) => typeof namespace[name] === 'function');
  throw new TypeError(
    `There is no ${where}: the module exports ${names.length > 0 ? `the functions ${names.join(', ')}` : 'no functions'}.`,
  );
}

const hasScheme = (url: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(url);

/** Imports an absolute URL, or a bare specifier as a program in the working directory, or in that of uploads, would. */
const importer =
  (base: string | undefined) =>
  (url: string): Promise<unknown> =>
    hasScheme(url)
      ? import(url)
      : compileText('return import(url);', ['url'], {
          ...(base !== undefined && { filename: join(base, 'import') }),
          importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        })(url);

/** What compilers and test runners expect around a module's code: esbuild's `keepNames`, Vite's form of `import()`. */
const provided = (base: string | undefined) => ({
  __name: (target: object, value: string) =>
    Object.defineProperty(target, 'name', { value, configurable: true }),
  __vite_ssr_dynamic_import__: importer(base),
  __vi_import_dynamic__: importer(base),
});
