import { Worker, type WorkerOptions } from 'node:worker_threads';
import { Control } from './control.js';
import { threadExecArgv } from './exec-argv.js';
import type { ReportMessage, ThreadData, ToThread } from './messages.js';

export interface PoolEvents {
  reported(thread: number, message: ReportMessage): void;
  /**
   * @param running number of the task it was at, or -1
   * @param ended it was ended on purpose
   */
  died(thread: number, running: number, cause: unknown, ended: boolean): void;
}

export interface PoolOptions {
  readonly entry: URL;
  readonly threads: number;
  readonly resourceLimits: WorkerOptions['resourceLimits'];
}

/** One thread as the main thread holds it. */
export interface Thread {
  readonly worker: Worker;
  readonly control: Control;
  /** What it has been told of. */
  readonly layers: Set<number>;
  arenas: number;
  ended: boolean;
}

/** After how long a thread whose task nobody waits for is ended, in milliseconds. */
const GRACE_MS = 1_000;

/** The threads: starts them, ends them, and notices when they die. Decides nothing. */
export class Pool {
  private readonly threads: (Thread | undefined)[];
  private busy = false;
  private readonly graces = new Set<NodeJS.Timeout>();

  constructor(
    private readonly options: PoolOptions,
    private readonly events: PoolEvents,
  ) {
    this.threads = new Array<Thread | undefined>(options.threads).fill(undefined);
  }

  /** The thread of an index, started if need be. */
  get(index: number): Thread {
    return this.threads[index] ?? this.start(index);
  }

  start(index: number): Thread {
    const present = this.threads[index];
    if (present !== undefined) return present;
    const control = new Control();
    const data: ThreadData = { control: control.buffer };
    const worker = new Worker(this.options.entry, {
      workerData: data,
      resourceLimits: this.options.resourceLimits,
      execArgv: threadExecArgv(process.execArgv),
      name: `tilework ${index}`,
    } as WorkerOptions);
    const thread: Thread = { worker, control, layers: new Set(), arenas: 0, ended: false };
    this.threads[index] = thread;
    let cause: unknown;
    worker.on('message', (message: ReportMessage) => this.events.reported(index, message));
    worker.on('messageerror', (error) => {
      cause = error;
      void worker.terminate();
    });
    worker.on('error', (error) => {
      cause ??= error;
    });
    worker.on('exit', (code) => {
      if (this.threads[index] !== thread) return;
      this.threads[index] = undefined;
      cause ??= new Error(`the thread exited with code ${code}`);
      this.events.died(index, control.running, cause, thread.ended);
    });
    if (!this.busy) worker.unref();
    return thread;
  }

  send(index: number, message: ToThread): void {
    this.get(index).worker.postMessage(message);
  }

  /** Tells every thread that runs. */
  broadcast(message: ToThread): void {
    for (const thread of this.threads) thread?.worker.postMessage(message);
  }

  running(): Thread[] {
    return this.threads.filter((thread) => thread !== undefined);
  }

  /** Takes a task back that a thread has not begun. */
  revoke(index: number, sequence: number): boolean {
    return this.threads[index]?.control.revoke(sequence) ?? false;
  }

  /** Ends a thread that is still at a task after a while. */
  abandon(index: number, sequence: number): void {
    const thread = this.threads[index];
    if (thread === undefined) return;
    const grace = setTimeout(() => {
      this.graces.delete(grace);
      if (this.threads[index] !== thread || thread.control.running !== sequence) return;
      thread.ended = true;
      void thread.worker.terminate();
    }, GRACE_MS);
    grace.unref();
    this.graces.add(grace);
  }

  /** While busy, threads keep the process alive. */
  setBusy(busy: boolean): void {
    if (busy === this.busy) return;
    this.busy = busy;
    for (const thread of this.threads) {
      if (busy) thread?.worker.ref();
      else thread?.worker.unref();
    }
  }

  async end(): Promise<void> {
    for (const grace of this.graces) clearTimeout(grace);
    const { threads } = this;
    const ended = threads.map((thread) => thread?.worker.terminate());
    threads.fill(undefined);
    await Promise.all(ended);
  }
}
