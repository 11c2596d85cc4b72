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
  if (timeout !== undefined && !(timeout >= 0))
    throw new RangeError(`a timeout is a number of milliseconds from 0, not ${timeout}`);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => end(() => reject(signal!.reason));
    const late = (): void =>
      end(() => reject(new DOMException(`${what} took longer than ${timeout} ms`, 'TimeoutError')));
    // Longer than a timer can be set for is for ever.
    const timer = timeout === undefined || timeout > MOST_MS ? undefined : setTimeout(late, timeout);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
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

const MOST_MS = 2 ** 31 - 1;
