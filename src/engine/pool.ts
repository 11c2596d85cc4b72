import type { Worker, WorkerOptions } from 'node:worker_threads';
import { Control } from './control.js';
import { Uncaught } from './errors.js';
import { threadExecArgv } from './exec-argv.js';
import { Here } from './here.js';
import { type FromThread, isOfTasks, type TaskMessage, type ThreadData, type ToThread } from './messages.js';

export interface PoolEvents {
  said(thread: number, message: TaskMessage): void;
  /**
   * @param running number of the task it was at, or -1
   * @param cause an `Uncaught` where something was thrown
   * @param ended it was ended on purpose
   */
  died(thread: number, running: number, cause: unknown, ended: boolean): void;
}

export interface PoolOptions {
  readonly entry: URL;
  /** What the main thread loads to run tasks itself, being number `threads`; undefined where it runs none. */
  readonly runner: URL | undefined;
  readonly threads: number;
  /** Where threads find uploads. */
  readonly uploads: string;
  readonly resourceLimits: WorkerOptions['resourceLimits'];
}

/** What runs tasks, as the engine holds it. */
export interface Thread {
  readonly control: Control;
  /** What it has been told of. */
  readonly layers: Set<number>;
  arenas: number;
  /** Throws where a message cannot be sent. */
  post(message: ToThread): void;
}

interface WorkerThread extends Thread {
  readonly worker: Worker;
  /** To be called when it has collected its garbage, in order. */
  readonly collected: (() => void)[];
  ended: boolean;
}

/** After how long a thread whose task nobody waits for is ended, in milliseconds. */
const GRACE_MS = 1_000;

/** The threads: starts them, ends them, and notices when they die. Decides nothing. */
export class Pool {
  private readonly threads: (WorkerThread | undefined)[];
  private here: Here | undefined;
  private busy = false;
  private readonly graces = new Set<NodeJS.Timeout>();

  constructor(
    private readonly options: PoolOptions,
    private readonly events: PoolEvents,
  ) {
    this.threads = new Array<WorkerThread | undefined>(options.threads).fill(undefined);
  }

  /** The thread of an index, started if need be. */
  get(index: number): Thread {
    return this.present(index) ?? this.start(index);
  }

  start(index: number): Thread {
    return (
      this.present(index) ?? (index === this.options.threads ? this.startHere() : this.startWorker(index))
    );
  }

  private present(index: number): Thread | undefined {
    return index === this.options.threads ? this.here : this.threads[index];
  }

  private startHere(): Thread {
    const index = this.options.threads;
    const here = new Here(this.options.runner!, {
      said: (message) => {
        if (isOfTasks(message)) this.events.said(index, message);
      },
      failed: (cause) => {
        this.here = undefined;
        this.events.died(index, -1, cause, false);
      },
    });
    this.here = here;
    return here;
  }

  private startWorker(index: number): Thread {
    const control = new Control();
    const data: ThreadData = { control: control.buffer, uploads: this.options.uploads };
    // Loaded with the first thread: a program that needs none should not wait for it.
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = new Worker(this.options.entry, {
      workerData: data,
      resourceLimits: this.options.resourceLimits,
      execArgv: threadExecArgv(process.execArgv),
      name: `tilework ${index}`,
    } as WorkerOptions);
    const thread: WorkerThread = {
      worker,
      control,
      layers: new Set(),
      arenas: 0,
      collected: [],
      ended: false,
      post: (message) => worker.postMessage(message),
    };
    this.threads[index] = thread;
    let cause: unknown;
    worker.on('message', (message: FromThread) => {
      if (isOfTasks(message)) this.events.said(index, message);
      else thread.collected.shift()?.();
    });
    worker.on('messageerror', (error) => {
      cause = error;
      void worker.terminate();
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      // Node's own codes say that it ran out of memory, or never began.
      cause ??= error?.code?.startsWith('ERR_WORKER_') ? error : new Uncaught(error);
    });
    worker.on('exit', (code) => {
      for (const collected of thread.collected) collected();
      if (this.threads[index] !== thread) return;
      this.threads[index] = undefined;
      cause ??= new Error(`the thread exited with code ${code}`);
      this.events.died(index, control.running, cause, thread.ended);
    });
    if (!this.busy) worker.unref();
    return thread;
  }

  /** All that can be told something. */
  running(): Thread[] {
    return [...this.threads, this.here].filter((thread) => thread !== undefined);
  }

  /** Threads beside the main thread. */
  get threadsRunning(): number {
    return this.threads.filter((thread) => thread !== undefined).length;
  }

  /** Has all threads but the main thread collect their garbage, each when it is done with what it has been sent. */
  async collect(): Promise<void> {
    const collecting = this.threads.map((thread) => {
      if (thread === undefined) return undefined;
      return new Promise<void>((resolve) => {
        thread.collected.push(resolve);
        thread.post({ kind: 'collect' });
      });
    });
    await Promise.all(collecting);
  }

  /** Takes a task back that a thread has not begun. */
  revoke(index: number, sequence: number): boolean {
    return this.present(index)?.control.revoke(sequence) ?? false;
  }

  /** Ends a thread that is still at a task after a while; the main thread's take no such while. */
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
    this.here?.end();
    const { threads } = this;
    const ended = threads.map((thread) => thread?.worker.terminate());
    threads.fill(undefined);
    await Promise.all(ended);
  }
}
