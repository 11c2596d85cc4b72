import {
  ACTOR_OP,
  type ActorCommon,
  type ActorParams,
  type HandleMark,
  type HostedActors,
} from '../../engine/actors/actors.js';
import { constructionOf } from '../../engine/actors/local.js';
import { TaskError } from '../../engine/index.js';
import type { Key, Task } from '../../graph/task.js';
import { type FrameTasks, InputsLostError, isFrameKey, WithHolders } from '../frame/index.js';
import type { ModuleFiles } from '../modules/index.js';
import {
  decodePayload,
  decodeValue,
  hashOf,
  moduleFunctionsOf,
  moduleKey,
  payloadOf,
  type TaskPayload,
  uploadsIn,
  VALUE_OP,
} from '../wire/index.js';
import { Running } from './running.js';
import type { HeldResult, Instruction, WorkerEvent } from './state/index.js';
import type { Store } from './store.js';
import { seconds } from './time.js';

type Execute = Extract<Instruction, { do: 'execute' }>;

/** The name of what a function throws, as in Dask, to have its task run elsewhere, or later. */
const RESCHEDULE = 'Reschedule';

/** Objects that layers share are kept, as long as so few came after them. */
const COMMONS = 256;

/** Runs tasks in the engine, and ends those that nobody waits for any more. */
export class Executions {
  private readonly running = new Map<Key, Running>();
  private readonly commons = new Map<string, unknown>();

  /** Shared objects whose functions are in modules that were sent, as they are here. */
  private readonly settled = new WeakMap<object, object>();

  constructor(
    private readonly store: Store,
    private readonly frames: FrameTasks,
    private readonly modules: ModuleFiles,
    /** What actors live in, and where others find them. */
    private readonly home: { readonly actors: HostedActors; readonly address: string },
  ) {}

  /** Never rejects: what becomes of the task is the event. */
  async run({ key, runId, spec, priority }: Execute): Promise<WorkerEvent> {
    // The scheduler's numbers begin with the user's, turned round: what the task submits comes before what is as urgent as itself.
    const urgency = Math.max(-100, Math.min(100, Math.round(-(priority[0] ?? 0)) || 0));
    const running = new Running(urgency);
    const { start } = running;
    this.running.set(key, running);
    try {
      const held = await this.start(key, spec, running);
      return { kind: 'execute-done', key, runId, ...held, start, stop: seconds() };
    } catch (error) {
      if (running.aborted) return { kind: 'execute-aborted', key };
      const failure = thrownBy(key, error);
      if (failure instanceof InputsLostError) {
        const { unreachable } = failure;
        return { kind: 'execute-rescheduled', key, ...(unreachable && { unreachable }) };
      }
      if (failure instanceof Error && failure.name === RESCHEDULE)
        return { kind: 'execute-rescheduled', key };
      return { kind: 'execute-failed', key, runId, failure, start, stop: seconds() };
    } finally {
      this.running.delete(key);
    }
  }

  /** A task has begun to submit others, and gives its thread to others meanwhile: the event that says so, where it runs here. */
  seceded(key: Key): WorkerEvent | undefined {
    const running = this.running.get(key);
    return running && { kind: 'execute-seceded', key, duration: seconds() - running.start };
  }

  abort(key: Key): void {
    this.running.get(key)?.abort();
  }

  /** For how many seconds each task has been running. */
  times(): Record<Key, number> {
    const now = seconds();
    return Object.fromEntries([...this.running].map(([key, { start }]) => [key, now - start]));
  }

  /** What each task does, in words: the stack of a thread's JavaScript is not to be had from outside it. */
  descriptions(): Record<Key, string> {
    const now = seconds();
    return Object.fromEntries(
      [...this.running].map(([key, { op, start }]) => [
        key,
        `runs ${op ?? 'nothing yet'} for ${(now - start).toFixed(1)} s, in a thread of Node`,
      ]),
    );
  }

  private start(key: Key, given: unknown, running: Running): Promise<HeldResult> {
    const apart = given instanceof WithHolders ? given : undefined;
    const payload = decodePayload(payloadIn(key, apart?.spec ?? given));
    running.op = payload.op;
    if (isFrameKey(key)) return this.computeFrame(key, payload, apart?.holders ?? {}, running.signal);
    if (payload.op === ACTOR_OP) return this.startActor(key, payload, running.signal);
    if (apart === undefined) return this.compute(key, payload, running);
    return this.frames.read({ key, ...payload }, apart.holders, running.signal, (params) =>
      this.compute(key, { ...payload, inputs: [], params }, running),
    );
  }

