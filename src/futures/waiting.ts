import { checkMilliseconds, startTimer } from '../engine/timer.js';

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds, after which a `TimeoutError` is thrown. What is waited for goes on. */
  readonly timeout?: number;
  /** Ends the waiting, not what is waited for. */
  readonly signal?: AbortSignal;
}

/** A promise, but for no longer than is said. */
export function within<T>(promise: Promise<T>, { timeout, signal }: WaitOptions, what: string): Promise<T> {
  if (timeout === undefined && signal === undefined) return promise;
  checkMilliseconds('a timeout', timeout);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => end(() => reject(signal!.reason));
    const late = (): void =>
      end(() => reject(new DOMException(`${what} took longer than ${timeout} ms`, 'TimeoutError')));
    const lateness = startTimer(timeout, late);
    const end = (settle: () => void): void => {
      clearTimeout(lateness);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    signal?.addEventListener('abort', abort, { once: true });
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}
