import { shown } from '../engine/errors.js';
import { checkOptions } from '../engine/known-options.js';
import { checkMilliseconds, startTimer } from '../engine/timer.js';

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds, after which a `TimeoutError` is thrown. What is waited for goes on. */
  readonly timeout?: number;
  /** Ends the waiting, not what is waited for. */
  readonly signal?: AbortSignal;
}

/**
 * Throws where it is said in another form how long to wait, such as by Dask's seconds: left unread, they would be for ever.
 *
 * @param what waits: for the error
 * @param known the options that there are
 */
export function checkWait(
  what: string,
  options: WaitOptions,
  known: readonly string[] = ['timeout', 'signal'],
): void {
  if (typeof options === 'number')
    throw new TypeError(
      `${what} takes how long it waits by name and in milliseconds, { timeout: 1000 } for a second, not ${options}`,
    );
  checkOptions(what, options, known);
  const { timeout, signal } = options;
  checkMilliseconds('a timeout', timeout);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError(`${what}: a signal is an AbortSignal, not ${shown(signal)}`);
}

/**
 * A promise, but for no longer than is said: by what `checkWait` has seen.
 *
 * @param what takes so long: for the error
 * @param whole how long it was waited altogether: for the error
 */
export function within<T>(
  promise: Promise<T>,
  { timeout, signal }: WaitOptions,
  what: string,
  whole = timeout,
): Promise<T> {
  if (timeout === undefined && signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => end(() => reject(signal!.reason));
    const late = (): void =>
      end(() => reject(new DOMException(`${what} took longer than ${whole} ms`, 'TimeoutError')));
    const lateness = startTimer(timeout, late);
    const end = (settle: () => void): void => {
      leave();
      clearTimeout(lateness);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    signal?.addEventListener('abort', abort, { once: true });
    const leave = watch(
      promise,
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(error)),
    );
  });
}

interface Watcher {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

const watchers = new WeakMap<Promise<unknown>, Set<Watcher>>();

/**
 * Waits for a promise until told no longer to. Who waits for a while, again and again, leaves nothing at a promise that is pending for long: what is given to
 * `then` stays with it.
 *
 * @returns how to wait no longer
 */
export function watch<T>(
  promise: Promise<T>,
  resolve: (value: T) => void,
  reject: (reason: unknown) => void,
): () => void {
  const watching = watchers.get(promise) ?? watchersOf(promise);
  const watcher: Watcher = { resolve, reject };
  watching.add(watcher);
  return () => void watching.delete(watcher);
}

function watchersOf<T>(promise: Promise<T>): Set<Watcher> {
  const watching = new Set<Watcher>();
  watchers.set(promise, watching);
  const tell = (act: (watcher: Watcher) => void): void => {
    // Who comes now is told by another.
    watchers.delete(promise);
    for (const watcher of watching) act(watcher);
  };
  promise.then(
    (value) => tell(({ resolve }) => resolve(value as never)),
    (reason: unknown) => tell(({ reject }) => reject(reason)),
  );
  return watching;
}
