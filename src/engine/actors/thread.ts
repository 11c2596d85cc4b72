import type { Worker, WorkerOptions } from 'node:worker_threads';
import type { Key } from '../../graph/task.js';
import { ActorLostError, describe, TaskError } from '../errors.js';
import { threadExecArgv } from '../exec-argv.js';
import type { AnswerMessage, AskMessage, ThreadData } from '../messages.js';
import { fromWire } from '../wire-error.js';
import { ACTOR_OP } from './actors.js';
import type { ActorQuestion, FromActor, ReplyMessage, ToActor } from './messages.js';

/** With what threads of actors are started. */
export interface ActorThreadOptions {
  readonly entry: URL;
  /** Where threads find uploads. */
  readonly uploads: string;
  readonly resourceLimits: WorkerOptions['resourceLimits'];
}

interface Open {
  readonly what: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread of one actor: asks it, and notices when it dies. It keeps the process alive while something is asked of it. */
export class ActorThread {
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private readonly open = new Map<number, Open>();
  private lastQuestion = 0;
  /** Why it answers no more; undefined while it does. */
  reason: unknown;

  /**
   * @param name of the actor's class
   * @param asked told what the actor asks of its engine
   */
  constructor(
    private readonly key: Key,
    private readonly name: string,
    options: ActorThreadOptions,
    asked: (message: AskMessage) => void,
  ) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const data: ThreadData = { control: undefined, uploads: options.uploads };
    const worker = new Worker(options.entry, {
      workerData: data,
      resourceLimits: options.resourceLimits,
      execArgv: threadExecArgv(process.execArgv),
      name: `tilework actor ${name}`,
    } as WorkerOptions);
    worker.on('message', (message: FromActor) => {
      if (message.kind === 'ask') asked(message);
      else this.answered(message);
    });
    let cause: unknown;
    worker.on('messageerror', (error) => {
      cause = error;
      void worker.terminate();
    });
    worker.on('error', (error) => {
      cause ??= error;
    });
    this.ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        cause ??= new Error(`the thread exited with code ${code}`);
        this.fail(lost(key, `its thread has ended: ${describe(cause)}`, cause));
        resolve();
      });
    });
    worker.unref();
    this.worker = worker;
  }

  /** Asks it for something. @throws TaskError with what it threw, ActorLostError where it has ended */
  async ask(question: ActorQuestion): Promise<unknown> {
    if (this.reason !== undefined) throw this.reason;
    const id = ++this.lastQuestion;
    this.post({ kind: 'question', id, question });
    if (this.open.size === 0) this.worker.ref();
    return new Promise((resolve, reject) => {
      const what = 'member' in question ? `${this.name}.${question.member}` : ACTOR_OP;
      this.open.set(id, { what, resolve, reject });
    });
  }

  /** Answers what it has asked of the engine. */
  tell(message: AnswerMessage): void {
    if (this.reason === undefined) this.post(message);
  }

  /** Ends it: what is open rejects. */
  async end(reason: unknown): Promise<void> {
    this.fail(reason);
    await this.worker.terminate();
  }

  private post(message: ToActor): void {
    this.worker.postMessage(message);
  }

  private answered({ id, value, error }: ReplyMessage): void {
    const open = this.open.get(id);
    if (open === undefined) return;
    this.open.delete(id);
    if (this.open.size === 0) this.worker.unref();
    if (error === undefined) open.resolve(value);
    else open.reject(thrownIn(this.key, open.what, fromWire(error)));
  }

  private fail(reason: unknown): void {
    this.reason ??= reason;
    for (const { reject } of this.open.values()) reject(this.reason);
    this.open.clear();
    this.worker.unref();
  }
}

/** What was thrown in an actor. */
function thrownIn(key: Key, what: string, thrown: unknown): TaskError {
  if (what === ACTOR_OP) return new TaskError(key, what, thrown);
  return new TaskError(
    key,
    what,
    thrown,
    `${what} of the actor ${JSON.stringify(key)} failed: ${describe(thrown)}`,
  );
}

/** An actor has gone, with what it knew. */
export const lost = (key: Key, why: string, cause?: unknown): ActorLostError =>
  new ActorLostError(
    `the actor ${JSON.stringify(key)} is lost: ${why}`,
    cause === undefined ? {} : { cause },
    key,
  );
