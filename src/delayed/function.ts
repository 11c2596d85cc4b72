import type { ModuleFunction } from '../array/blocks.js';
import type { CallCommon } from '../engine/ops/call.js';
import type { FunctionSpec } from '../graph/function-spec.js';
import { type AnyFunction, moduleFunction, shipFunction } from '../graph/functions.js';
import { tokenize } from '../graph/key.js';
import { uploadsVersion } from '../graph/uploads.js';

/** A function as tasks name it: what its calls share, and what their keys begin with. */
export interface Callee {
  readonly name: string;
  readonly token: string;
  /** What runs it: `futures/call` gives it a client. */
  readonly op: 'call' | 'futures/call';
  readonly common: CallCommon;
}

/** The symbol under which a task's thread has `getClient`: what captures that has it in its text. */
export const CLIENT_SLOT = 'tilework.getClient';

const modules = new Map<string, Callee>();
const known = new WeakMap<object, { readonly callee: Callee; readonly version: number }>();

/**
 * A function as data. A function without captured values is shipped once, however often it is asked for: the calls of one callee are
 * one layer to the engine.
 *
 * @throws UnshippableFunctionError as `shipFunction`; TypeError where it is neither a function nor a reference to one
 */
export function calleeOf(fn: unknown, captured?: Readonly<Record<string, unknown>>): Callee {
  if (typeof fn === 'function') {
    if (captured !== undefined) return callee(shipFunction(fn as AnyFunction, captured));
    const version = uploadsVersion();
    let shipped = known.get(fn);
    if (shipped?.version !== version) {
      shipped = { callee: callee(shipFunction(fn as AnyFunction)), version };
      known.set(fn, shipped);
    }
    return shipped.callee;
  }
  if (isModuleFunction(fn)) {
    const spec = moduleFunction(fn.module, fn.name ?? 'default');
    const id = JSON.stringify([spec.name, spec.url, spec.uploads]);
    const referred = modules.get(id) ?? callee(spec);
    modules.set(id, referred);
    return referred;
  }
  throw new TypeError(
    `a function is needed, or { module: new URL('./file.js', import.meta.url), name }, not ${fn === null ? 'null' : typeof fn}`,
  );
}

export const isModuleFunction = (fn: unknown): fn is ModuleFunction =>
  typeof fn === 'object' &&
  fn !== null &&
  'module' in fn &&
  (typeof fn.module === 'string' || fn.module instanceof URL);

/** A function of our own, by its text. */
export const own = (name: string, source: string): Callee =>
  callee({ kind: 'source', name, source, captured: {}, helpers: {}, functions: {} });

const callee = (fn: FunctionSpec): Callee =>
  Object.freeze({
    name: keyName(fn.name) || 'anonymous',
    token: tokenize(fn),
    op: mayUseClient(fn) ? 'futures/call' : 'call',
    common: Object.freeze({ fn }),
  });

/** Whether a function, or one that it captures, has captured `getClient`; functions of modules may import it. */
const mayUseClient = (fn: FunctionSpec): boolean =>
  fn.kind === 'module' ||
  [fn.source, ...Object.values(fn.helpers)].some((source) => source.includes(CLIENT_SLOT)) ||
  Object.values(fn.functions).some(mayUseClient);

/** A name as keys take it: what ends their first part would be mistaken for coordinates. */
export const keyName = (name: string): string => name.replace(/[:\s]+/g, '-');
