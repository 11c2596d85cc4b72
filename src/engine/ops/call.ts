import { compileFunction } from '../../graph/compile-function.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Block, Op, Result } from '../op.js';

/** What calls of one function share. */
export interface CallCommon {
  readonly fn: FunctionSpec;
}

/** The arguments of one call. */
export interface CallParams {
  readonly args: readonly Argument[];
}

/**
 * An argument: `{ $value: v }` stands for v, untouched; elsewhere `{ $input: i }`, at any depth of arrays, plain objects, Maps and Sets,
 * stands for the i-th input, and with `as` for the data, or the one element, of an input that is a block.
 */
export type Argument = unknown;

type As = 'data' | 'element';

/**
 * The operation `call`: calls a user's function, and yields what it returns, as a plain value. An input that is a block
 * is passed as `{ dtype, shape, data }`, several blocks as an array of these. `data` is a view that is valid during the call.
 */
export const call: Op<CallParams, CallCommon> = ({ common, params, inputs }) => {
  const present = ready.get(common.fn);
  if (present !== undefined) return detached(present(...fill(params.args, inputs)));
  return compileFunction(common.fn).then((fn) => {
    ready.set(common.fn, fn);
    return detached(fn(...fill(params.args, inputs)));
  });
};

type Callable = (...args: unknown[]) => unknown;

const ready = new WeakMap<FunctionSpec, Callable>();

const fill = (args: readonly unknown[], inputs: readonly Result[]): unknown[] =>
  args.map((argument) => {
    const literal = typeof argument === 'object' && argument !== null && '$value' in argument;
    return literal ? argument.$value : substitute(argument, inputs);
  });

function substitute(argument: unknown, inputs: readonly Result[]): unknown {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((element) => substitute(element, inputs));
  if (argument instanceof Map)
    return new Map([...argument].map(([key, value]) => [substitute(key, inputs), substitute(value, inputs)]));
  if (argument instanceof Set) return new Set([...argument].map((element) => substitute(element, inputs)));
  if (!isPlain(argument)) return argument;
  const { $input, as } = argument;
  if (typeof $input === 'number') return passed(inputs[$input]!, as as As | undefined);
  return Object.fromEntries(
    Object.entries(argument).map(([name, value]) => [name, substitute(value, inputs)]),
  );
}

/** A result as a function gets it. */
export function passed(input: Result, as?: As): unknown {
  if ('value' in input) return input.value;
  if (as !== undefined) return as === 'data' ? input.blocks[0]!.data : elementOf(input.blocks[0]!);
  return input.blocks.length === 1 ? input.blocks[0] : input.blocks;
}

function elementOf({ dtype, data }: Block): number | bigint | boolean {
  const element = data[0]!;
  if (dtype === 'bool') return element !== 0;
  const safe = typeof element === 'bigint' && element >= -(2n ** 53n) && element <= 2n ** 53n;
  return safe ? Number(element) : element;
}

/** Copies blocks in what is to last: their memory is used again. */
export function detached(returned: unknown): unknown {
  if (typeof returned !== 'object' || returned === null) return returned;
  if (returned instanceof Promise) return returned.then(detached);
  if (ArrayBuffer.isView(returned)) return isShared(returned) ? copyOf(returned) : returned;
  if (Array.isArray(returned)) return returned.some(mayHold) ? returned.map(detached) : returned;
  if (!isPlain(returned) || !Object.values(returned).some(mayHold)) return returned;
  return Object.fromEntries(Object.entries(returned).map(([name, value]) => [name, detached(value)]));
}

const mayHold = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isShared = (view: ArrayBufferView): boolean => view.buffer instanceof SharedArrayBuffer;

const copyOf = (view: ArrayBufferView): unknown => (view as Block['data']).slice();

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
