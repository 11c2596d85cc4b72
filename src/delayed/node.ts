import { randomBytes } from 'node:crypto';
import type { Argument, CallParams } from '../engine/ops/call.js';
import { tokenize } from '../graph/key.js';
import { downInto, whyNotCloneable } from '../graph/plain-data.js';
import { snapshot } from '../graph/snapshot.js';
import type { Key, Task } from '../graph/task.js';
import { holderOf, isLazy, LAZY, type LazyInput, replaceLazies } from '../lazy/index.js';

/** What is called, as tasks name it: a function of users (`calleeOf`), or of another language. */
export interface Called {
  readonly name: string;
  /** Of what calls share: the same for the same function. */
  readonly token: string;
  readonly op: string;
  readonly common: object;
}

export interface CallNodeOptions {
  /** What the key begins with. */
  readonly name?: string | undefined;
  /** Whether equal calls are the same work. */
  readonly pure?: boolean | undefined;
  /** The key, in place of one that says what the work is. */
  readonly key?: Key | undefined;
  /** Where alone it may run: a call that may run elsewhere too is other work, else it would wait for the same workers. */
  readonly placed?: object | undefined;
}

/**
 * One call as a node of a graph: what it reads stands in its arguments as `{ $input: i }`.
 *
 * @throws TypeError naming the argument that is no plain data
 */
export function callNode(
  callee: Called,
  values: readonly unknown[],
  { name = callee.name, pure = true, key: chosen, placed }: CallNodeOptions = {},
): LazyInput {
  const inputs: LazyInput[] = [];
  const places = new Map<Key, number>();
  const mark = (input: LazyInput): object => {
    let place = places.get(input.key);
    if (place === undefined) {
      place = inputs.length;
      places.set(input.key, place);
      inputs.push(input);
    }
    return input.as === undefined ? { $input: place } : { $input: place, as: input.as };
  };
  const argument = (value: unknown, i: number): Argument => {
    const marked = replaceLazies(value, (lazy) => mark(lazy[LAZY].input()));
    const holds = !Object.is(marked, value);
    if (holds && (hasMark(value) || '$value' in (value as object)))
      throw new TypeError(
        `${name}: argument ${i + 1} has a property "$input" or "$value", which stand for inputs and for what holds none. Rename it`,
      );
    const why = whyNotCloneable(marked, `argument ${i + 1}`);
    if (why !== undefined) throw new TypeError(`${name}: ${why}. ${REMEDY}`);
    // What holds no input is passed as it is, whatever it looks like.
    const kept = snapshot(marked);
    return !holds && typeof kept === 'object' && kept !== null ? { $value: kept } : kept;
  };
  const args = values.map((value, i) => downInto(`${name}: argument ${i + 1}`, () => argument(value, i)));
  const keys = inputs.map(({ key }) => key);
  const token = (): string =>
    pure
      ? downInto(`${name}: an argument`, () =>
          tokenize([callee.token, args, keys, ...(placed === undefined ? [] : [placed])]),
        )
      : randomBytes(16).toString('hex');
  const task: Task = Object.freeze({
    key: chosen ?? `${name}-${token()}`,
    op: callee.op === 'call' && inputs.some(({ isActor }) => isActor) ? 'futures/call' : callee.op,
    inputs: keys,
    params: Object.freeze({ args } satisfies CallParams),
    common: callee.common,
  });
  return Object.freeze({ key: task.key, engine: holderOf(inputs), inputs, tasks: () => [task] });
}

const REMEDY = 'Pass plain data, and functions by captured';

/** Whether data look like what stands for an input. */
function hasMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isLazy(value) || ArrayBuffer.isView(value)) return false;
  if (value instanceof Map) return hasMark([...value]);
  if (value instanceof Set || Array.isArray(value)) return [...value].some(hasMark);
  return '$input' in value || Object.values(value).some(hasMark);
}
