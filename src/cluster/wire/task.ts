import { tokenize } from '../../graph/key.js';
import type { BlockMeta, Key, Task } from '../../graph/task.js';
import { WireError } from './errors.js';
import { Pickled } from './messages.js';
import { hashOf, moduleFunctionsOf, moduleKey, uploadKey, uploadsIn } from './modules.js';
import { decodeValue, encodeValue } from './values.js';

/** The operation of a task whose result is its `params`. */
export const VALUE_OP = 'cluster/value';

/** What all tasks of a layer share travels with each of them while its encoding is at most so long; else it is a task of its own. */
const INLINE_BYTES = 2048;

/** A task as a worker receives it. */
export interface TaskPayload {
  readonly v: 1;
  readonly op: string;
  /** Keys of the results that it reads, in the order the operation expects; one may come twice. */
  readonly inputs: readonly Key[];
  readonly params: unknown;
  /** What its layer shares, encoded: a worker that has read it once knows it again by its bytes. */
  readonly common?: Uint8Array;
  /** The task whose value that is, where it is not inlined. */
  readonly commonKey?: Key;
  readonly out?: readonly BlockMeta[];
  readonly scratch?: number;
  readonly work?: number;
}

/** A task as the scheduler gets it: what to wait for, and what only the worker reads. */
export interface ScheduledTask {
  readonly key: Key;
  /** Without repetitions: inputs, the task of `common`, and those of modules and uploads that its functions are in. */
  readonly dependencies: readonly Key[];
  readonly payload: Uint8Array;
}

export function encodePayload(payload: TaskPayload): Uint8Array {
  return encodeValue(payload);
}

/**
 * @throws WireError where the bytes are no task, or one of another version
 */
export function decodePayload(bytes: Uint8Array): TaskPayload {
  const payload = decodeValue(bytes) as Partial<TaskPayload> | null;
  if (typeof payload !== 'object' || payload === null || typeof payload.op !== 'string')
    throw new WireError('a task that tilework did not write');
  if (payload.v !== 1)
    throw new WireError(
      `a task of version ${String(payload.v)}, and this is version 1: use one version of tilework for clients and workers`,
    );
  if (!Array.isArray(payload.inputs)) throw new WireError('a task without a list of its inputs');
  return payload as TaskPayload;
}

/** In the pickle of every task of ours: the text that a Python worker would show (deploy/scheduler/tilework_scheduler.py). */
const MARK = 'tilework-task';

/** The payload of a task as the scheduler brings it, by itself or beside a pickle (`run_spec`), in which nothing else is read; undefined where it is a task for Python. */
export function payloadOf(runSpec: unknown): Uint8Array | undefined {
  if (runSpec instanceof Uint8Array) return runSpec;
  if (!(runSpec instanceof Pickled)) return undefined;
  const { pickle, buffers } = runSpec;
  const text = Buffer.from(pickle.buffer, pickle.byteOffset, pickle.byteLength);
  return text.includes(MARK) ? buffers[0] : undefined;
}

/** Encodes tasks of one graph; what layers share is encoded once. */
export class TaskEncoder {
  private readonly commons = new Map<unknown, CommonPart>();

  /**
   * The task, preceded by the one that holds what its layer shares where that is long and comes for the first time.
   * @throws TypeError naming the task and the part of it that cannot be sent
   */
  encode(task: Task): ScheduledTask[] {
    const { key, op, inputs, params, common, out, scratch, work } = task;
    try {
      const shared = common === undefined ? undefined : this.sharedPart(common);
      const payload = encodePayload({
        v: 1,
        op,
        inputs,
        params,
        ...(shared && (shared.task ? { commonKey: shared.task.key } : { common: shared.encoded })),
        ...(out && { out }),
        ...(scratch !== undefined && { scratch }),
        ...(work !== undefined && { work }),
      });
      const dependencies = new Set(inputs);
      const encoded: ScheduledTask[] = [];
      for (const module of shared?.modules ?? []) dependencies.add(module);
      if (shared?.task) {
        dependencies.add(shared.task.key);
        if (!shared.sent) encoded.push(shared.task);
        shared.sent = true;
      }
      encoded.push({ key, dependencies: [...dependencies], payload });
      return encoded;
    } catch (cause) {
      throw new TypeError(`task ${JSON.stringify(key)} (${op}): ${(cause as Error).message}`, { cause });
    }
  }

  private sharedPart(common: unknown): CommonPart {
    const known = this.commons.get(common);
    if (known !== undefined) return known;
    const encoded = encodeValue(common);
    const part: CommonPart = {
      encoded,
      task: encoded.length <= INLINE_BYTES ? undefined : taskOf(common),
      modules: [
        ...moduleFunctionsOf(common)
          .flatMap((fn) => hashOf(fn) ?? [])
          .map(moduleKey),
        ...uploadsIn(common).map(uploadKey),
      ],
      sent: false,
    };
    this.commons.set(common, part);
    return part;
  }
}

/** The task whose value is what a layer shares. */
function taskOf(common: unknown): ScheduledTask {
  const payload = encodePayload({ v: 1, op: VALUE_OP, inputs: [], params: common });
  return { key: `common-${tokenize(payload)}`, dependencies: [], payload };
}

interface CommonPart {
  readonly encoded: Uint8Array;
  readonly task: ScheduledTask | undefined;
  readonly modules: readonly Key[];
  sent: boolean;
}
