import { compileFunction } from '../../graph/compile-function.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Block, Op, Result } from '../op.js';

/** What calls of one function share. */
export interface CallCommon {
  readonly fn: FunctionSpec;
}

/** The arguments of one call; `{ $input: i }`, at any depth of arrays and plain objects, stands for the i-th input. */
export interface CallParams {
  readonly args: readonly unknown[];
}

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
  args.map((argument) => substitute(argument, inputs));

function substitute(argument: unknown, inputs: readonly Result[]): unknown {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((element) => substitute(element, inputs));
  if (!isPlain(argument)) return argument;
  const { $input } = argument;
  if (typeof $input === 'number') return passed(inputs[$input]!);
  return Object.fromEntries(
    Object.entries(argument).map(([name, value]) => [name, substitute(value, inputs)]),
  );
}

function passed(input: Result): unknown {
  if ('value' in input) return input.value;
  return input.blocks.length === 1 ? input.blocks[0] : input.blocks;
}

/** Copies what a function returns of the blocks it was given: their memory is used again. */
function detached(returned: unknown): unknown {
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
