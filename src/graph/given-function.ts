import type { FunctionSpec } from './function-spec.js';
import { type AnyClass, type AnyFunction, moduleFunction, shipClass, shipFunction } from './functions.js';

/** A function in a module, imported in each thread: `{ module: new URL('./work.js', import.meta.url), name: 'work' }`. */
export interface ModuleFunction {
  readonly module: string | URL;
  /** Default: `default`. */
  readonly name?: string;
}

/** What a function is given beside its arguments. */
export interface FunctionOptions {
  /** Values that the function uses from outside itself, by name. */
  readonly captured?: Readonly<Record<string, unknown>>;
}

export const isModuleFunction = (fn: unknown): fn is ModuleFunction =>
  typeof fn === 'object' &&
  fn !== null &&
  'module' in fn &&
  (typeof fn.module === 'string' || fn.module instanceof URL);

/**
 * What a user gave as a function, as data.
 *
 * @throws UnshippableFunctionError as `shipFunction`; TypeError where it is neither a function nor a reference to one
 */
export function specOf(fn: unknown, { captured }: FunctionOptions = {}): FunctionSpec {
  if (typeof fn === 'function') return shipFunction(fn as AnyFunction, captured);
  if (isModuleFunction(fn)) return moduleFunction(fn.module, fn.name);
  throw new TypeError(
    `a function is needed, or { module: new URL('./file.js', import.meta.url), name }, not ${fn === null ? 'null' : typeof fn}`,
  );
}

/**
 * What a user gave as a class, as data.
 *
 * @throws UnshippableFunctionError as `shipClass`; TypeError where it is neither a class nor a reference to one
 */
export function classSpecOf(given: unknown, { captured }: FunctionOptions = {}): FunctionSpec {
  if (typeof given === 'function') return shipClass(given as unknown as AnyClass, captured);
  if (isModuleFunction(given)) return moduleFunction(given.module, given.name);
  throw new TypeError(
    `a class is needed, or { module: new URL('./file.js', import.meta.url), name }, not ${given === null ? 'null' : typeof given}`,
  );
}
