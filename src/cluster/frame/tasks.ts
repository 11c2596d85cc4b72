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
  InputRead,
  Outcome,
} from '../../frame/distributed/work.js';
import type { Key } from '../../graph/task.js';
import { CommError, parseAddress, RemoteError, type RpcPool } from '../comm/index.js';
import { fetchParts, GoneError, type Wanted } from './fetch.js';
import { Gate } from './gate.js';
import { HeldFrames } from './held.js';
import { late } from './late.js';
import { type FrameResult, isFrameKey } from './result.js';

/** How often a task is given back since nobody has what it reads: until then the scheduler has noticed that a worker is gone. */
const ATTEMPTS = 64;
/** After so many times the scheduler is told of a worker that could not be reached. */
const REPORTED = 5;
/** How long it is kept before it is given back, at first and at most, in milliseconds. */
const FIRST_MS = 50;
const LAST_MS = 5_000;
/** Workers that are asked at once, for one task. */
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
      const found = await this.inputs(task, partsRead(task), holders, copies, signal);
      this.gate ??= new Gate(() => database.atOnce);
      await mkdir(directory, { recursive: true });
      const outcome = await this.gate.through(signal, () =>
        doTask(task, statements(database), {
          database,
          options: { signal },
          directory,
          inputs: found,
          packs: true,
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
      const wanted = [{ key, parts: undefined, scan: 0, directory }];
      const [outcome] = await fetchParts(this.pool, worker, this.isNear(worker), wanted, signal);
      if (!outcome) throw goneError(worker, key);
      await this.held.add(key, directory, outcome);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  private isNear = (worker: string): boolean => parseAddress(worker).host === parseAddress(this.address).host;

  private directoryOf = (scratch: string): string => join(scratch, `frame-${++this.count}`);

  private async inputs(
    { key, inputs }: Pick<FrameTask, 'key' | 'inputs'>,
    reads: ReadonlyMap<number, InputRead>,
    holders: Readonly<Record<Key, readonly string[]>>,
    copies: string,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const found: Outcome[] = [];
    const left: Missing[] = [];
    const own: (readonly [Key, readonly number[], number])[] = [];
    const places: number[] = [];
    for (const [i, input] of inputs.entries()) {
      // A block the engine holds.
      const here = isFrameKey(input) ? this.held.outcome(input) : NO_FILES;
      const { parts, scan } = reads.get(i) ?? NOTHING;
      if (here) {
        found[i] = here;
        own.push([input, [...parts], scan]);
        places.push(i);
      } else {
        const workers = (holders[input] ?? []).filter((worker) => worker !== this.address);
        left.push({
          i,
          key: input,
          parts,
          scan,
          directory: join(copies, String(i)),
          workers,
        });
      }
    }
    try {
      for (const [i, files] of await this.held.unpacked(own, copies))
        found[places[i]!] = { ...found[places[i]!]!, files };
      await this.fetch(left, found, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof InputsLostError) await this.wait(key, error, signal);
      throw error;
    }
    this.lost.delete(key);
    return found;
  }

  /** Has what is missing from workers that hold it: all of a worker at once, and what one does not have any more from the next. */
  private async fetch(missing: readonly Missing[], found: Outcome[], signal: AbortSignal): Promise<void> {
    const gate = new Gate(() => COPIES);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    for (let left = missing; left.length > 0; ) {
      const groups = new Map<string, Missing[]>();
      for (const each of left) {
        const [worker] = each.workers;
        if (worker === undefined) throw lostError(each, holdersOf(missing, each.i));
        groups.set(worker, [...(groups.get(worker) ?? []), each]);
      }
      const fetched = [...groups].map(([worker, wanted]) =>
        gate.through(either, async (): Promise<readonly Missing[]> => {
          const [outcomes, cause] = await this.from(worker, wanted, either);
          const others: Missing[] = [];
          for (const [n, { workers, ...each }] of wanted.entries()) {
            const outcome = outcomes[n];
            if (outcome) found[each.i] = outcome;
            else
              others.push({
                ...each,
                workers: workers.slice(1),
                cause: cause ?? goneError(worker, each.key),
              });
          }
          for (const { directory } of others) await rm(directory, { recursive: true, force: true });
          return others;
        }),
      );
      try {
        left = (await Promise.all(fetched)).flat();
      } catch (error) {
        failed.abort(error);
        await Promise.allSettled(fetched);
        throw error;
      }
    }
  }

  /** What a worker has of what is wanted: nothing where it cannot be reached, or has given something up meanwhile; then also why. */
  private async from(
    worker: string,
    wanted: readonly Missing[],
    signal: AbortSignal,
  ): Promise<readonly [outcomes: readonly (Outcome | undefined)[], cause?: unknown]> {
    try {
      return [await fetchParts(this.pool, worker, this.isNear(worker), wanted, signal)];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GoneError || error instanceof CommError || error instanceof RemoteError))
        throw error;
      return [[], error];
    }
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

/** An input that is not here, and the workers that may have it and have not been asked. */
interface Missing extends Wanted {
  /** Its number among the inputs. */
  readonly i: number;
  readonly workers: readonly string[];
  /** Why the last one that was asked has none. */
  readonly cause?: unknown;
}

const goneError = (worker: string, key: Key): GoneError =>
  new GoneError(`${worker} does not hold ${JSON.stringify(key)}`);

const holdersOf = (missing: readonly Missing[], i: number): readonly string[] =>
  missing.find((each) => each.i === i)!.workers;

function lostError({ key, cause }: Missing, workers: readonly string[]): InputsLostError {
  const asked = workers.length === 0 ? 'no worker holds it' : `asked ${workers.join(', ')}`;
  return new InputsLostError(`${JSON.stringify(key)} cannot be read: ${asked}`, key, cause);
}

const NOTHING: InputRead = { parts: new Set(), scan: 0 };
const NO_FILES: Outcome = { files: [] };
/** Of the first input the first part. */
const FIRST: ReadonlyMap<number, InputRead> = new Map([[0, { parts: new Set([0]), scan: 0 }]]);
