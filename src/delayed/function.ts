import { ACTOR_OP } from '../engine/actors/actors.js';
import type { CallCommon } from '../engine/ops/call.js';
import type { FunctionSpec } from '../graph/function-spec.js';
import { classSpecOf, specOf } from '../graph/given-function.js';
import { tokenize } from '../graph/key.js';
import { downInto } from '../graph/plain-data.js';
import { uploadsVersion } from '../graph/uploads.js';

/** A function as tasks name it: what its calls share, and what their keys begin with. */
export interface Callee {
  readonly name: string;
  readonly token: string;
  /** What runs it: `futures/call` gives it a client. */
  readonly op: 'call' | 'futures/call' | typeof ACTOR_OP;
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
  if (typeof fn === 'function' && captured === undefined) {
    const version = uploadsVersion();
    let shipped = known.get(fn);
    if (shipped?.version !== version) {
      shipped = { callee: callee(specOf(fn)), version };
      known.set(fn, shipped);
    }
    return shipped.callee;
  }
  const spec = downInto('what is captured', () => specOf(fn, { captured }));
  if (spec.kind === 'source') return downInto('what is captured', () => callee(spec));
  const id = JSON.stringify([spec.name, spec.url, spec.uploads]);
  const referred = modules.get(id) ?? callee(spec);
  modules.set(id, referred);
  return referred;
}

/**
 * A class as tasks name it that start actors of it.
 *
 * @throws as `calleeOf`, of classes
 */
export function classCalleeOf(given: unknown, captured?: Readonly<Record<string, unknown>>): Callee {
  const made = downInto('what is captured', () => callee(classSpecOf(given, captured && { captured })));
  return Object.freeze({ ...made, op: ACTOR_OP });
}

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

/** A name as keys take it: what ends their first part would be mistaken for coordinates, and what is no Unicode other machines do not read. */
export const keyName = (name: string): string => name.replace(/[:\s]+|\p{Surrogate}/gu, '-');
