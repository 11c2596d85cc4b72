import { type Pieces, STEPS } from '../../graph/pieces.js';
import type { Key } from '../../graph/task.js';
import {
  describe,
  EngineError,
  MemoryLimitError,
  type SpillError,
  threadsEnded,
  Uncaught,
} from '../errors.js';
import type { Allocation } from '../memory/arena.js';
import { bytesAltogether } from './admission.js';
import { Core, SPILL, type StateOptions, TARGET } from './core.js';
import { dispatch } from './dispatch.js';
import type { Instruction, Report } from './instructions.js';
import { Intake } from './intake.js';
import { bury, free, letGo, sweep, unhold, unpin } from './lifetimes.js';
import { loaded, loadFailed, serveFetches } from './loading.js';
import { fail, putBack, reject, rejoin, resolve, taken, takeReport } from './outcomes.js';
import type { Place, RunRecord, Submission, TaskRecord, ThreadRecord } from './records.js';
import { makeRoom, spilled, spillFailed } from './spilling.js';
import { submit } from './submit.js';
import { reserve, serveSupplies } from './supplying.js';

/** A task that was running when its thread died so often is not tried again. */
const MAX_DEATHS = 3;
/** What tasks that had seceded are blamed for the end of a thread that was at another. */
const SHARED_BLAME = 0.25;

/**
 * Decides everything in the local engine: events in, instructions out. It has no clock, thread, disk or randomness, so
 * every course of events can be tested by telling it.
 */
export class EngineState {
  readonly core: Core;

  constructor(options: StateOptions) {
    this.core = new Core(options);
  }

  /** Instructions since the last call. */
  take(): readonly Instruction[] {
    const { instructions } = this.core;
    this.core.instructions = [];
    return instructions;
  }

  /**
   * A graph is to be computed. Nothing of it is begun before the next event, `begin` at the latest: graphs that are submitted together share batches. Throws a
   * GraphError where it cannot be computed.
   */
  submitted(submission: Submission): RunRecord {
    const { core } = this;
    core.intake?.finish();
    const run = submit(core, submission);
    if (run.pending === 0) resolve(core, run);
    return run;
  }

  /**
   * The same in pieces, between which there may be other events: for large graphs.
   * @param taken told of the run when it is taken in, which may be at another's request
   * @param steps small steps in a piece
   */
  *submitting(submission: Submission, taken: (run: RunRecord) => void, steps = STEPS): Pieces<RunRecord> {
    const { core } = this;
    core.intake?.finish();
    const told = (run: RunRecord): void => {
      taken(run);
      if (run.pending === 0) resolve(core, run);
    };
    return yield* new Intake(core, submission, told, steps).pieces();
  }

  /** What was submitted is to begin. */
  begin(): void {
    this.pump();
  }

  /** A run is not wanted any more. */
  cancelled(run: RunRecord, reason: unknown): void {
    reject(this.core, run, reason);
    this.pump();
  }

  /** The caller has given up results of a run that had succeeded: one, or all. */
  closed(run: RunRecord, key?: Key): void {
    const { core } = this;
    if (key === undefined) {
      letGo(core, run);
    } else {
      const record = run.held.get(key);
      if (record === undefined) return;
      run.held.delete(key);
      unhold(core, record);
    }
    sweep(core);
    this.pump();
  }

  /** A run's outputs are to stay, under their keys, beyond it. */
  persisted(run: RunRecord): void {
    for (const record of run.held.values()) {
      record.persisted++;
      record.holds++;
    }
    letGo(this.core, run);
  }

  /** A persisted result is given up as often as this is called. */
  released(key: Key): void {
    const { core } = this;
    const record = core.byKey.get(key);
    if (record === undefined || record.persisted === 0) return;
    record.persisted--;
    unhold(core, record);
    sweep(core);
    this.pump();
  }

  /** A thread has done, or will not do, the tasks next in its queue. */
  reported(index: number, reports: readonly Report[]): void {
    const { core } = this;
    const thread = core.runners[index]!;
    for (const report of reports) {
      const sequence = thread.first++;
      const record = thread.queue[thread.head]!;
      thread.head++;
      if (record.thread !== index || record.sequence !== sequence) continue;
      thread.expected -= record.expected;
      if (report.outcome === 'finished') thread.deaths = 0;
      takeReport(core, record, report);
    }
    thread.progressed = true;
    thread.stalled = false;
    if (thread.head === thread.queue.length) {
      thread.queue.length = 0;
      thread.head = 0;
      thread.expected = 0;
    } else if (thread.head > 1024) {
      thread.queue.splice(0, thread.head);
      thread.head = 0;
    }
    sweep(core);
    this.pump();
  }

