import { own } from '../delayed/function.js';
import { callNode } from '../delayed/node.js';
import type { Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import type { Key } from '../graph/task.js';
import {
  type Family,
  LAZY,
  type Lazy,
  type LazyHooks,
  type LazyInput,
  type Output,
  type PassedAs,
  tasksInPieces,
} from '../lazy/index.js';
import { failedBehind, works, worksBehind } from './behind.js';
import { LostError } from './errors.js';
import { madeFrom } from './lineage.js';
import { checkWait, type WaitOptions, within } from './waiting.js';
import { LocalWork, type Work } from './work.js';

/** How long fetching the result of what is finished may take at least, in milliseconds, whatever is left of the time to wait. */
const FETCH_MS = 1_000;

/** What has become of a call; `lost`: its result is gone with the worker that had it, or with the scheduler. */
export type FutureStatus = 'pending' | 'finished' | 'error' | 'cancelled' | 'lost';

/**
 * A result that is being computed, or was, and is kept by an engine. Made by a client's `submit`, `map`, `compute` and `scatter`. It can be an
 * argument of other calls, delayed or submitted, at once: they wait for it.
 *
 * Awaiting a future awaits its result: `await client.submit(f, 1)` is what f returns. So an asynchronous function cannot return a future
 * as such, only its result: return it in a list or an object.
 *
 * The result is given up when the future is released, at the end of a block with `using`, or when it is collected.
 */
export class Future<T = unknown> implements PromiseLike<T>, Disposable {
  /** @internal */
  readonly node: LazyInput;
  private readonly work: Work<T>;

  /** @internal */
  constructor(
    work: Work<T>,
    engine: Engine,
    as?: PassedAs,
    inputs: readonly LazyInput[] = work.origin?.inputs ?? [],
  ) {
    this.work = work;
    this.node = nodeOf(work, engine, as);
    madeFrom(work, worksBehind(inputs));
    collected.register(this.node, work.grip);
    works.set(this.node, work);
  }

  /** Names the result; equal work has an equal key. */
  get key(): Key {
    return this.work.key;
  }

  /** Whether it is computed still, or how that ended. `lost`: the engine that held the result has ended. */
  get status(): FutureStatus {
    return this.work.lost ? 'lost' : this.work.outcome;
  }

  /**
   * Whether it is pending no more.
   *
   * @example
   * const future = new Client().submit((n: number) => n + 1, 1);
   * await wait([future]);
   * future.done(); // true
   */
  done(): boolean {
    return this.work.outcome !== 'pending';
  }

  /** How computations see it, and functions that are called with it. */
  get [LAZY](): LazyHooks<T, T> {
    return { family: futureFamily, engine: this.node.engine, input: () => this.node };
  }

  /**
   * The result, when it is there. It is the engine's own: do not change it. With a `timeout` the result of what is finished is fetched for a second at least: it may be far away, or lost and computed again.
   *
   * @throws what it failed with: a TaskError with the key of the call that threw, even where that was an input's; CancelledError, LostError;
   *   a DOMException named TimeoutError after `timeout` milliseconds; TypeError for another form of saying so, as `result(1)`
   * @example
   * await new Client().submit((n: number) => n + 1, 1).result({ timeout: 60_000 }); // 2
   */
  async result(options: WaitOptions = {}): Promise<T> {
    checkWait('result', options);
    const began = performance.now();
    const what = `the future ${JSON.stringify(this.key)}`;
    await within(this.work.settled, options, what);
    this.work.throwIfFailed();
    const { timeout } = options;
    const left = timeout === undefined ? timeout : Math.max(FETCH_MS, timeout - (performance.now() - began));
    const value = this.work.value(this.node);
    return within(value, { ...options, ...(left !== undefined && { timeout: left }) }, what, timeout);
  }

  /**
   * What it failed with, when it is pending no more; a LostError where its result is lost; undefined where it has not failed.
   *
   * @throws as `result`, where waiting takes too long
   * @example
   * const future = new Client().submit(() => JSON.parse('{'));
   * (await future.exception()) instanceof TaskError; // true
   */
  async exception(options: WaitOptions = {}): Promise<Error | undefined> {
    checkWait('exception', options);
    await within(this.work.settled, options, `the future ${JSON.stringify(this.key)}`);
    const { outcome, error, lost } = this.work;
    if (lost) return new LostError(this.key);
    if (outcome === 'finished') return undefined;
    return error instanceof Error ? error : new Error(String(error), { cause: error });
  }

  /**
   * The stack of what it failed with, as text: the function's own frames.
   *
   * @throws as `exception`
   * @example
   * const future = new Client().submit(function broken() { throw new Error('no'); });
   * (await future.traceback())?.includes('at broken'); // true
   */
  async traceback(options: WaitOptions = {}): Promise<string | undefined> {
    checkWait('traceback', options);
    return (await this.exception(options))?.stack;
  }

  /** Awaiting the future awaits its result. */
  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = T, B = never>(
    onResult?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onResult, onError);
  }

  /**
   * Has a call that failed made again, and those among its inputs that failed: the future is pending once more. Otherwise nothing happens.
   *
   * @throws CancelledError where it was cancelled or released
   * @example
   * const client = new Client();
   * let up = false;
   * const future = client.with({ where: 'main' }).submit(async () => {
   *   if (!up) throw new Error('the service is down');
   *   return 'rows';
   * });
   * await future; // throws TaskError
   * up = true;
   * future.retry();
   * await future; // rows
   */
  retry(): void {
    for (const work of failedBehind(this.node)) work.retry();
    this.work.retry();
  }

  /**
   * Stops what computes it, if nobody else needs that; the future is then cancelled, and so are all that are made of it, pending or not, but those that `fireAndForget` has
   * finish, and what is made of these only. A thread that has begun gets a second to end.
   *
   * @example
   * const client = new Client();
   * const future = client.submit(() => new Promise<number>(() => {}));
   * const reader = client.submit((n: number) => n + 1, future);
   * future.cancel();
   * [future.status, reader.status]; // [ 'cancelled', 'cancelled' ]
   */
  cancel(): void {
    this.work.cancel();
  }

  /**
   * Gives the result up: it is not wanted any more, computed or not. Futures that are made of it go on.
   *
   * @example
   * const future = new Client().submit((n: number) => n + 1, 1);
   * future.release();
   * await future; // throws CancelledError
   */
  release(): void {
    this.work.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** @internal Whether its result lies in this process, not in the engine. */
  get isHere(): boolean {
    return this.work instanceof LocalWork;
  }

  /** @internal */
  keep(): void {
    this.work.kept = true;
  }

  /** @internal Resolves when the result is there; rejects with what it failed with. */
  async ready(): Promise<void> {
    await this.work.settled;
    this.work.throwIfFailed();
  }

  /** @internal */
  settled(): Promise<void> {
    return this.work.settled;
  }

  toString(): string {
    return `tilework.Future<${this.key.replace(/-[0-9a-f]{32}$/, '')}, ${this.status}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Nodes are held by futures and by whatever reads them: when one is collected, nobody will ask for the result any more. */
const collected = new FinalizationRegistry<Work['grip']>(({ work }) => work?.forget());

/** What a future stands for. */
export const workOf = (future: Future): Work => works.get(future.node)!;

/** The work in this process that is behind some inputs, and pending. */
export function pendingHere(inputs: readonly LazyInput[]): Work[] {
  const found = inputs.map((input) => works.get(input));
  return found.filter((work) => work instanceof LocalWork && work.outcome === 'pending') as Work[];
}

const VALUE = own('value', '(value) => value');

function nodeOf(work: Work, engine: Engine, as: PassedAs | undefined): LazyInput {
  const tasks = (): ReturnType<LazyInput['tasks']> => {
    work.throwIfFailed();
    if (!(work instanceof LocalWork)) return work.origin?.tasks() ?? [];
    if (work.outcome === 'pending')
      throw new TypeError(
        `the future ${JSON.stringify(work.key)} is pending in this process; await it before it is an input of delayed calls`,
      );
    const [task] = callNode(VALUE, [work.present]).tasks();
    return [{ ...task!, key: work.key }];
  };
  return {
    key: work.key,
    as,
    engine,
    get inputs() {
      return work.origin?.inputs ?? [];
    },
    tasks,
  };
}

export const futureFamily: Family = {
  *plan(lazies) {
    const futures = lazies as readonly Future[];
    const held = futures.filter(({ node }) => !(works.get(node) instanceof LocalWork));
    const graph = yield* tasksInPieces(held.map(({ node }) => node));
    return { graph, outputs: futures.map((future) => new FutureOutput(future)) };
  },
};

/** A future's result as part of a computation's: taken with the others from the engine, or from this process. */
class FutureOutput implements Output {
  readonly keys: readonly Key[];
  readonly reserve = 0;
  private readonly work: Work;
  private result: unknown;

  constructor(private readonly future: Future) {
    this.work = works.get(future.node)!;
    this.keys = this.work instanceof LocalWork ? [] : [future.key];
  }

  put(_key: Key, result: Result): void {
    this.result = this.work.shown(result);
  }

  value(): unknown {
    return this.work instanceof LocalWork ? this.future.result() : this.result;
  }

  held(): Lazy {
    return this.future;
  }
}