  private async computeFrame(
    key: Key,
    payload: TaskPayload,
    holders: WithHolders['holders'],
    signal: AbortSignal,
  ): Promise<HeldResult> {
    const functions = await this.sharedOf(payload);
    // What it reads that is no frame's stays while it is read.
    using _lent = await this.store.lend(payload.inputs.filter((input) => !isFrameKey(input)));
    const value = await this.frames.run({ key, ...payload, functions }, holders, signal);
    return this.store.put(key, { value });
  }

  /** Its result is what others call it by. */
  private async startActor(key: Key, payload: TaskPayload, signal: AbortSignal): Promise<HeldResult> {
    const { inputs } = payload;
    const { actors, address } = this.home;
    const params = payload.params as ActorParams;
    const common = (await this.sharedOf(payload)) as ActorCommon;
    const construction = await (async () => {
      using loan = await this.store.lend(inputs);
      const given = await Promise.all(inputs.map((input) => loan.load(input)));
      return constructionOf({ key, params, common }, given);
    })();
    const handle = await actors.make({ ...construction, retries: 0, signal });
    return this.store.put(key, { value: { $actor: { ...handle, address } } satisfies HandleMark });
  }

  private compute(key: Key, payload: TaskPayload, running: Running): Promise<HeldResult> {
    const { op, inputs, params, out, scratch } = payload;
    if (op === VALUE_OP) return this.store.put(key, { value: params });
    const begin = (common: unknown): Promise<HeldResult> => {
      const task: Task = {
        key,
        op,
        inputs,
        params,
        ...(common !== undefined && { common }),
        ...(out && { out }),
        ...(scratch !== undefined && { scratch }),
      };
      return this.store.compute(task, running.priority, (cancel) => running.begun(cancel));
    };
    if (payload.commonKey !== undefined) return this.sharedOf(payload).then(begin);
    const shared = this.commonOf(payload);
    if (typeof shared !== 'object' || shared === null) return begin(shared);
    // Where it was met before nothing has to be waited for.
    const known = this.settled.get(shared);
    return known === undefined ? this.sharedOf(payload).then(begin) : begin(known);
  }

  /** What a layer's tasks share, as it is used here. */
  private async sharedOf(payload: TaskPayload): Promise<unknown> {
    const { commonKey } = payload;
    const read = (): unknown => this.commonOf(payload);
    const shared = await this.store.reading(commonKey === undefined ? [] : [commonKey], read);
    await this.installUploads(shared);
    return this.settle(shared);
  }

  /** What a layer's tasks share is one object here too: the engine sends it to a thread once, and what it compiles it finds again. */
  private commonOf({ common, commonKey }: TaskPayload): unknown {
    if (commonKey !== undefined) return this.store.valueOf(commonKey);
    if (common === undefined) return undefined;
    const text = Buffer.from(common.buffer, common.byteOffset, common.byteLength).toString('latin1');
    const known = this.commons.has(text) ? this.commons.get(text) : decodeValue(common);
    this.commons.delete(text);
    this.commons.set(text, known);
    if (this.commons.size > COMMONS) this.commons.delete(this.commons.keys().next().value!);
    return known;
  }

  /** Functions import uploads from files of this worker's engine. */
  private async installUploads(common: unknown): Promise<void> {
    for (const hash of uploadsIn(common)) await this.store.install(hash);
  }

  /** Functions of modules that were sent are taken from files of this worker. */
  private async settle(common: unknown): Promise<unknown> {
    if (typeof common !== 'object' || common === null) return common;
    const known = this.settled.get(common);
    if (known !== undefined) return known;
    const sent = moduleFunctionsOf(common).flatMap((fn) => hashOf(fn) ?? []);
    const textOf = (hash: string) => this.store.valueOf(moduleKey(hash)) as string;
    return this.store.reading(sent.map(moduleKey), () => {
      const settled =
        this.settled.get(common) ?? (sent.length > 0 ? this.modules.settle(common, textOf) : common);
      this.settled.set(common, settled);
      return settled;
    });
  }
}

/** What the task itself threw: that it was this task the scheduler knows. Where more is to be told, such as that its thread ended, all of it. */
function thrownBy(key: Key, error: unknown): unknown {
  const own = error instanceof TaskError && error.key === key;
  return own && error.message === new TaskError(key, error.op, error.cause).message ? error.cause : error;
}

function payloadIn(key: Key, spec: unknown): Uint8Array {
  const payload = payloadOf(spec);
  if (payload !== undefined) return payload;
  throw new TypeError(
    `${JSON.stringify(key)} is a task of Python, and this is a worker of Node: run Python's tasks on Python workers, ` +
      'by restrictions (workers=…, or resources that only those have)',
  );
}
