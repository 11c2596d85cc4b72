import type { Graph, Key, Task } from '../../graph/task.js';
import { detached } from '../detached.js';
import type { ComputeOptions, Engine } from '../engine.js';
import { TaskError } from '../errors.js';
import type { AnswerMessage, AskMessage } from '../messages.js';
import type { Result } from '../op.js';
import { fill } from '../ops/call.js';
import type {
  ActorCommon,
  ActorHandle,
  ActorParams,
  ActorRequest,
  Construction,
  HostedActors,
} from './actors.js';
import { ActorThread, type ActorThreadOptions, lost } from './thread.js';

/** What actors need of the engine that they are of. */
export interface ActorsContext {
  readonly engine: Engine;
  readonly thread: ActorThreadOptions;
  /** How often a constructor that threw is called again, where a call does not say. */
  readonly retries: number;
  /** An actor asks for something, by the number that stands for its thread. */
  asked(number: number, message: AskMessage, key: Key): void;
  /** An actor has ended. */
  left(number: number): void;
}

interface Living {
  readonly number: number;
  readonly thread: ActorThread;
  readonly handle: ActorHandle;
}

/** The actors of this process. Each has a thread beside the pool's, since these are shared and may be replaced. */
export class LocalActors implements HostedActors {
  private readonly living = new Map<Key, Living>();
  private readonly starting = new Set<ActorThread>();
  /** Those that ended by themselves, and why. */
  private readonly dead = new Map<Key, unknown>();
  private readonly byNumber = new Map<number, ActorThread>();
  /** Threads of the pool have numbers from 0 on. */
  private lastNumber = -1;
  private over: unknown;

  constructor(private readonly context: ActorsContext) {}

  async start(graph: Graph, key: Key, options: ComputeOptions): Promise<ActorHandle> {
    const task = graph.get(key) as ActorTask;
    const inputs = new Map(graph);
    inputs.delete(key);
    using results = await this.context.engine.run(inputs, task.inputs, options);
    const given = await Promise.all(task.inputs.map((input) => results.load(input)));
    const { retries, signal } = options;
    return this.make({ ...constructionOf(task, given), retries, signal });
  }

  /** Makes an actor. @throws TaskError with what its constructor threw */
  async make(construction: Construction): Promise<ActorHandle> {
    const { retries = this.context.retries } = construction;
    for (let tries = 0; ; tries++) {
      try {
        return await this.makeOnce(construction);
      } catch (error) {
        if (!(error instanceof TaskError) || tries >= retries) throw error;
      }
    }
  }

  async ask({ key }: Pick<ActorHandle, 'key'>, request: ActorRequest): Promise<unknown> {
    const found = this.living.get(key);
    if (found !== undefined) return found.thread.ask(request);
    throw this.dead.get(key) ?? this.over ?? lost(key, GIVEN_UP);
  }

  async end(key: Key): Promise<void> {
    this.dead.delete(key);
    const found = this.living.get(key);
    if (found === undefined) return;
    this.living.delete(key);
    await found.thread.end(lost(key, GIVEN_UP));
  }

  /** Answers what an actor has asked. */
  tell(number: number, message: AnswerMessage): void {
    this.byNumber.get(number)?.tell(message);
  }

  /** Names of the actors that there are. */
  keys(): Key[] {
    return [...this.living.keys()];
  }

  /** Has all collect their garbage. */
  async collect(): Promise<void> {
    const asked = [...this.living.values()].map(({ thread }) => thread.ask({ do: 'collect' }));
    await Promise.allSettled(asked);
  }

  /** The engine ends. */
  async endAll(reason: unknown): Promise<void> {
    this.over = reason;
    const threads = [...[...this.living.values()].map(({ thread }) => thread), ...this.starting];
    this.living.clear();
    await Promise.all(threads.map((thread) => thread.end(reason)));
  }

  private async makeOnce({ key, fn, args, signal }: Construction): Promise<ActorHandle> {
    if (this.over !== undefined) throw this.over;
    signal?.throwIfAborted();
    const { context } = this;
    const name = fn.name || 'actor';
    const number = --this.lastNumber;
    const thread = new ActorThread(key, name, context.thread, (message) =>
      context.asked(number, message, key),
    );
    this.starting.add(thread);
    this.byNumber.set(number, thread);
    void thread.ended.then(() => this.gone(number, key, thread));
    const abort = (): void => void thread.end(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const methods = (await thread.ask({ do: 'make', key, fn, args })) as readonly string[];
      const handle = Object.freeze({ key, name, methods });
      this.living.set(key, { number, thread, handle });
      return handle;
    } catch (error) {
      void thread.end(error);
      throw error;
    } finally {
      this.starting.delete(thread);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A thread has ended: where nobody wanted that, whoever asks it hears why. */
  private gone(number: number, key: Key, thread: ActorThread): void {
    this.byNumber.delete(number);
    this.context.left(number);
    const found = this.living.get(key);
    if (found?.thread !== thread) return;
    this.living.delete(key);
    this.dead.set(key, thread.reason);
  }
}

const GIVEN_UP = 'it was released, or is not there';

/** A task that starts an actor. */
export interface ActorTask extends Task {
  readonly params: ActorParams;
  readonly common: ActorCommon;
}

/** How a task's actor is constructed, of what its inputs gave. */
export const constructionOf = (
  { key, params, common }: Pick<ActorTask, 'key' | 'params' | 'common'>,
  inputs: readonly Result[],
): Construction => ({
  key,
  fn: common.fn,
  // Blocks are lent.
  args: detached(fill(params.args, inputs)) as readonly unknown[],
});
