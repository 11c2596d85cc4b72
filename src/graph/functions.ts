import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Expression, parseExpressionAt as Parse } from 'acorn';
import { type Analysis, analyse } from './free-variables.js';
import {
  type FunctionSpec,
  isFunctionSpec,
  type ModuleSpec,
  SHIPPED,
  type SourceSpec,
  UnshippableFunctionError,
} from './function-spec.js';
import { moduleText } from './module-text.js';
import { whyNotCloneable } from './plain-data.js';
import { snapshot } from './snapshot.js';
import { isThreadGlobal } from './thread-globals.js';
import { uploadsOf } from './uploads.js';

/** The parser, loaded when a function is first shipped: most programs need none, and all would wait for it at their start. */
function parser(): typeof Parse {
  // In CommonJS there is no import.meta.
  const here = typeof __filename === 'string' ? __filename : import.meta.url;
  return createRequire(here)('acorn').parseExpressionAt;
}

/** Any function: its parameters are checked where it is declared, not where it is shipped. */
export type AnyFunction = (...args: never[]) => unknown;

/** Names that compilers put into a function's text and that `compileFunction` provides. */
const PROVIDED = ['__name', '__vite_ssr_dynamic_import__', '__vi_import_dynamic__'] as const;

/**
 * Turns a function into data that any thread or machine can run: its source text and the values of its free variables.
 *
 * The text is parsed, and every name that the function uses without binding it must be a global of a thread or
 * a key of `captured`. Captured values are structured-cloneable data, functions (shipped in the same way: they may use
 * what else is captured, and one another) or references made by `moduleFunction`.
 *
 * @throws UnshippableFunctionError naming all free variables without a value, or the construct that cannot be sent (classes,
 *   generators, native and bound functions, `this` of the surrounding scope, data that would not survive a clone).
 * @example
 * const limit = 3;
 * shipFunction((x: number) => Math.min(x, limit), { limit });
 */
export function shipFunction(fn: AnyFunction, captured: Record<string, unknown> = {}): SourceSpec {
  return ship(fn, captured, 'function');
}

/**
 * The same of a class, which `compileFunction` makes into one: what it extends is one of a thread's globals.
 *
 * @throws UnshippableFunctionError as `shipFunction`, and where it is no class
 */
export function shipClass(given: AnyClass, captured: Record<string, unknown> = {}): SourceSpec {
  return ship(given, captured, 'class');
}

/** Any class. */
export type AnyClass = abstract new (...args: never[]) => unknown;

type Kind = 'function' | 'class';

function ship(fn: AnyFunction | AnyClass, captured: Record<string, unknown>, kind: Kind): SourceSpec {
  const label = fn.name ? `${kind} ${fn.name}` : `anonymous ${kind}`;
  for (const name of Object.keys(captured)) requireName(name, label);
  const names = new Set(Object.keys(captured));

  const values: Record<string, unknown> = {};
  const helpers: Record<string, string> = {};
  const functions: Record<string, FunctionSpec> = {};
  const imports: (string | undefined)[] = [];
  const source = expressionOf(fn, names, label, imports, kind);
  for (const name of [...names].sort()) {
    const value = captured[name];
    if (typeof value === 'function' && SHIPPED in value) functions[name] = value[SHIPPED] as FunctionSpec;
    else if (typeof value === 'function')
      helpers[name] = expressionOf(value as AnyFunction, names, `captured ${name}`, imports, 'function');
    else if (isFunctionSpec(value)) functions[name] = value;
    else {
      const why = whyNotCloneable(value, `captured.${name}`);
      if (why) throw refusal(label, `${why}. Capture plain data, or functions by a name of their own`);
      values[name] = snapshot(value);
    }
  }
  // Of an import that is computed, what it is made of is captured.
  const specifiers = [...imports, ...(imports.includes(undefined) ? Object.values(values) : [])];
  const uploads = uploadsOf(specifiers.filter((specifier) => typeof specifier === 'string'));
  return Object.freeze({
    kind: 'source',
    name: fn.name,
    source,
    captured: Object.freeze(values),
    helpers: Object.freeze(helpers),
    functions: Object.freeze(functions),
    ...(uploads && { uploads }),
    ...(kind === 'class' && { isClass: true as const }),
  });
}

/**
 * Refers to a function that a module exports, instead of sending its text. Each thread imports the module once. A hash of the text of the
 * module's file, and of those that it imports, is part of the reference, and so of keys.
 *
 * @param url an absolute URL or path (`new URL('./steps.js', import.meta.url)`), or a bare specifier that resolves from the working directory
 * @param name of the export
 */
export function moduleFunction(url: string | URL, name = 'default'): ModuleSpec {
  const text = typeof url === 'string' && isAbsolute(url) ? pathToFileURL(url).href : String(url);
  if (/^\.\.?(\/|$)/.test(text)) {
    throw new TypeError(
      `moduleFunction(${JSON.stringify(text)}, ${JSON.stringify(name)}): a relative path means another file in another place. Pass new URL(${JSON.stringify(text)}, import.meta.url).`,
    );
  }
  const hash = moduleText(text);
  const uploads = uploadsOf([text]);
  return Object.freeze({
    kind: 'module',
    url: text,
    name,
    ...(hash !== undefined && { text: hash }),
    ...(uploads && { uploads }),
  });
}

/**
 * The function's text as an expression, once everything in it is known to mean the same elsewhere.
 * @param imports takes what it imports
 */
