import {
  type Coordination,
  type Coordinator,
  HeldKey,
  otherLeases,
  tooLate,
} from '../../engine/coordination.js';
import type { Key } from '../../graph/task.js';
import { RemoteError, type StreamMessage } from '../comm/index.js';
import { Leases } from './leases.js';
import { fromScheduler, toScheduler } from './values.js';

/** Calls an operation of the scheduler. */
export type Call = (op: string, fields: object, options?: { readonly timeout?: number }) => Promise<unknown>;

/** Milliseconds for what is said at the end. */
const PARTING_MS = 2_000;

/**
 * A call waits on the scheduler for at most so long, then another: it does not notice that who waits has gone, and a value that it takes out of a
 * queue then is lost. Not for less, as it writes an error to its log where a call takes too long.
 */
const SLICE_MS = 60_000;

/** Seconds in which the scheduler must hear of a task whose key it is given. */
const KEY_TIMEOUT = 30;

type Waiting = Coordination & { readonly timeout: number | undefined };

/** Variables, queues, events and semaphores of Dask's scheduler: those that programs in Python see by the same names. */
export class SchedulerCoordinator implements Coordinator {
  /** Queues that the scheduler has, or is about to have. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly leases: Leases;

  constructor(
    private readonly call: Call,
    /** By which the scheduler knows who asks. */
    private readonly client: string,
    /** Says something to the scheduler. */
    private readonly send: (message: StreamMessage) => void,
  ) {
    this.leases = new Leases((name, leases) => call('semaphore_refresh_leases', { name, lease_ids: leases }));
  }

  async coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown> {
    const { call, client } = this;
    const { name } = request;
    signal?.throwIfAborted();
    switch (request.do) {
      case 'variable-set':
        await call('variable_set', { name, client, ...recordOf(request), timeout: KEY_TIMEOUT });
        return undefined;
      case 'variable-get': {
        const record = (await this.wait(request, 'variable_get', { client }, signal)) as Value;
        if (record.type !== 'Future') return fromScheduler(record.value);
        const { value: key, token } = record;
        this.send({ op: 'variable-future-received-confirm', name, key, token });
        return new HeldKey(key as Key);
      }
      case 'queue-put': {
        await this.createQueue(request);
        await this.wait(request, 'queue_put', { client, ...recordOf(request) }, signal);
        return undefined;
      }
      case 'queue-get': {
        await this.createQueue(request);
        const fields = { client, batch: false };
        const had = (key: unknown): void => this.send({ op: 'queue-future-release', name, key });
        const record = (await this.wait(request, 'queue_get', fields, signal, async (late) => {
          const { type, value } = late as Value;
          const back = type === 'Future' ? { key: value } : { data: value };
          await call('queue_put', { name, client, ...back, timeout: KEY_TIMEOUT });
          // It is counted once for being in the queue, and was for being taken out.
          if (type === 'Future') had(value);
        })) as Value;
        if (record.type !== 'Future') return fromScheduler(record.value);
        had(record.value);
        return new HeldKey(record.value as Key);
      }
      case 'queue-size':
        await this.createQueue(request);
        return call('queue_qsize', { name, client });
      case 'event-set':
        return call('event_set', { name });
      case 'event-clear':
        return call('event_clear', { name });
      case 'event-is-set':
        return call('event_is_set', { name });
      case 'event-wait':
        await this.wait(request, 'event_wait', {}, signal);
        return undefined;
      case 'semaphore-acquire': {
        await this.register(request);
        const { lease } = request;
        const giveBack = (): Promise<unknown> => call('semaphore_release', { name, lease_id: lease });
        await this.wait(request, 'semaphore_acquire', { lease_id: lease }, signal, giveBack);
        this.leases.hold(name, lease);
        return undefined;
      }
      case 'semaphore-release':
        this.leases.drop(request.lease);
        await call('semaphore_release', { name, lease_id: request.lease });
        return undefined;
    }
  }

  /** The scheduler is another one. */
  forget(): void {
    this.queues.clear();
  }

  close(): void {
    this.leases.close();
  }

  /** Closed, it gives back the leases that it holds still: else others would wait until the scheduler misses who has them. */
  async giveBack(): Promise<void> {
    const back = this.leases.held.map(([lease, name]) =>
      this.call('semaphore_release', { name, lease_id: lease }, { timeout: PARTING_MS }),
    );
    // A scheduler that cannot be reached finds out by itself.
    await Promise.allSettled(back);
  }

  private async createQueue({ name, most }: { readonly name: string; readonly most: number }): Promise<void> {
    let created = this.queues.get(name);
    if (created === undefined) {
      created = this.call('queue_create', { name, client: this.client, maxsize: most });
      this.queues.set(name, created);
      created.catch(() => this.queues.delete(name));
    }
    await created;
  }

  private async register({ name, most }: { readonly name: string; readonly most: number }): Promise<void> {
    try {
      await this.call('semaphore_register', { name, max_leases: most, lease_timeout: Leases.TIMEOUT_S });
    } catch (error) {
      const other = /Inconsistent max leases: \d+, expected: (\d+)/.exec((error as Error).message);
      throw other === null ? error : otherLeases(name, Number(other[1]), most);
    }
  }

  /**
   * Calls until there is something other than that it takes longer.
   * @param undo of what a call brings after it was called off
   */
  private async wait(
    request: Waiting,
    op: string,
    fields: object,
    signal: AbortSignal | undefined,
    undo?: (answer: unknown) => Promise<unknown>,
  ): Promise<unknown> {
    const { name, timeout } = request;
    const until = performance.now() + (timeout ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const left = Math.max(0, until - performance.now());
      const answer = this.call(op, { ...fields, name, timeout: Math.min(left, SLICE_MS) / 1_000 }).then(
        // Events and semaphores say that it takes longer, others throw.
        (value) => (value === false ? LATER : value),
        (error: unknown) => {
          if (error instanceof RemoteError && /TimeoutError/.test(error.message)) return LATER;
          throw error;
        },
      );
      const outcome = await unlessAborted(answer, signal, undo);
      if (outcome !== LATER) return outcome;
      if (performance.now() >= until) throw tooLate(awaited(request), timeout!);
    }
  }
}

const LATER = Symbol('later');

/** A value, or the key of a result. */
interface Value {
  readonly type: 'msgpack' | 'Future';
  readonly value: unknown;
  /** Of a variable's key: the scheduler keeps the result until it is told that this has come. */
  readonly token?: string;
}

const recordOf = ({ value, key }: { readonly value: unknown; readonly key?: Key }): object =>
  key === undefined ? { data: toScheduler(value) } : { key };

async function unlessAborted(
  answer: Promise<unknown>,
  signal: AbortSignal | undefined,
  undo: ((answer: unknown) => Promise<unknown>) | undefined,
): Promise<unknown> {
  if (signal === undefined) return answer;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([answer, aborted]);
  } catch (error) {
    if (signal.aborted) answer.then((late) => (late === LATER ? undefined : undo?.(late))).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** In the words of the local engine. */
function awaited({ do: what, name }: Waiting): string {
  const quoted = JSON.stringify(name);
  if (what === 'queue-put') return `putting into the queue ${quoted}`;
  return what.startsWith('semaphore') ? `a lease of ${quoted}` : `the ${what.split('-')[0]} ${quoted}`;
}
