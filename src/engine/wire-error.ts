import { detached } from './detached.js';
import {
  ActorLostError,
  describe,
  EngineError,
  MemoryLimitError,
  SpillError,
  TaskError,
  ThreadDiedError,
} from './errors.js';

/** An error as plain data: structured clone alone would lose names, causes and properties. */
export type WireError =
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: WireError | undefined;
      readonly properties: Readonly<Record<string, unknown>>;
      /** Of an AggregateError. */
      readonly errors?: readonly WireError[] | undefined;
      /** Whether it is a DOMException, of whatever name. */
      readonly dom?: boolean | undefined;
      /** Where a step of a chain failed: the step's own task. Where its threads died: how many. */
      readonly task: { readonly key: string; readonly op: string; readonly deaths?: number } | undefined;
    }
  | { readonly kind: 'value'; readonly value: unknown };

type ErrorData = Extract<WireError, { readonly kind: 'error' }>;

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
    ...(thrown instanceof AggregateError && depth < DEPTH && { errors: innerOf(thrown, depth + 1) }),
    ...(thrown instanceof DOMException && { dom: true }),
    task: thrown instanceof TaskError ? taskOf(thrown) : undefined,
  };
}

/** The errors that are put together, which a program may have changed to anything. */
function innerOf(thrown: AggregateError, depth: number): WireError[] {
  const errors = read(thrown, 'errors');
  return Array.isArray(errors) ? errors.map((error: unknown) => toWire(error, depth)) : [];
}

const taskOf = ({ key, op, ...more }: TaskError & { readonly deaths?: number }) =>
  more.deaths === undefined ? { key, op } : { key, op, deaths: more.deaths };

/** What users have put on an error, as far as it can be sent. */
function propertiesOf(thrown: Error): Readonly<Record<string, unknown>> {
  const names = Object.keys(thrown).filter((name) => !OWN.has(name));
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
  if (wire.task !== undefined) {
    const { key, op, deaths } = wire.task;
    if (deaths !== undefined) return new ThreadDiedError(key, op, deaths, cause, wire.message);
    return new TaskError(key, op, cause, wire.message);
  }
  const error = made(wire, cause === undefined ? {} : { cause });
  if (error.name !== wire.name) hide(error, 'name', wire.name);
  if (wire.stack !== undefined) hide(error, 'stack', wire.stack);
  for (const [name, value] of Object.entries(wire.properties))
    Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: true });
  return error;
}

/** What a run is rejected with for a task that threw. */
export function taskError(key: string, op: string, wire: WireError): TaskError {
  const cause = fromWire(wire);
  return cause instanceof TaskError ? cause : new TaskError(key, op, cause);
}

/** An error of the same class, where that is one that both sides have. */
function made({ name, message, properties, errors, dom }: ErrorData, options: ErrorOptions): Error {
  if (dom) return new Dom(message, { name, ...options });
  if (errors !== undefined) return new AggregateError(errors.map(fromWire), message, options);
  const { needed, available, directory, key } = properties;
  if (name === 'ActorLostError') return new ActorLostError(message, options, String(key));
  if (name === 'MemoryLimitError') return new MemoryLimitError(message, Number(needed), Number(available));
  if (name === 'SpillError') return new SpillError(message, String(directory), options);
  const make = Object.hasOwn(STANDARD, name) ? STANDARD[name]! : Error;
  return new make(message, options);
}

/** As Node has it; our compiler's library knows of no cause. */
const Dom = DOMException as unknown as new (
  message: string,
  options: ErrorOptions & { readonly name: string },
) => DOMException;

const { CompileError, LinkError, RuntimeError } = WebAssembly as unknown as Readonly<
  Record<string, ErrorConstructor>
>;

const STANDARD: Readonly<Record<string, new (message: string, options: ErrorOptions) => Error>> = {
  EngineError,
  CompileError: CompileError!,
  LinkError: LinkError!,
  RuntimeError: RuntimeError!,
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
