import type { LocalEngine } from '../../engine/index.js';
import type { Key } from '../../graph/task.js';
import type { RpcPool, StreamMessage } from '../comm/index.js';
import { FrameTasks } from '../frame/index.js';
import { ModuleFiles } from '../modules/index.js';
import { ServedActors } from './actors.js';
import { Executions } from './executions.js';
import { BUSY_MS, Incoming } from './incoming.js';
import type { Log } from './log.js';
import { Outgoing } from './outgoing.js';
import { toScheduler } from './scheduler-messages.js';
import { type Address, type Event, type Instruction, WorkerState } from './state/index.js';
import { Store } from './store.js';
import { seconds } from './time.js';

/** Share of the memory limit that results on their way here may take, and likewise those on their way to others. */
const TRANSFERS = 0.1;

export type Told = Event extends infer E ? (E extends unknown ? Omit<E, 'stimulus'> : never) : never;

/** What work needs of the worker that it is on. */
export interface WorkContext {
  readonly engine: LocalEngine;
  readonly pool: RpcPool;
  readonly address: Address;
  readonly resources: Readonly<Record<string, number>>;
  readonly log: Log;
  isPaused(): boolean;
  /** Nothing is to be begun or told any more. */
  isClosing(): boolean;
  send(message: StreamMessage): void;
  later(milliseconds: number, act: () => void): void;
  /** The state contradicts itself: the worker is of no use any more. */
  broken(): void;
}

/** What becomes of tasks on a worker: what happens is told to the state, and what the state wants done is done. */
export class Work {
  readonly store: Store;
  readonly frames: FrameTasks;
  readonly actors: ServedActors;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly executions: Executions;
  readonly state: WorkerState;

  constructor(private readonly context: WorkContext) {
    const { engine, pool, address, resources, log } = context;
    const { threads, memoryLimit, spillDirectory } = engine.settings;
    const transferBytes = TRANSFERS * memoryLimit;
    this.frames = new FrameTasks(engine, pool, address);
    this.store = new Store(engine);
    this.actors = new ServedActors(engine.actors);
    this.executions = new Executions(this.store, this.frames, new ModuleFiles(spillDirectory), {
      actors: engine.actors,
      address,
    });
    this.incoming = new Incoming(this.store, pool, address, this.frames, (text) => log.warn(text));
    this.outgoing = new Outgoing(this.store, address, transferBytes, () => context.isPaused());
    this.state = new WorkerState({ address, threads, resources, incomingBytes: transferBytes });
  }

  /** Tells the state what has happened, and does what it wants done. */
  tell(event: Told, stimulus?: unknown): void {
    const { context } = this;
    if (context.isClosing()) return;
    if (event.kind === 'remove-worker') {
      this.incoming.forget(event.worker);
      this.outgoing.forget(event.worker);
    }
    const cause = typeof stimulus === 'string' ? stimulus : `${event.kind}-${seconds()}`;
    try {
      const instructions = this.state.handle({ ...event, stimulus: cause } as Event);
      for (const instruction of instructions) this.perform(instruction);
    } catch (error) {
      context.log.error(`the worker's state is broken: ${(error as Error).stack}`);
      context.broken();
    }
  }

  /** A task begins to wait for tasks of its own. */
  secede(key: Key): void {
    const event = this.executions.seceded(key);
    if (event !== undefined) this.tell(event);
  }

  private perform(instruction: Instruction): void {
    switch (instruction.do) {
      case 'execute':
        void this.executions.run(instruction).then((event) => this.tell(event));
        break;
      case 'abort':
        this.executions.abort(instruction.key);
        break;
      case 'gather':
        void this.incoming.gather(instruction).then((event) => this.tell(event));
        break;
      case 'free':
        this.store.free(instruction.key);
        this.frames.held.free(instruction.key);
        void this.context.engine.actors.end(instruction.key);
        break;
      case 'retry-later': {
        const { worker } = instruction;
        this.context.later(BUSY_MS, () => this.tell({ kind: 'retry-busy', worker }));
        break;
      }
      case 'send':
        this.context.send(toScheduler(instruction.message));
        break;
    }
  }
}
