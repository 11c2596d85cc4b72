import { SpillError } from '../../../src/engine/errors.js';
import type { Allocation } from '../../../src/engine/memory/arena.js';
import type { StateOptions } from '../../../src/engine/state/core.js';
import type { Instruction, Report } from '../../../src/engine/state/instructions.js';
import type { Place, RunRecord, TaskRecord } from '../../../src/engine/state/records.js';
import { EngineState } from '../../../src/engine/state/state.js';
import type { BlockMeta, Task } from '../../../src/graph/task.js';

/** What a task of the model does when it runs: secedes each time, throws so often, kills its thread so often, then succeeds. */
export interface Behaviour {
  readonly secedes?: boolean;
  throws: number;
  kills: number;
}

interface Range {
  readonly arena: number;
  readonly start: number;
  readonly end: number;
}

type ModelInput =
  | { readonly from: 'value' }
  | { readonly from: 'ahead'; readonly index: number }
  | {
      readonly from: 'memory';
      readonly at: Range;
      readonly content: string;
      readonly copy: Range | undefined;
    };

interface Sent {
  readonly sequence: number;
  readonly key: string;
  readonly batch: (string | undefined)[];
  readonly index: number;
  readonly inputs: readonly ModelInput[];
  readonly out: Range | undefined;
  readonly scratch: Range | undefined;
}

interface ModelThread {
  queue: Sent[];
  current: Sent | undefined;
  reports: Report[];
  /** Tasks that have seceded. */
  away: Sent[];
  begun: Set<number>;
  revoked: Set<number>;
  /** Tasks nobody waits for that it has begun. */
  abandoned: Set<number>;
}

const emptyThread = (): ModelThread => ({
  queue: [],
  current: undefined,
  reports: [],
  away: [],
  begun: new Set(),
  revoked: new Set(),
  abandoned: new Set(),
});

/**
 * A world for the state: threads that take one step at a time, a disk, and memory of which only the meaning is kept: what
 * was last written where. Every read is checked against it, so memory that is used again too early is found.
 */
export class World {
  readonly state: EngineState;
  readonly settled = new Map<RunRecord, 'resolved' | { readonly error: unknown }>();
  readonly fetched = new Map<number, Error | undefined>();
  /** Runs of each task that ended in success. */
  readonly finished = new Map<string, number>();
  peak = 0;
  /** Tasks sent to the main thread. */
  sentHere = 0;
  diskFull = false;
  /** Whether the main thread may turn out to be unable to run tasks, before its first. */
  hereFails = false;
  private readonly threads: ModelThread[];
  private readonly memory: (Range & { readonly content: string })[] = [];
  private readonly files = new Map<number, string>();
  private readonly writes: Place[] = [];
  private readonly reads: Place[] = [];
  private readonly loans: { readonly run: RunRecord; readonly record: TaskRecord }[] = [];

  constructor(
    options: StateOptions,
    private readonly behaviours: ReadonlyMap<string, Behaviour>,
  ) {
    this.state = new EngineState(options);
    this.threads = this.state.core.runners.map(emptyThread);
  }

  /** What could happen next, beside what callers do. */
  possible(): (() => void)[] {
    const actions: (() => void)[] = [];
    for (const [index, thread] of this.threads.entries()) {
      if (thread.current !== undefined) actions.push(() => this.end(index, thread));
      else if (thread.queue.length > 0) actions.push(() => this.begin(thread));
      if (this.hereFails && this.isHere(index) && thread.queue.length > 0 && thread.begun.size === 0)
        actions.push(() => this.die(index, thread));
      if (thread.reports.length > 0) actions.push(() => this.report(index, thread));
      else for (const task of thread.away) actions.push(() => this.endLate(index, thread, task));
      if (
        thread.current !== undefined &&
        !this.isHere(index) &&
        thread.abandoned.has(thread.current.sequence)
      )
        actions.push(() => this.die(index, thread, true));
    }
    for (const place of this.writes) actions.push(() => this.written(place));
    for (const place of this.reads) actions.push(() => this.read(place));
    for (const loan of this.loans) actions.push(() => this.giveBack(loan));
    return actions;
  }

  get filesLeft(): number {
    return this.files.size;
  }

  /** What a finished result that is in memory holds. */
  contentOf(record: TaskRecord): string | undefined {
    return this.contentAt(rangeOf(record.place!.allocation!, record.place!.bytes));
  }

  carryOut(): void {
    let count = 0;
    for (let todo = this.state.take(); todo.length > 0; todo = this.state.take()) {
      count += todo.length;
      if (count > 100_000) throw new Error('the instructions do not end');
      for (const instruction of todo) this.perform(instruction);
    }
    const { touched, limit } = this.state.core.space;
    if (touched > limit) throw new Error(`${touched} bytes were touched, of ${limit}`);
    this.peak = Math.max(this.peak, touched);
  }

