import { Arenas } from './arenas.js';
import { SpillStore } from './disk/store.js';
import { BatchEncoder } from './encode.js';
import { type SpillError, TaskError } from './errors.js';
import {
  type AskMessage,
  FAILED,
  REVOKED,
  type ReportMessage,
  SECEDED,
  SKIPPED,
  type TaskMessage,
  type ToThread,
} from './messages.js';
import type { Block } from './op.js';
import { Pool, type PoolOptions } from './pool.js';
import type { Instruction, Report } from './state/instructions.js';
import type { Place, RunRecord, TaskRecord } from './state/records.js';
import type { EngineState } from './state/state.js';
import type { Supply } from './supply.js';
import { isCloneable, taskError } from './wire-error.js';

/** What concerns callers, not tasks. */
export interface ExecutorEvents {
  deliver(run: RunRecord, record: TaskRecord): void;
  fetched(token: number, error: Error | undefined): void;
  /** A task asks for something. */
  asked(thread: number, message: AskMessage): void;
  /** Nobody waits any more for a task that has asked. */
  deserted(thread: number, sequence: number): void;
  /** A task that has asked has ended, or all of a thread have. */
  left(thread: number, sequence?: number): void;
  resolve(run: RunRecord): void;
  reject(run: RunRecord, error: unknown): void;
  /** Memory is short for what is not blocks: `state.collected` when garbage was collected. */
  collect(): void;
  /** The engine cannot go on. */
  broken(error: unknown): void;
}

/** Does what the state decides, with threads, memory and disk, and tells it what came of it. */
export class Executor {
  readonly arenas = new Arenas();
  private readonly pool: Pool;
  private readonly store: SpillStore;
  private readonly encoder = new BatchEncoder();
  private carrying = false;
  private ended = false;

  constructor(
    private readonly state: EngineState,
    options: PoolOptions & { readonly spillDirectory: string },
    private readonly events: ExecutorEvents,
  ) {
    this.store = new SpillStore(options.spillDirectory);
    this.pool = new Pool(options, {
      said: (thread, message) => this.said(thread, message),
      died: (thread, running, cause, ended) => {
        this.events.left(thread);
        state.died(thread, running, cause, ended);
        this.carryOut();
      },
    });
  }

  get threadsRunning(): number {
    return this.pool.threadsRunning;
  }

  /** Has threads collect their garbage, between tasks. */
  collect(): Promise<void> {
    return this.pool.collect();
  }

  /** Tells a thread something. */
  tell(thread: number, message: ToThread): void {
    if (!this.ended) this.pool.get(thread).post(message);
  }

  /** Carries out instructions until there are no more. What they bring about at once is taken in on the way. */
  carryOut(): void {
    if (this.carrying || this.ended) return;
    this.carrying = true;
    try {
      for (let todo = this.state.take(); todo.length > 0; todo = this.state.take())
        for (const instruction of todo) if (!this.ended) this.perform(instruction);
    } finally {
      this.carrying = false;
    }
    this.pool.setBusy(this.state.core.runs.size > 0);
  }

  /** No more instructions are carried out; threads end and files are removed. */
  async end(): Promise<void> {
    this.ended = true;
    await this.pool.end();
    await this.store.close();
  }

  private perform(instruction: Instruction): void {
    switch (instruction.do) {
      case 'run':
        this.run(instruction.thread, instruction.sequence, instruction.tasks);
        break;
      case 'revoke':
        this.revoke(instruction.thread, instruction.sequence, instruction.abandoned);
        break;
      case 'start':
        this.pool.start(instruction.thread);
        break;
      case 'collect':
        this.events.collect();
        break;
      case 'desert':
        this.events.deserted(instruction.thread, instruction.sequence);
        break;
      case 'arena':
        this.makeArena(instruction.index, instruction.bytes);
        break;
      case 'fill':
        this.fill(instruction.record);
        break;
      case 'spill':
        void this.spill(instruction.place);
        break;
      case 'load':
        void this.load(instruction.place);
        break;
      case 'unlink':
        this.store.remove(instruction.place.id);
        break;
      case 'forgetLayer':
        this.forgetLayer(instruction.layer);
        break;
      case 'deliver':
        this.events.deliver(instruction.run, instruction.record);
        break;
      case 'fetched':
        this.events.fetched(instruction.token, instruction.error);
        break;
      case 'resolve':
        this.events.resolve(instruction.run);
        break;
      case 'reject':
        this.events.reject(instruction.run, instruction.error);
        break;
    }
  }

  private run(index: number, sequence: number, tasks: readonly TaskRecord[]): void {
    const thread = this.pool.get(index);
    const { memories } = this.arenas;
    for (; thread.arenas < memories.length; thread.arenas++)
      thread.post({ kind: 'arena', index: thread.arenas, memory: memories[thread.arenas]! });
    thread.control.offer(sequence, tasks.length);
    const message = this.encoder.encode(tasks, sequence, thread.layers);
    try {
      thread.post(message);
    } catch (cause) {
      for (const { id } of message.layers) thread.layers.delete(id);
      this.takeBack(index, sequence, tasks, cause);
    }
  }

