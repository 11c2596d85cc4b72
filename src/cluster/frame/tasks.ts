import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalEngine } from '../../engine/index.js';
import type {
  Database,
  Flat,
  FrameTask,
  Functions,
  HeldBlockParams,
  Outcome,
} from '../../frame/distributed/work.js';
import type { Key } from '../../graph/task.js';
import { CommError, RemoteError, type RpcPool } from '../comm/index.js';
import { fetchParts, GoneError } from './fetch.js';
import { Gate } from './gate.js';
import { HeldFrames } from './held.js';
import { type FrameResult, isFrameKey } from './result.js';

/** How often a task is given back since nobody has what it reads: until then the scheduler has noticed that a worker is gone. */
const ATTEMPTS = 64;
/** After so many times the scheduler is told of a worker that could not be reached. */
const REPORTED = 5;
/** How long it is kept before it is given back, at first and at most, in milliseconds. */
const FIRST_MS = 50;
const LAST_MS = 5_000;
/** Inputs that are copied here at once, for one task. */
const COPIES = 4;

/** Whoever held what a task reads is gone: the scheduler is to think again. */
export class InputsLostError extends Error {
  override readonly name = 'InputsLostError';
  /** The input, and a worker that holds it and could not be reached, again and again. */
  unreachable?: { readonly key: Key; readonly peer: string };

