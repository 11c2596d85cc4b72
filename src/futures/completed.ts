import type { Future } from './future.js';
import { futuresOf } from './given.js';
import { type WaitOptions, watch, within } from './waiting.js';

/** For what, and how long, `wait` waits. */
export interface WaitForOptions extends WaitOptions {
  /** Return when all are done (default), or when one is. */
  readonly returnWhen?: 'allCompleted' | 'firstCompleted';
  /** Called at once, and as futures are done. What it throws ends the waiting. */
  readonly onProgress?: (progress: FuturesProgress) => void;
}

/** How far some futures are. */
export interface FuturesProgress {
  /** How many are done, of `total`. */
  readonly done: number;
  /** How many of these have no result: they failed, or were cancelled. */
  readonly failed: number;
  readonly total: number;
}

/**
 * Waits until futures are done, whether they succeeded or not; nothing is fetched, and no error of theirs thrown.
 *
 * @throws TypeError naming what is no future; a DOMException named TimeoutError after `timeout` milliseconds; the signal's reason
 * @example
 * const client = new Client();
 * const futures = client.map((n: number) => n + 1, [1, 2]);
 * const { done, notDone } = await wait(futures, { timeout: 60_000 });
 * [done.length, notDone.length]; // [ 2, 0 ]
 */
export async function wait<F extends Future>(
  futures: Iterable<F>,
  { returnWhen = 'allCompleted', onProgress, ...options }: WaitForOptions = {},
): Promise<{ readonly done: F[]; readonly notDone: F[] }> {
  const list = futuresOf(futures, 'wait');
  if (returnWhen !== 'allCompleted' && returnWhen !== 'firstCompleted')
    throw new TypeError(
      `returnWhen is 'allCompleted' or 'firstCompleted', not ${JSON.stringify(returnWhen)}`,
    );
  const progress = { done: 0, failed: 0, total: list.length };
  const enough = Math.min(list.length, returnWhen === 'allCompleted' ? list.length : 1);
  onProgress?.({ ...progress });
  let leave: readonly (() => void)[] = [];
  const done = new Promise<void>((resolve, reject) => {
    if (enough === 0) resolve();
    const count = (future: Future): void => {
      progress.done++;
      if (future.status === 'error' || future.status === 'cancelled') progress.failed++;
      try {
        onProgress?.({ ...progress });
      } catch (error) {
        reject(error);
      }
      if (progress.done >= enough) resolve();
    };
    leave = list.map((future) => watch(future.settled(), () => count(future), reject));
  });
  try {
    await within(done, options, `waiting for ${list.length} futures`);
  } finally {
    for (const stop of leave) stop();
  }
  return {
    done: list.filter((future) => future.done()),
    notDone: list.filter((future) => !future.done()),
  };
}

/**
 * Futures in the order in which they are done, for `for await`. More may be added meanwhile; it ends when all that were added are done.
 *
 * @example
 * const client = new Client();
 * const results: number[] = [];
 * const completed = asCompleted(client.map((n: number) => 2 * n, [1, 2]));
 * for await (const future of completed) {
 *   results.push(await future);
 *   if (results.length === 1) completed.add(client.submit((n: number) => n, 3));
 * }
 * results.sort(); // [ 2, 3, 4 ]
 */
export function asCompleted<F extends Future>(futures: Iterable<F> = []): AsCompleted<F> {
  const completed = new AsCompleted<F>();
  completed.add(...futuresOf(futures, 'asCompleted'));
  return completed;
}

/** What `asCompleted` gives. */
export class AsCompleted<F extends Future> implements AsyncIterableIterator<F> {
  private readonly ready: F[] = [];
  private readonly takers: ((step: IteratorResult<F>) => void)[] = [];
  private pending = 0;

  /** How many are still to come, done or not. */
  get count(): number {
    return this.pending + this.ready.length;
  }

  /**
   * Adds futures.
   *
   * @example
   * const completed = asCompleted();
   * completed.add(new Client().submit(() => 1));
   * completed.count; // 1
   */
  add(...futures: readonly F[]): void {
    for (const future of futuresOf(futures, 'asCompleted')) {
      this.pending++;
      void future.settled().then(() => {
        this.pending--;
        this.ready.push(future);
        this.serve();
      });
    }
  }

  /** The next that is done: what `for await` calls. */
  next(): Promise<IteratorResult<F>> {
    return new Promise((resolve) => {
      this.takers.push(resolve);
      this.serve();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private serve(): void {
    while (this.takers.length > 0 && (this.ready.length > 0 || this.pending === 0)) {
      const value = this.ready.shift();
      const take = this.takers.shift()!;
      // Not resolved with the future itself, which would be awaited.
      take(value === undefined ? { done: true, value: undefined } : { done: false, value });
    }
  }
}

/**
 * Has a call finish though nobody holds its future: releasing it does not stop it.
 *
 * @example
 * const future = new Client().submit((n: number) => n + 1, 1);
 * fireAndForget(future);
 * future.release();
 */
export function fireAndForget(futures: Future | Iterable<Future>): void {
  for (const future of futuresOf(futures, 'fireAndForget')) future.keep();
}
