import type { Future } from './future.js';
import { futuresOf } from './given.js';
import { checkWait, type WaitOptions, watch, within } from './waiting.js';

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
 * @throws TypeError naming what is no future, or no option; a DOMException named TimeoutError after `timeout` milliseconds; the signal's reason
 * @example
 * const client = new Client();
 * const futures = client.map((n: number) => n + 1, [1, 2]);
 * const { done, notDone } = await wait(futures, { timeout: 60_000 });
 * [done.length, notDone.length]; // [ 2, 0 ]
 */
export async function wait<F extends Future>(
  futures: Iterable<F>,
  options: WaitForOptions = {},
): Promise<{ readonly done: F[]; readonly notDone: F[] }> {
  checkWait('wait', options, ['timeout', 'signal', 'returnWhen', 'onProgress']);
  const { returnWhen = 'allCompleted', onProgress } = options;
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
