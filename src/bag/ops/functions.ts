import { compileFunction } from '../../graph/compile-function.js';
import { isFunctionSpec } from '../../graph/function-spec.js';
import type { KeyBy, Name } from '../plan.js';
import type { Maybe } from './maybe.js';

export type Callable = (...args: unknown[]) => unknown;

/** Functions of a layer's tasks, by their names. */
export type Functions = ReadonlyMap<string, Callable>;

const ready = new WeakMap<object, Promise<Functions>>();

/** The functions among what a layer's tasks share, compiled once a thread. */
export function functionsOf(common: object): Promise<Functions> {
  let functions = ready.get(common);
  if (functions === undefined) {
    functions = compiled(common);
    ready.set(common, functions);
  }
  return functions;
}

async function compiled(common: object): Promise<Functions> {
  const specs = Object.entries(common).filter(([, value]) => isFunctionSpec(value));
  return new Map(
    await Promise.all(specs.map(async ([name, spec]) => [name, await compileFunction(spec)] as const)),
  );
}

/** What finds an element's key. */
export function keyOf(key: KeyBy, functions: Functions, where: string): (value: unknown) => Maybe<unknown> {
  return 'fn' in key ? functions.get(key.fn)! : plucked(key.names, undefined, where);
}

/**
 * What takes a property of an element, or a list of several.
 *
 * @param missing what stands for one that is not there; without, it is an error that names it
 */
export function plucked(
  names: Name | readonly Name[],
  missing: readonly [unknown] | undefined,
  where: string,
): (value: unknown) => unknown {
  const one = (value: unknown, name: Name): unknown => {
    if (value !== null && value !== undefined && name in Object(value))
      return (value as Readonly<Record<Name, unknown>>)[name];
    if (missing !== undefined) return missing[0];
    throw new TypeError(
      `${where}: there is no ${JSON.stringify(name)} in ${brief(value)}${where === 'pluck' ? `; what stands for it in elements without it is the second argument: pluck(${JSON.stringify(names)}, null)` : ''}`,
    );
  };
  if (typeof names !== 'object') return (value) => one(value, names);
  return (value) => names.map((name) => one(value, name));
}

/** The beginning of what an element looks like. */
function brief(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A bigint, or what contains itself.
  }
  text ??= String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** What a function returned as something to go through. Texts are no lists, though they could be gone through. */
export function iterable(value: unknown, what: string): Iterable<unknown> {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return value as Iterable<unknown>;
  throw new TypeError(`${what} is no list, but ${brief(value)}`);
}