  private perform(instruction: Instruction): void {
    switch (instruction.do) {
      case 'run':
        this.take(instruction.thread, instruction.sequence, instruction.tasks);
        break;
      case 'revoke': {
        const { thread, sequence, abandoned } = instruction;
        const model = this.threads[thread]!;
        if (!model.begun.has(sequence)) {
          model.revoked.add(sequence);
          this.state.revoked(thread, sequence);
        } else if (abandoned) {
          model.abandoned.add(sequence);
        }
        break;
      }
      case 'spill':
        this.writes.push(instruction.place);
        break;
      case 'load':
        if (!this.files.has(instruction.place.id)) throw new Error('a file is read that does not exist');
        this.reads.push(instruction.place);
        break;
      case 'unlink':
        if (!this.files.delete(instruction.place.id))
          throw new Error('a file is removed that does not exist');
        break;
      case 'deliver':
        this.checkResult(instruction.record);
        this.loans.push(instruction);
        break;
      case 'fetched':
        this.fetched.set(instruction.token, instruction.error);
        break;
      case 'resolve':
        this.settle(instruction.run, 'resolved');
        break;
      case 'reject':
        this.settle(instruction.run, { error: instruction.error });
        break;
      case 'fill':
        this.fill(instruction.record);
        break;
      case 'desert':
        if (!this.threads[instruction.thread]!.away.some(({ sequence }) => sequence === instruction.sequence))
          throw new Error('a task is deserted that is not there');
        break;
      case 'start':
      case 'arena':
      case 'forgetLayer':
        break;
    }
  }

  /** A result from elsewhere is put in place, at once. */
  private fill(record: TaskRecord): void {
    const { key } = record.task;
    if (record.place !== undefined) this.write(rangeOf(record.place.allocation!, record.place.bytes), key);
    this.finished.set(key, (this.finished.get(key) ?? 0) + 1);
    this.state.filled(record, key);
  }

  private settle(run: RunRecord, outcome: 'resolved' | { readonly error: unknown }): void {
    if (this.settled.has(run)) throw new Error(`run ${run.id} settled twice`);
    this.settled.set(run, outcome);
  }

  private take(index: number, sequence: number, tasks: readonly TaskRecord[]): void {
    const thread = this.threads[index]!;
    if (this.isHere(index)) this.checkLittle(tasks);
    const batch: (string | undefined)[] = new Array(tasks.length).fill(undefined);
    for (const [i, record] of tasks.entries()) {
      const { place, scratch } = record;
      thread.queue.push({
        sequence: sequence + i,
        key: record.task.key,
        batch,
        index: i,
        inputs: record.inputs.map((input) => this.inputOf(record, input, tasks)),
        out: place && rangeOf(place.allocation!, place.bytes),
        scratch: scratch && rangeOf(scratch, record.task.scratch!),
      });
      this.checkOneArena(record);
    }
  }

  /** The main thread, which cannot die alone. */
  private isHere(index: number): boolean {
    return index === this.state.core.here?.index;
  }

  private checkLittle(tasks: readonly TaskRecord[]): void {
    this.sentHere += tasks.length;
    for (const { task } of tasks)
      if (task.work === undefined) throw new Error(`${task.key}, which may wait, is sent to the main thread`);
    if (this.state.core.threads.some(({ started }) => started))
      throw new Error('the main thread is sent tasks while threads run');
  }

  private inputOf(record: TaskRecord, input: TaskRecord, tasks: readonly TaskRecord[]): ModelInput {
    if (input.status !== 'done') {
      if (tasks[input.batchIndex] !== input)
        throw new Error(
          `${record.task.key} is sent, but its input ${input.task.key} (${input.status}) is nowhere`,
        );
      return { from: 'ahead', index: input.batchIndex };
    }
    if (input.place === undefined) return { from: 'value' };
    if (input.place.state !== 'memory' && input.place.state !== 'spilling')
      throw new Error(`${record.task.key} is sent while its input is on its way (${input.place.state})`);
    const copy = record.staged.find((staged) => staged.input === input);
    return {
      from: 'memory',
      at: rangeOf(input.place.allocation!, input.place.bytes),
      content: input.task.key,
      copy: copy && rangeOf(copy.allocation, input.place.bytes),
    };
  }

  private checkOneArena(record: TaskRecord): void {
    const arenas = new Set<number>();
    const add = (allocation: Allocation | undefined): unknown =>
      allocation && arenas.add(allocation.arena.index);
    add(record.place?.allocation);
    add(record.scratch);
    for (const input of record.inputs)
      add(record.staged.find((copy) => copy.input === input)?.allocation ?? input.place?.allocation);
    if (arenas.size > 1) throw new Error(`the blocks of ${record.task.key} lie in several arenas`);
  }

  private begin(thread: ModelThread): void {
    const task = thread.queue.shift()!;
    if (thread.revoked.has(task.sequence)) {
      thread.reports.push({ outcome: 'revoked' });
      return;
    }
    thread.begun.add(task.sequence);
    if (task.inputs.some((input) => input.from === 'ahead' && task.batch[input.index] === undefined)) {
      thread.reports.push({ outcome: 'skipped' });
      return;
    }
    this.checkInputs(task);
    thread.current = task;
  }

