import { compileFunction } from '../../graph/compile-function.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { detached } from '../detached.js';
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
  if (present !== undefined) return lasting(present(...fill(params.args, inputs)));
  return compileFunction(common.fn).then((fn) => {
    ready.set(common.fn, fn);
    return lasting(fn(...fill(params.args, inputs)));
  });
};

type Callable = (...args: unknown[]) => unknown;

const ready = new WeakMap<FunctionSpec, Callable>();

/** Arguments with inputs in the places that stand for them. */
export const fill = (args: readonly unknown[], inputs: readonly Result[]): unknown[] =>
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

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What a function returned, now or later, without the memory that it was lent. */
const lasting = (returned: unknown): unknown =>
  returned instanceof Promise ? returned.then(detached) : detached(returned);