function expressionOf(
  fn: AnyFunction | AnyClass,
  captured: ReadonlySet<string>,
  label: string,
  imports: (string | undefined)[],
  kind: Kind,
): string {
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}$/.test(text)) {
    throw refusal(label, 'it is native or bound, so it has no source text. Wrap it: (x) => f(x)');
  }
  const { source, node } = parse(text, label, kind);
  const { free, problems, imports: found } = analyse(node);
  imports.push(...found);
  if (problems.length > 0) {
    throw refusal(
      label,
      `${problems.join(', ')} means something else outside of the place where it was written. Pass what it needs as arguments or captured values`,
    );
  }
  const missing = [...free.keys()].filter(
    (name) => !captured.has(name) && !isThreadGlobal(name) && !(PROVIDED as readonly string[]).includes(name),
  );
  if (missing.length > 0) throw freeVariables(label, missing, free);
  return source;
}

function parse(text: string, label: string, kind: Kind): { source: string; node: Expression } {
  const options = { ecmaVersion: 'latest', sourceType: 'module', allowSuperOutsideMethod: true } as const;
  let source = text;
  let node: Expression | undefined;
  try {
    node = parser()(`(${text})`, 0, options);
  } catch (error) {
    const method = asMethod(text, options, label);
    if (!method) throw refusal(label, 'its source text cannot be parsed as strict code', { cause: error });
    source = method;
    node = parser()(`(${source})`, 0, options);
  }
  if (kind === 'class') {
    if (node.type === 'ClassExpression') return { source, node };
    throw refusal(label, 'it is no class. Write it as one: class Counter { … }');
  }
  if (node.type === 'ClassExpression')
    throw refusal(label, 'it is a class. Export it from a module and use it in a module function');
  if (node.type !== 'FunctionExpression' && node.type !== 'ArrowFunctionExpression') {
    throw refusal(label, 'its source text is not that of a function');
  }
  if (node.generator) throw refusal(label, 'it is a generator. Return an array of what it yields');
  return { source, node };
}

/** The text of a method as that of a function, or undefined if it is no method either. */
function asMethod(text: string, options: Parameters<typeof Parse>[2], label: string): string | undefined {
  let object: Expression;
  try {
    object = parser()(`({${text}})`, 0, options);
  } catch {
    return undefined;
  }
  const property =
    object.type === 'ObjectExpression' && object.properties.length === 1 ? object.properties[0] : undefined;
  if (property?.type !== 'Property' || property.value.type !== 'FunctionExpression') return undefined;
  if (property.kind !== 'init') throw refusal(label, 'it is a getter or a setter. Pass a function');
  const { value } = property;
  const keyword = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} `;
  return keyword + text.slice(value.start - '({'.length);
}

function requireName(name: string, label: string): void {
  try {
    parser()(`(${name}) => 0`, 0, { ecmaVersion: 'latest', sourceType: 'module' });
    if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return;
  } catch {
    // falls through to the refusal, which says more than the parser does
  }
  throw refusal(label, `captured ${JSON.stringify(name)} is not the name of a variable`);
}

const refusal = (label: string, why: string, options?: ErrorOptions) =>
  new UnshippableFunctionError(`Cannot send ${label} to a thread: ${why}.`, [], options);

/** Names that a module's compiled form gives to imported bindings: `(0, __vi_import_0__.add)(1, 2)`. */
const IMPORT = /^(__vi_import_\d+__|__vi_ssr_import_\d+__|__vite_ssr_import_\d+__|__WEBPACK_\w+|import_\w+)$/;
const COMPILER =
  /^(__(awaiter|generator|spreadArray|assign|rest|values|read|decorate|param|metadata|async\w*|spread\w+|objRest|publicField|private\w+|using|callDispose)|_async_to_generator|_extends|_object_\w+)$/;
const COVERAGE = /^(cov_\w+|__coverage__)$/;

function freeVariables(
  label: string,
  missing: readonly string[],
  free: Analysis['free'],
): UnshippableFunctionError {
  const imported = missing.filter((name) => IMPORT.test(name));
  const coverage = missing.filter((name) => COVERAGE.test(name));
  const helpers = missing.filter((name) => COMPILER.test(name));
  const others = [...imported, ...coverage, ...helpers, 'require'];
  const plain = missing.filter((name) => !others.includes(name));
  const bindings = imported.flatMap((name) => {
    const properties = [...(free.get(name) ?? [])];
    return properties.length > 0 ? properties : [name];
  });
  const parts: string[] = [];
  if (plain.length > 0) {
    parts.push(
      `it uses ${list(plain)}, which ${plain.length > 1 ? 'exist' : 'exists'} only where it was written. Pass { captured: { ${plain.join(', ')} } }, or export the function from a module and pass { module: url, name }`,
    );
  }
  if (missing.includes('require'))
    parts.push('it uses require, which threads do not have. Import inside of the function (await import(…))');
  if (bindings.length > 0) {
    parts.push(
      `it uses ${list(bindings)}, imported by the file that it was written in. Import inside of the function (const { ${bindings.join(', ')} } = await import(…)), or export the function from a module and pass { module: url, name }`,
    );
  }
  if (helpers.length > 0) {
    parts.push(
      `a compiler made it use its helper ${list(helpers)}. Compile for ES2022 or later, or pass { module: url, name }`,
    );
  }
  if (coverage.length > 0) {
    parts.push(
      `a coverage tool made it count in ${list(coverage)}. Measure coverage by V8, exclude the file, or pass { module: url, name }`,
    );
  }
  return new UnshippableFunctionError(`Cannot send ${label} to a thread: ${parts.join('; and ')}.`, [
    ...missing.filter((name) => name === 'require'),
    ...plain,
    ...bindings,
    ...helpers,
    ...coverage,
  ]);
}

const list = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