  private checkInputs(task: Sent): void {
    for (const input of task.inputs) {
      if (input.from !== 'memory') continue;
      const found = this.contentAt(input.at);
      if (found !== input.content)
        throw new Error(`${task.key} reads ${found} where ${input.content} should be`);
      if (input.copy !== undefined) this.write(input.copy, `copy of ${input.content}`);
    }
  }

  private end(index: number, thread: ModelThread): void {
    const task = thread.current!;
    const behaviour = this.behaviours.get(task.key);
    if (behaviour?.secedes && !this.isHere(index)) {
      thread.current = undefined;
      thread.away.push(task);
      thread.reports.push({ outcome: 'seceded' });
      return;
    }
    if (behaviour !== undefined && behaviour.kills > 0 && !this.isHere(index)) {
      behaviour.kills--;
      this.die(index, thread);
      return;
    }
    thread.current = undefined;
    const report = this.outcomeOf(task);
    if (report.outcome === 'finished') task.batch[task.index] = task.key;
    thread.reports.push(report);
  }

  private endLate(index: number, thread: ModelThread, task: Sent): void {
    thread.away.splice(thread.away.indexOf(task), 1);
    this.state.late(index, task.sequence, this.outcomeOf(task));
    this.carryOut();
  }

  private outcomeOf(task: Sent): Report {
    const behaviour = this.behaviours.get(task.key);
    // What it read must still be there when it ends.
    for (const input of task.inputs)
      if (input.from === 'memory' && input.copy === undefined && this.contentAt(input.at) !== input.content)
        throw new Error(`an input of ${task.key} was overwritten while it ran`);
    if (task.scratch !== undefined) this.write(task.scratch, `scratch of ${task.key}`);
    if (behaviour !== undefined && behaviour.throws > 0) {
      behaviour.throws--;
      return { outcome: 'failed', error: new Error(task.key) };
    }
    if (task.out !== undefined) this.write(task.out, task.key);
    this.finished.set(task.key, (this.finished.get(task.key) ?? 0) + 1);
    return { outcome: 'finished', milliseconds: 0.01, value: task.key };
  }

  private report(index: number, thread: ModelThread): void {
    const { reports } = thread;
    thread.reports = [];
    this.state.reported(index, reports);
    this.carryOut();
  }

  private die(index: number, thread: ModelThread, onPurpose = false): void {
    const running = thread.current?.sequence ?? -1;
    // What it had not said is lost.
    this.threads[index] = emptyThread();
    this.state.died(index, running, new Error('the thread died'), onPurpose);
    this.carryOut();
  }

  private written(place: Place): void {
    this.writes.splice(this.writes.indexOf(place), 1);
    if (this.diskFull) {
      this.state.spillFailed(place, new SpillError('the disk is full', '/nowhere'));
    } else {
      const content = this.contentAt(rangeOf(place.allocation!, place.bytes));
      if (content !== place.record.task.key)
        throw new Error(`${content} is spilled as ${place.record.task.key}`);
      this.files.set(place.id, content);
      this.state.spilled(place);
    }
    this.carryOut();
  }

  private read(place: Place): void {
    this.reads.splice(this.reads.indexOf(place), 1);
    this.write(rangeOf(place.allocation!, place.bytes), this.files.get(place.id)!);
    this.state.loaded(place);
    this.carryOut();
  }

  private giveBack(loan: { readonly run: RunRecord; readonly record: TaskRecord }): void {
    this.loans.splice(this.loans.indexOf(loan), 1);
    this.checkResult(loan.record);
    this.state.delivered(loan.run, loan.record);
    this.carryOut();
  }

  private checkResult(record: TaskRecord): void {
    if (record.place === undefined) return;
    const content = this.contentOf(record);
    if (content !== record.task.key) throw new Error(`${record.task.key} is delivered as ${content}`);
  }

  private write(range: Range, content: string): void {
    for (let i = this.memory.length - 1; i >= 0; i--)
      if (overlap(this.memory[i]!, range)) this.memory.splice(i, 1);
    this.memory.push({ ...range, content });
  }

  private contentAt(range: Range): string {
    const found = this.memory.filter((written) => overlap(written, range));
    return found.length === 1 && found[0]!.start === range.start ? found[0]!.content : 'garbage';
  }
}

function rangeOf(allocation: Allocation, bytes: number): Range {
  const { address, arena } = allocation;
  return { arena: arena.index, start: address, end: address + Math.max(1, bytes) };
}

const overlap = (a: Range, b: Range): boolean => a.arena === b.arena && a.start < b.end && b.start < a.end;

/** A block of so many bytes. */
export const block = (bytes: number): BlockMeta => ({ dtype: 'uint8', shape: [bytes] });

/** A task of the model. */
export const task = (
  key: string,
  inputs: readonly string[],
  more: {
    readonly bytes?: number;
    readonly scratch?: number;
    readonly op?: string;
    readonly work?: number;
  } = {},
): Task => ({
  key,
  op: more.op ?? 'test',
  inputs,
  params: null,
  ...(more.bytes !== undefined && { out: [block(more.bytes)] }),
  ...(more.scratch !== undefined && { scratch: more.scratch }),
  ...(more.work !== undefined && { work: more.work }),
});
