import { describe, TaskError } from './errors.js';

/** An error as plain data: structured clone alone would lose names, causes and properties. */
export type WireError =
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: WireError | undefined;
      readonly properties: Readonly<Record<string, unknown>>;
      /** Where a step of a chain failed: the step's own task. */
      readonly task: { readonly key: string; readonly op: string } | undefined;
    }
  | { readonly kind: 'value'; readonly value: unknown };

const DEPTH = 8;

/** Anything thrown, as data that can be sent. */
export function toWire(thrown: unknown, depth = 0): WireError {
  if (!(thrown instanceof Error))
    return { kind: 'value', value: isCloneable(thrown) ? thrown : describe(thrown) };
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(thrown)) {
    if (name === 'cause' || name === 'name' || name === 'stack' || name === 'message') continue;
    if (isCloneable(value)) properties[name] = value;
  }
  return {
    kind: 'error',
    name: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    cause: thrown.cause === undefined || depth >= DEPTH ? undefined : toWire(thrown.cause, depth + 1),
    properties,
    task: thrown instanceof TaskError ? { key: thrown.key, op: thrown.op } : undefined,
  };
}

/** Makes an error of what was sent, as much like the one thrown as can be. */
export function fromWire(wire: WireError): unknown {
  if (wire.kind === 'value') return wire.value;
  const cause = wire.cause === undefined ? undefined : fromWire(wire.cause);
  if (wire.task !== undefined) return new TaskError(wire.task.key, wire.task.op, cause, wire.message);
  const make = STANDARD[wire.name] ?? Error;
  const error = cause === undefined ? new make(wire.message) : new make(wire.message, { cause });
  if (error.name !== wire.name) hide(error, 'name', wire.name);
  if (wire.stack !== undefined) hide(error, 'stack', wire.stack);
  return Object.assign(error, wire.properties);
}

/** What a run is rejected with for a task that threw. */
export function taskError(key: string, op: string, wire: WireError): TaskError {
  const cause = fromWire(wire);
  return cause instanceof TaskError ? cause : new TaskError(key, op, cause);
}

const STANDARD: Readonly<Record<string, ErrorConstructor>> = {
  RangeError,
  TypeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
};

const hide = (error: Error, name: string, value: string): void => {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
};

/** Whether a value can be sent to another thread. */
export function isCloneable(value: unknown): boolean {
  if (
    value === null ||
    (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')
  )
    return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