  /** Something in a batch cannot be sent: the tasks it belongs to fail, the others are sent again. */
  private takeBack(index: number, sequence: number, tasks: readonly TaskRecord[], cause: unknown): void {
    this.pool.get(index).post({ kind: 'void', count: tasks.length });
    const culprits = tasks.filter(
      ({ task, inputs }) =>
        !isCloneable(task.params) ||
        !isCloneable(task.common) ||
        !inputs.every(({ value }) => isCloneable(value)),
    );
    // Where none is at fault by itself, all are: sent again, they would come back again.
    const failed = (culprits.length > 0 ? culprits : tasks).map((record) => {
      const { key, op } = record.task;
      const error = new TypeError(
        'the parameters of the task, or what it reads, cannot be sent to a thread',
        {
          cause,
        },
      );
      return { record, error: new TaskError(key, op, error) };
    });
    this.state.unsendable(index, sequence, tasks.length, failed);
  }

  private revoke(thread: number, sequence: number, abandoned: boolean): void {
    if (this.pool.revoke(thread, sequence)) this.state.revoked(thread, sequence);
    else if (abandoned) this.pool.abandon(thread, sequence);
  }

  private makeArena(index: number, bytes: number): void {
    try {
      this.arenas.make(index, bytes);
    } catch (error) {
      this.events.broken(error);
    }
  }

  private forgetLayer(layer: number): void {
    for (const thread of this.pool.running())
      if (thread.layers.delete(layer)) thread.post({ kind: 'forget', layers: [layer] });
  }

  private fill(record: TaskRecord): void {
    const supply = record.task.params as Supply;
    const result = supply.take();
    if ('blocks' in result && record.place!.allocation !== supply.reserved) {
      const place = this.arenas.resultOf(record) as { readonly blocks: readonly Block[] };
      result.blocks.forEach(({ data }, i) => {
        bytesOf(place.blocks[i]!.data).set(bytesOf(data));
      });
    }
    this.state.filled(record, 'value' in result ? result.value : undefined);
  }

  private async spill(place: Place): Promise<void> {
    try {
      await this.store.write(place.id, this.arenas.bytesOf(place));
    } catch (error) {
      this.state.spillFailed(place, error as SpillError);
      this.carryOut();
      return;
    }
    this.state.spilled(place);
    this.carryOut();
  }

  private async load(place: Place): Promise<void> {
    try {
      await this.store.read(place.id, this.arenas.bytesOf(place));
    } catch (error) {
      this.state.loadFailed(place, error as SpillError);
      this.carryOut();
      return;
    }
    this.state.loaded(place);
    this.carryOut();
  }

  private said(thread: number, message: TaskMessage): void {
    const { state } = this;
    const runner = state.core.runners[thread]!;
    if ('outcomes' in message) {
      state.reported(
        thread,
        decode(message, (i) => runner.queue[runner.head + i]!),
      );
    } else if (message.kind === 'late') {
      const { sequence, report } = message;
      const record = runner.seceded.get(sequence);
      this.events.left(thread, sequence);
      if (record !== undefined) state.late(thread, sequence, decode(report, () => record)[0]!);
    } else {
      this.events.asked(thread, message);
    }
    this.carryOut();
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** @param recordOf the task of the i-th outcome */
function decode(message: ReportMessage, recordOf: (i: number) => TaskRecord): Report[] {
  const { outcomes, values, errors, shapes } = message;
  const reports = new Array<Report>(outcomes.length);
  let value = 0;
  let error = 0;
  let shape = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    const record = recordOf(i);
    if (outcome === SKIPPED || outcome === REVOKED || outcome === SECEDED) {
      reports[i] = outcome === SKIPPED ? SKIP : outcome === REVOKED ? REVOKE : SECEDE;
    } else if (outcome === FAILED) {
      const { key, op } = record.task;
      reports[i] = { outcome: 'failed', error: taskError(key, op, errors[error++]!) };
    } else if (record.task.out === undefined) {
      reports[i] = { outcome: 'finished', milliseconds: outcome, value: values[value++] };
    } else if (shapes[shape]?.[0] === i) {
      reports[i] = { outcome: 'finished', milliseconds: outcome, shapes: shapes[shape++]![1] };
    } else {
      reports[i] = { outcome: 'finished', milliseconds: outcome };
    }
  }
  return reports;
}

const SKIP: Report = Object.freeze({ outcome: 'skipped' });
const REVOKE: Report = Object.freeze({ outcome: 'revoked' });
const SECEDE: Report = Object.freeze({ outcome: 'seceded' });