  /** A thread is done with a task that had seceded. */
  late(index: number, sequence: number, report: Report): void {
    const { core } = this;
    const record = core.runners[index]!.seceded.get(sequence);
    if (record === undefined) return;
    rejoin(core, record);
    takeReport(core, record, report);
    sweep(core);
    this.pump();
  }

  /** A task was taken back from a thread before it began. */
  revoked(index: number, sequence: number): void {
    this.takeBack(this.core.runners[index]!, sequence);
    this.pump();
  }

  /** A batch that was to be sent could not be, for the fault of some of its tasks. The thread will report all as revoked. */
  unsendable(
    index: number,
    sequence: number,
    count: number,
    culprits: readonly { readonly record: TaskRecord; readonly error: Error }[],
  ): void {
    const { core } = this;
    const thread = core.runners[index]!;
    for (let i = 0; i < count; i++) this.takeBack(thread, sequence + i);
    for (const { record, error } of culprits) fail(core, record, error);
    sweep(core);
    this.pump();
  }

  /**
   * A thread has ended.
   * @param running number of the task it was at, -1 where it was at none
   * @param ended it was ended on purpose, so that nobody is to be blamed
   */
  died(index: number, running: number, cause: unknown, ended = false): void {
    const { core } = this;
    const thread = core.runners[index]!;
    const tasks = thread.queue.slice(thread.head);
    const away = [...thread.seceded.values()];
    for (const record of away) rejoin(core, record);
    const { first } = thread;
    thread.started = false;
    thread.first = thread.next;
    thread.queue = [];
    thread.head = 0;
    thread.expected = 0;
    thread.stalled = false;
    tasks.forEach((record, i) => {
      if (record.thread !== index || record.sequence !== first + i) return;
      this.orphaned(record, first + i === running && !ended ? 1 : 0, cause);
    });
    // One of them may have done it, between others.
    for (const record of away) this.orphaned(record, ended ? 0 : running < 0 ? 1 : SHARED_BLAME, cause);
    if (thread === core.here) core.hereFailed = true;
    else if (running < 0 && away.length === 0 && !ended && ++thread.deaths >= MAX_DEATHS) {
      thread.deaths = 0;
      const why = cause instanceof Uncaught ? cause.thrown : cause;
      const error = new EngineError(`threads end before they run a task: ${describe(why)}`, { cause: why });
      for (const run of [...core.runs.values()]) reject(core, run, error);
    }
    sweep(core);
    this.pump();
  }

  /** A result that was supplied is in place. */
  filled(record: TaskRecord, value: unknown): void {
    const { core } = this;
    core.filling--;
    takeReport(core, record, { outcome: 'finished', milliseconds: 0, value });
    sweep(core);
    this.pump();
  }

  /** Memory for a block that is on its way here, until it is supplied or `unreserved`; undefined where memory is not at hand. */
  reserved(bytes: number): Allocation | undefined {
    return reserve(this.core, bytes);
  }

  /** What was reserved is not needed; nothing where it has become a supplied result's. */
  unreserved(allocation: Allocation): void {
    const { core } = this;
    if (!core.reserved.delete(allocation)) return;
    free(core, allocation);
    this.pump();
  }

  /** A place was written to disk. */
  spilled(place: Place): void {
    spilled(this.core, place);
    this.pump();
  }

  spillFailed(place: Place, error: SpillError): void {
    spillFailed(this.core, place, error);
    this.pump();
  }

  /** A place was read back. */
  loaded(place: Place): void {
    loaded(this.core, place);
    this.pump();
  }

  loadFailed(place: Place, error: SpillError): void {
    loadFailed(this.core, place, error);
    sweep(this.core);
    this.pump();
  }

  /** A caller wants a result of a finished run in memory: answered by `fetched`; then it is pinned until `unpinned`. */
  fetch(record: TaskRecord, token: number): void {
    this.core.fetches.push({ record, token, run: undefined });
    this.pump();
  }

  /** A result that is in memory is pinned at once. False: it is on disk. */
  pinned(record: TaskRecord): boolean {
    const state = record.place?.state;
    if (state === 'disk' || state === 'loading') return false;
    record.pins++;
    return true;
  }

  unpinned(record: TaskRecord): void {
    unpin(this.core, record);
    this.pump();
  }

  /** A run has given back an output that was lent to it. */
  delivered(run: RunRecord, record: TaskRecord): void {
    const { core } = this;
    core.lent--;
    unpin(core, record);
    taken(core, run, record);
    sweep(core);
    this.pump();
  }

