import type { Uploads } from './uploads.js';

/** A user's function as plain data, so that it crosses threads and machines and can be part of a key. */
export type FunctionSpec = SourceSpec | ModuleSpec;

/** A function as its source text and the values it was given explicitly. Made by `shipFunction`. */
export interface SourceSpec {
  readonly kind: 'source';
  /** What stack traces call it; empty for an anonymous function. */
  readonly name: string;
  /** An expression whose value is the function. */
  readonly source: string;
  /** Values of its free variables: structured-cloneable data. */
  readonly captured: Readonly<Record<string, unknown>>;
  /** Captured functions by name, as expressions; they see `captured`, `functions` and one another. */
  readonly helpers: Readonly<Record<string, string>>;
  /** Captured functions that have captured values of their own, or live in a module. */
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  /** What it imports that clients have uploaded. */
  readonly uploads?: Uploads;
  /** Whether it is a class, which reads what it captures as soon as it is made. */
  readonly isClass?: true;
}

/** A function that a module exports. Made by `moduleFunction`. */
export interface ModuleSpec {
  readonly kind: 'module';
  /** An absolute URL, or a bare specifier (`node:path`, `my-package/steps`). */
  readonly url: string;
  /** Name of the export (`default` for the default export). */
  readonly name: string;
  /** What its file said when the function was named (`moduleText`): so keys differ where the text does. */
  readonly text?: string;
  /** Where its specifier names what clients have uploaded. */
  readonly uploads?: Uploads;
}

/** The property of a function that says how it is shipped, where that is not by its own text. */
export const SHIPPED: unique symbol = Symbol.for('tilework.shipped');

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null;

/** Whether a value is a `FunctionSpec`, by its shape (specs are plain data and lose identity when cloned). */
export function isFunctionSpec(x: unknown): x is FunctionSpec {
  if (!isRecord(x)) return false;
  if (x.kind === 'module') return typeof x.url === 'string' && typeof x.name === 'string';
  return (
    x.kind === 'source' &&
    typeof x.source === 'string' &&
    isRecord(x.captured) &&
    isRecord(x.helpers) &&
    isRecord(x.functions)
  );
}

/** A function that cannot be sent to another thread or machine, and why. */
export class UnshippableFunctionError extends TypeError {
  override readonly name = 'UnshippableFunctionError';
  constructor(
    message: string,
    /** Free variables that nothing gives a value, where that is the reason. */
    readonly freeVariables: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
