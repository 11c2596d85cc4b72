import { detached } from './detached.js';
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

/** Anything thrown, as data that can be sent, whatever was done to it. */
export function toWire(thrown: unknown, depth = 0): WireError {
  if (!(thrown instanceof Error)) {
    const value = sendable(thrown);
    return { kind: 'value', value: value === undefined && thrown !== undefined ? describe(thrown) : value };
  }
  const cause = read(thrown, 'cause');
  return {
    kind: 'error',
    name: textOf(thrown, 'name') ?? 'Error',
    message: textOf(thrown, 'message') ?? '',
    stack: textOf(thrown, 'stack'),
    cause: cause === undefined || depth >= DEPTH ? undefined : toWire(cause, depth + 1),
    properties: propertiesOf(thrown),
    task: thrown instanceof TaskError ? { key: thrown.key, op: thrown.op } : undefined,
  };
}

/** What users have put on an error, as far as it can be sent. */
function propertiesOf(thrown: Error): Readonly<Record<string, unknown>> {
  const names = Object.keys(thrown).filter((name) => !OWN.has(name));
  // It does not show among the others.
  if (thrown instanceof AggregateError) names.push('errors');
  const entries = names.map((name) => [name, sendable(read(thrown, name))] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const OWN: ReadonlySet<string> = new Set(['cause', 'name', 'stack', 'message']);

/** A property, which may be one that throws. */
function read(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return undefined;
  }
}

/** A property that is mostly a text, and may be anything. */
function textOf(error: Error, name: string): string | undefined {
  const value = read(error, name);
  return value === undefined || typeof value === 'string' ? value : describe(value);
}

/** A value as it can be sent; undefined where it cannot. */
function sendable(value: unknown): unknown {
  try {
    const lasting = detached(value);
    return isCloneable(lasting) ? lasting : undefined;
  } catch {
    return undefined;
  }
}

/** Makes an error of what was sent, as much like the one thrown as can be. */
export function fromWire(wire: WireError): unknown {
  if (wire.kind === 'value') return wire.value;
  const cause = wire.cause === undefined ? undefined : fromWire(wire.cause);
  if (wire.task !== undefined) return new TaskError(wire.task.key, wire.task.op, cause, wire.message);
  const make = (Object.hasOwn(STANDARD, wire.name) && STANDARD[wire.name]) || Error;
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