  /** The process has so many bytes for blocks now. */
  budgeted(bytes: number): void {
    this.core.space.limit = bytes;
    this.pump();
  }

  /** Garbage was collected, and `budgeted` told what that gave. */
  collected(): void {
    this.core.collecting = false;
    this.core.collected = true;
    this.pump();
  }

  /** Some time has passed. */
  ticked(): void {
    for (const thread of this.core.runners) {
      thread.stalled = thread.length > 0 && !thread.progressed;
      thread.progressed = false;
    }
    this.pump();
  }

  private takeBack(thread: ThreadRecord, sequence: number): void {
    const record = thread.queue[thread.head + sequence - thread.first];
    if (record === undefined || record.thread !== thread.index || record.sequence !== sequence) return;
    thread.expected -= record.expected;
    if (record.status === 'sent') {
      putBack(this.core, record);
    } else {
      record.thread = -1;
      bury(this.core, record);
    }
  }

  /** @param blame for the end of its thread: 1 where it was running */
  private orphaned(record: TaskRecord, blame: number, cause: unknown): void {
    const { core } = this;
    if (record.status !== 'sent') {
      record.thread = -1;
      bury(core, record);
      return;
    }
    putBack(core, record);
    record.deaths += blame;
    if (blame === 0 || record.deaths < MAX_DEATHS) return;
    const { key, op } = record.task;
    fail(core, record, threadsEnded(key, op, Math.floor(record.deaths), cause));
  }

  /** Does what can be done now. Ends with something under way, or nothing to do, or an error: never in waiting for nothing. */
  private pump(): void {
    const { core } = this;
    do {
      if (core.runs.size === 0 && core.spilling === 0) core.spillFailure = undefined;
      core.blocked = undefined;
      const served = [serveFetches(core), serveSupplies(core)].every(Boolean);
      dispatch(core);
      const excess = core.space.used - SPILL * core.space.limit;
      if (excess > 0 && core.spillFailure === undefined)
        makeRoom(core, core.space.used - TARGET * core.space.limit, core.blocked);
      if (served && core.blocked === undefined) return;
    } while (!this.isUnderWay() && this.resolveStandstill());
  }

  private isUnderWay(): boolean {
    const { core } = this;
    if (core.collecting || core.reserved.size > 0) return true;
    if (core.spilling + core.loading + core.lent + core.filling > 0) return true;
    return core.runners.some((thread) => thread.length > 0);
  }

  /** Nothing is under way and something waits for memory: moves what it could not before, or fails it. */
  private resolveStandstill(): boolean {
    const { core } = this;
    const fetch = core.fetches[0];
    const record = fetch?.record ?? core.blocked!;
    const needed = fetch === undefined ? bytesAltogether(core, record) : record.place!.bytes;
    // What was kept for the task itself, or for neighbours, goes too: that mends fragmentation.
    const before = core.spilling;
    if (makeRoom(core, Number.POSITIVE_INFINITY, undefined) > 0 || core.spilling > before) return true;
    if (core.spillFailure === undefined && this.collectFor(needed)) return true;
    const error = core.spillFailure ?? this.doesNotFit(record, needed);
    if (fetch === undefined) {
      fail(core, record, error);
    } else {
      core.fetches.shift();
      if (fetch.run === undefined) core.emit({ do: 'fetched', token: fetch.token, error });
      else reject(core, fetch.run, error);
    }
    sweep(core);
    return true;
  }

  /** Where other memory has grown into what blocks need, and that was not tried just now, lets garbage be collected. */
  private collectFor(needed: number): boolean {
    const { core } = this;
    const { budget } = core.options;
    if (core.collected || core.space.limit >= budget || needed > budget) return false;
    core.collecting = true;
    core.emit({ do: 'collect' });
    return true;
  }

  private doesNotFit(record: TaskRecord, needed: number): MemoryLimitError {
    const { core } = this;
    const { key, op } = record.task;
    const { limit, largest, used } = core.space;
    const held = used > 0 ? `, of which ${used} are held by results not released` : '';
    return new MemoryLimitError(
      `task ${JSON.stringify(key)} (${op}) needs ${needed} bytes of blocks at once; the memory limit of ` +
        `${core.options.memoryLimit} bytes leaves ${Math.min(limit, largest)} for blocks${held}: ` +
        'use smaller chunks or a larger memoryLimit',
      needed,
      Math.min(limit, largest),
      key,
      op,
    );
  }
}
