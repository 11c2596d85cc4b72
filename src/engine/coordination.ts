import type { Key } from '../graph/task.js';

/**
 * What programs and tasks tell each other by names, as data: variables, queues, events, and semaphores (a lock is one of a single lease). Times in
 * milliseconds; without a timeout it is waited for ever.
 */
export type Coordination =
  | {
      readonly do: 'variable-set';
      readonly name: string;
      readonly value: unknown;
      /** In place of the value, a result that the engine holds. */
      readonly key?: Key;
    }
  | { readonly do: 'variable-get'; readonly name: string; readonly timeout: number | undefined }
  | {
      readonly do: 'queue-put';
      readonly name: string;
      /** 0: without bounds. It counts where the name is used for the first time. */
      readonly most: number;
      readonly value: unknown;
      readonly key?: Key;
      readonly timeout: number | undefined;
    }
  | {
      readonly do: 'queue-get';
      readonly name: string;
      readonly most: number;
      readonly timeout: number | undefined;
    }
  | { readonly do: 'queue-size'; readonly name: string; readonly most: number }
  | { readonly do: 'event-set' | 'event-clear' | 'event-is-set'; readonly name: string }
  | { readonly do: 'event-wait'; readonly name: string; readonly timeout: number | undefined }
  | {
      readonly do: 'semaphore-acquire';
      readonly name: string;
      /** How many leases there are. */
      readonly most: number;
      /** Names the lease. */
      readonly lease: string;
      readonly timeout: number | undefined;
    }
  | { readonly do: 'semaphore-release'; readonly name: string; readonly lease: string };

/** In place of a value: a result that the engine holds, and now for who got this. */
export class HeldKey {
  constructor(readonly key: Key) {}
}

/** Does what is asked, and returns what is asked for. */
export interface Coordinator {
  /** @throws a DOMException named TimeoutError, RangeError where a semaphore has another number of leases, the signal's reason */
  coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown>;
}

/** What is thrown where something takes too long. */
export const tooLate = (what: string, timeout: number): DOMException =>
  new DOMException(`${what} took longer than ${timeout} ms`, 'TimeoutError');

export const otherLeases = (name: string, most: number, given: number): RangeError =>
  new RangeError(`the semaphore ${JSON.stringify(name)} has ${most} leases, not ${given}`);
