import { type Coordination, type Coordinator, otherLeases, tooLate } from './coordination.js';

interface Waiting {
  /** Whether it was what it waited for. */
  readonly look: () => boolean;
}

interface Queue {
  readonly most: number;
  readonly values: unknown[];
}

interface Semaphore {
  readonly most: number;
  readonly leases: Set<string>;
}

/** Variables, queues, events and semaphores of one engine. Whoever waits looks again, in order, whenever something has changed. */
export class LocalCoordinator implements Coordinator {
  private readonly variables = new Map<string, unknown>();
  private readonly queues = new Map<string, Queue>();
  private readonly events = new Set<string>();
  private readonly semaphores = new Map<string, Semaphore>();
  private readonly waiting = new Set<Waiting>();

  async coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown> {
    const { name } = request;
    switch (request.do) {
      case 'variable-set':
        this.variables.set(name, structuredClone(request.value));
        this.changed();
        return undefined;
      case 'variable-get':
        await this.until(
          () => this.variables.has(name),
          `the variable ${JSON.stringify(name)}`,
          request,
          signal,
        );
        return structuredClone(this.variables.get(name));
      case 'queue-put': {
        const { most, values } = this.queueOf(request);
        const value = structuredClone(request.value);
        const put = (): boolean => (most === 0 || values.length < most) && values.push(value) > 0;
        await this.until(put, `putting into the queue ${JSON.stringify(name)}`, request, signal);
        this.changed();
        return undefined;
      }
      case 'queue-get': {
        const { values } = this.queueOf(request);
        let taken: unknown;
        const take = (): boolean => {
          if (values.length === 0) return false;
          taken = values.shift();
          return true;
        };
        await this.until(take, `the queue ${JSON.stringify(name)}`, request, signal);
        this.changed();
        return taken;
      }
      case 'queue-size':
        return this.queueOf(request).values.length;
      case 'event-set':
        this.events.add(name);
        this.changed();
        return undefined;
      case 'event-clear':
        this.events.delete(name);
        return undefined;
      case 'event-is-set':
        return this.events.has(name);
      case 'event-wait':
        await this.until(() => this.events.has(name), `the event ${JSON.stringify(name)}`, request, signal);
        return undefined;
      case 'semaphore-acquire': {
        const { most, leases } = this.semaphoreOf(request);
        const acquire = (): boolean => leases.size < most && leases.add(request.lease).size > 0;
        await this.until(acquire, `a lease of ${JSON.stringify(name)}`, request, signal);
        return undefined;
      }
      case 'semaphore-release':
        this.semaphores.get(name)?.leases.delete(request.lease);
        this.changed();
        return undefined;
    }
  }

  private queueOf({ name, most }: { readonly name: string; readonly most: number }): Queue {
    const queue = this.queues.get(name) ?? { most, values: [] };
    this.queues.set(name, queue);
    return queue;
  }

  private semaphoreOf({ name, most }: { readonly name: string; readonly most: number }): Semaphore {
    const semaphore = this.semaphores.get(name) ?? { most, leases: new Set<string>() };
    if (semaphore.most !== most) throw otherLeases(name, semaphore.most, most);
    this.semaphores.set(name, semaphore);
    return semaphore;
  }

  /** Resolves when `look` was true: at once, or after a change. */
  private until(
    look: () => boolean,
    what: string,
    { timeout }: { readonly timeout: number | undefined },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted();
    if (look()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        look: () => {
          if (!look()) return false;
          end(resolve);
          return true;
        },
      };
      const late = (): void => end(() => reject(tooLate(what, timeout!)));
      const abort = (): void => end(() => reject(signal!.reason));
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      const end = (settle: () => void): void => {
        this.waiting.delete(waiting);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.add(waiting);
    });
  }

  /** Whoever waits looks, until nobody finds anything. */
  private changed(): void {
    for (const waiting of [...this.waiting]) if (this.waiting.has(waiting)) waiting.look();
  }
}