  constructor(
    message: string,
    readonly input: Key,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** A task of a frame's graph as it was sent. */
export interface SentFrameTask {
  readonly key: Key;
  readonly op: string;
  readonly inputs: readonly Key[];
  readonly params: unknown;
  /** The functions of users that it calls. */
  readonly functions: unknown;
}

/**
 * Does tasks of frames in this process, by DuckDB, and holds what they leave. Of what other workers hold, a task has only the parts that it reads copied
 * here, and only while it runs.
 */
export class FrameTasks {
  readonly held = new HeldFrames();
  private readonly lost = new Map<Key, number>();
  private gate: Gate | undefined;
  private count = 0;
  private running = 0;
  private database: Database | undefined;

  constructor(
    private readonly engine: LocalEngine,
    private readonly pool: RpcPool,
    /** Where this worker listens. */
    private readonly address: string,
  ) {}

  /** While tasks run, what DuckDB may hold: it keeps a limit of its own, and goes to disk at it. */
  get bytes(): number {
    return this.running > 0 ? (this.database?.mayHold ?? 0) : 0;
  }

  /** Has DuckDB give back what it does not need, between tasks. */
  async giveBack(): Promise<void> {
    if (this.running === 0) await this.database?.giveBack().catch(() => {});
  }

  /**
   * Does a task.
   *
   * @param holders which workers hold its inputs
   * @throws InputsLostError where none of them does, any more; what goes wrong in the task
   */
  async run(
    { key, op, inputs, params, functions }: SentFrameTask,
    holders: Readonly<Record<Key, readonly string[]>>,
    signal: AbortSignal,
  ): Promise<FrameResult> {
    const { Database, doTask, partsRead, statements, unflatten } = await late();
    const task = { key, op, inputs, params: unflatten(params as Flat, functions as Functions) } as FrameTask;
    const database = Database.of(this.engine);
    this.database = database;
    const directory = this.directoryOf(database.scratch());
    const copies = this.directoryOf(database.scratch());
    this.running++;
    try {
      const parts = partsRead(task);
      const found = await this.inputs(task, parts, holders, copies, signal);
      this.gate ??= new Gate(() => database.atOnce);
      await mkdir(directory, { recursive: true });
      const outcome = await this.gate.through(signal, () =>
        doTask(task, statements(database), {
          database,
          options: { signal },
          directory,
          inputs: found,
        }),
      );
      signal.throwIfAborted();
      return await this.held.add(key, directory, outcome);
    } catch (error) {
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      throw error;
    } finally {
      this.running--;
      await rm(copies, { recursive: true, force: true });
    }
  }

  /**
   * Has a task done that makes something else of rows that a task of a frame left (its only input): a block of an array, or a plain value.
   *
   * @param make makes it, with parameters that say where the file is
   */
  async read<T>(
    { key, op, inputs, params }: Pick<SentFrameTask, 'key' | 'op' | 'inputs' | 'params'>,
    holders: Readonly<Record<Key, readonly string[]>>,
    signal: AbortSignal,
    make: (params: unknown) => Promise<T>,
  ): Promise<T> {
    const { blockIn, Database } = await late();
    const copies = this.directoryOf(Database.of(this.engine).scratch());
    try {
      const [rows] = await this.inputs({ key, inputs }, FIRST, holders, copies, signal);
      const file = rows!.files[0]![0]!;
      return await make(op === 'frame/to-block' ? blockIn(file, params as HeldBlockParams) : { file });
    } finally {
      await rm(copies, { recursive: true, force: true });
    }
  }

  /** Holds what another worker holds: all of its files are copied. */
  async copy(key: Key, worker: string, signal: AbortSignal): Promise<void> {
    if (this.held.outcome(key)) return;
    const { Database } = await late();
    const directory = this.directoryOf(Database.of(this.engine).scratch());
    try {
      const { outcome } = await fetchParts(this.pool, worker, key, undefined, directory, signal);
      await this.held.add(key, directory, outcome);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  private directoryOf = (scratch: string): string => join(scratch, `frame-${++this.count}`);

  private async inputs(
    { key, inputs }: Pick<FrameTask, 'key' | 'inputs'>,
    parts: ReadonlyMap<number, ReadonlySet<number>>,
    holders: Readonly<Record<Key, readonly string[]>>,
    copies: string,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const found: Outcome[] = [];
    const gate = new Gate(() => COPIES);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const copied = inputs.map(async (input, i) => {
      if (!isFrameKey(input)) {
        // A block, which the engine holds.
        found[i] = NO_FILES;
        return;
      }
      const here = this.held.outcome(input);
      const wanted = parts.get(i) ?? NOTHING;
      found[i] =
        here ??
        (await gate.through(either, () =>
          this.fetch(input, wanted, holders[input] ?? [], join(copies, String(i)), either),
        ));
    });
    try {
      await Promise.all(copied);
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(copied);
      signal.throwIfAborted();
      if (error instanceof InputsLostError) await this.wait(key, error, signal);
      throw error;
    }
    this.lost.delete(key);
    return found;
  }

  private async fetch(
    key: Key,
    parts: ReadonlySet<number>,
    workers: readonly string[],
    directory: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    let cause: unknown;
    for (const worker of workers) {
      if (worker === this.address) continue;
      try {
        return (await fetchParts(this.pool, worker, key, parts, directory, signal)).outcome;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof GoneError || error instanceof CommError || error instanceof RemoteError))
          throw error;
        cause = error;
      }
    }
    const asked = workers.length === 0 ? 'no worker holds it' : `asked ${workers.join(', ')}`;
    throw new InputsLostError(`${JSON.stringify(key)} cannot be read: ${asked}`, key, cause);
  }

  /** Before a task is given back: longer each time. Throws what is wrong when that was too often. */
  private async wait(key: Key, error: InputsLostError, signal: AbortSignal): Promise<void> {
    const times = (this.lost.get(key) ?? 0) + 1;
    this.lost.set(key, times);
    if (times > ATTEMPTS) {
      this.lost.delete(key);
      throw new Error(`${error.message}, ${times} times; last: ${String(error.cause)}`, {
        cause: error.cause,
      });
    }
    const { input, cause } = error;
    if (times >= REPORTED && cause instanceof CommError)
      error.unreachable = { key: input, peer: cause.address };
    await pause(Math.min(LAST_MS, FIRST_MS * 2 ** (times - 1)), undefined, { signal });
  }
}

const NOTHING: ReadonlySet<number> = new Set();
const NO_FILES: Outcome = { files: [] };
/** Of the first input the first part. */
const FIRST: ReadonlyMap<number, ReadonlySet<number>> = new Map([[0, new Set([0])]]);

let loaded: Promise<typeof import('../../frame/distributed/work.js')> | undefined;

/** DuckDB, and what makes statements for it, are loaded when the first task of a frame comes. */
const late = (): Promise<typeof import('../../frame/distributed/work.js')> => {
  loaded ??= import('../../frame/distributed/work.js');
  return loaded;
};
