import { randomUUID } from 'node:crypto';
import { revive } from '../cluster/python/index.js';
import { type Coordination, HeldKey } from '../engine/coordination.js';
import type { Engine } from '../engine/engine.js';
import { EngineError, shown } from '../engine/errors.js';
import { LONGEST_MS } from '../engine/timer.js';
import { whyNotCloneable } from '../graph/plain-data.js';
import type { Key } from '../graph/task.js';
import { Future } from './future.js';
import { checkWait } from './waiting.js';
import { AdoptedWork } from './work.js';

/** How long to wait for what others do. */
export interface PatienceOptions {
  /** Milliseconds, after which a `TimeoutError` is thrown; default: for ever. */
  readonly timeout?: number;
}

/** What programs and tasks share under a name: the engine has it. */
abstract class Shared {
  /** @internal */
  constructor(
    private readonly engine: Engine,
    readonly name: string,
  ) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`a name is a text, not ${shown(name)}`);
  }

  protected async ask(request: Coordination): Promise<unknown> {
    if (this.engine.coordinate === undefined)
      throw new EngineError('this engine has nothing that is shared by names');
    return this.engine.coordinate(request);
  }

  /** A value as it is given to others. */
  protected given(value: unknown): { readonly value: unknown; readonly key?: Key } {
    if (!(value instanceof Future)) return { value: plain(value, 'the value') };
    if (this.engine.adopt === undefined || value.node.engine !== this.engine || value.isHere)
      throw new EngineError(
        `${String(value)} cannot be a value of ${JSON.stringify(this.name)}: only a cluster holds results for other programs; give its result`,
      );
    return { value: undefined, key: value.key };
  }

  /** What others gave. */
  protected async taken<T>(answer: unknown, options: PatienceOptions): Promise<T> {
    if (!(answer instanceof HeldKey)) return answer as T;
    const node = { key: answer.key, engine: this.engine, inputs: [], tasks: () => [] };
    using future = new Future<T>(
      new AdoptedWork(this.engine, node, {}, () => [], undefined, revive),
      this.engine,
    );
    return await future.result(options);
  }

  toString(): string {
    return `tilework.${this.constructor.name}<${this.name}>`;
  }
}

/** A value that programs and tasks share by its name. Made by `client.variable`. */
export class Variable<T = unknown> extends Shared {
  /**
   * Gives it a value, in place of the one before: plain data, or on a cluster a future, whose result is kept there for as long.
   *
   * @throws TypeError where the value is no plain data; EngineError where it is a future and the engine no cluster
   */
  async set(value: T | Future<T>): Promise<void> {
    await this.ask({ do: 'variable-set', name: this.name, ...this.given(value) });
  }

  /**
   * Its value, of a future the result; where it has none yet it is waited for.
   *
   * @throws a DOMException named TimeoutError; what the future failed with
   */
  async get(options: PatienceOptions = {}): Promise<T> {
    const timeout = patienceOf('get', options);
    return this.taken<T>(await this.ask({ do: 'variable-get', name: this.name, timeout }), options);
  }
}

/** Values that some programs and tasks put in and others take out, first in first out. Made by `client.queue`. */
export class Queue<T = unknown> extends Shared {
  /** @internal */
  constructor(
    engine: Engine,
    name: string,
    private readonly most: number,
  ) {
    super(engine, name);
    if (!Number.isInteger(most) || most < 0)
      throw new RangeError(`a queue holds a whole number of values, or 0 for any, not ${most}`);
  }

  /**
   * Puts a value in, plain data or on a cluster a future; where the queue is full it is waited for room.
   *
   * @throws TypeError where the value is no plain data; EngineError where it is a future and the engine no cluster; a DOMException named TimeoutError
   */
  async put(value: T | Future<T>, options: PatienceOptions = {}): Promise<void> {
    const { name, most } = this;
    await this.ask({
      do: 'queue-put',
      name,
      most,
      ...this.given(value),
      timeout: patienceOf('put', options),
    });
  }

  /**
   * Takes the first value out, of a future the result; where there is none it is waited for.
   *
   * @throws a DOMException named TimeoutError; what the future failed with
   */
  async get(options: PatienceOptions = {}): Promise<T> {
    const { name, most } = this;
    const timeout = patienceOf('get', options);
    return this.taken<T>(await this.ask({ do: 'queue-get', name, most, timeout }), options);
  }

  /** How many values are in it. */
  async size(): Promise<number> {
    const { name, most } = this;
    return (await this.ask({ do: 'queue-size', name, most })) as number;
  }
}

/** Something that has happened, or not yet, for others to wait for. Made by `client.event`. */
export class EventFlag extends Shared {
  /** It has happened: who waits goes on. */
  async set(): Promise<void> {
    await this.ask({ do: 'event-set', name: this.name });
  }

  /** It has not happened, again. */
  async clear(): Promise<void> {
    await this.ask({ do: 'event-clear', name: this.name });
  }

  /** Whether it is set. */
  async isSet(): Promise<boolean> {
    return (await this.ask({ do: 'event-is-set', name: this.name })) as boolean;
  }

  /**
   * Waits until it has happened.
   *
   * @throws a DOMException named TimeoutError
   */
  async wait(options: PatienceOptions = {}): Promise<void> {
    await this.ask({ do: 'event-wait', name: this.name, timeout: patienceOf('wait', options) });
  }
}

/** A bounded number of leases, for what only so many may use at once. Made by `client.semaphore`, and of one lease by `client.lock`. */
export class Semaphore extends Shared {
  /** @internal */
  constructor(
    engine: Engine,
    name: string,
    private readonly most: number,
  ) {
    super(engine, name);
    if (!Number.isInteger(most) || most < 1)
      throw new RangeError(`a semaphore has a whole number of leases from 1, not ${most}`);
  }

  /**
   * Takes a lease, when one is free. It is given back by its `release()`, at the end of a block with `await using`, when the task that took it ends, and some
   * time after the process that took it has gone.
   *
   * @throws a DOMException named TimeoutError; RangeError where the name has another number of leases
   */
  async acquire(options: PatienceOptions = {}): Promise<Lease> {
    const { name, most } = this;
    const lease = randomUUID();
    await this.ask({ do: 'semaphore-acquire', name, most, lease, timeout: patienceOf('acquire', options) });
    let held = true;
    const release = async (): Promise<void> => {
      if (!held) return;
      held = false;
      await this.ask({ do: 'semaphore-release', name, lease });
    };
    return { release, [Symbol.asyncDispose]: release };
  }

  /**
   * What a function returns that is called while a lease is held.
   *
   * @throws what the function throws, and as `acquire`
   */
  async use<R>(fn: () => R | PromiseLike<R>, options: PatienceOptions = {}): Promise<Awaited<R>> {
    const lease = await this.acquire(options);
    try {
      return await fn();
    } finally {
      await lease.release();
    }
  }
}

/** A place that a semaphore or lock has granted. */
export interface Lease extends AsyncDisposable {
  /** Gives it back; once is enough. */
  release(): Promise<void>;
}

function plain<T>(value: T, what: string): T {
  const why = whyNotCloneable(value, what);
  if (why !== undefined) throw new TypeError(`${why}. Pass plain data`);
  return value;
}

function patienceOf(what: string, options: PatienceOptions): number | undefined {
  checkWait(what, options, ['timeout']);
  const { timeout } = options;
  return timeout === undefined || timeout > LONGEST_MS ? undefined : timeout;
}
