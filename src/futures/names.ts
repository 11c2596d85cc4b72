import type { Engine } from '../engine/engine.js';
import { EventFlag, Queue, Semaphore, Variable } from './coordination.js';

const datasets = new WeakMap<Engine, Map<string, unknown>>();

/** What clients of one engine share by names: what is published in this process, and what programs and tasks tell each other. */
export abstract class Names {
  /** @internal */
  constructor(readonly engine: Engine) {}

  /**
   * Gives something a name under which every client of the engine in this process finds it; futures and persisted arrays in it stay
   * until it is unpublished.
   *
   * @throws TypeError where there is something of that name
   * @example
   * const client = new Client();
   * client.publish('limits', client.scatter([1, 2]));
   * await client.getDataset('limits'); // [ 1, 2 ]
   * client.unpublish('limits');
   */
  publish(name: string, value: unknown): void {
    const names = this.names();
    if (names.has(name))
      throw new TypeError(`${JSON.stringify(name)} is published already; unpublish it first`);
    names.set(name, value);
  }

  /**
   * What was published under a name.
   *
   * @throws TypeError where nothing was
   * @example
   * new Client().getDataset('nothing'); // throws TypeError: nothing is published as "nothing"
   */
  getDataset<T = unknown>(name: string): T {
    const names = this.names();
    if (!names.has(name))
      throw new TypeError(
        `nothing is published as ${JSON.stringify(name)}; there is ${[...names.keys()].join(', ') || 'nothing at all'}`,
      );
    return names.get(name) as T;
  }

  /**
   * Gives up a name.
   *
   * @example
   * const client = new Client();
   * client.publish('x', 1);
   * client.unpublish('x');
   * client.listDatasets(); // []
   */
  unpublish(name: string): void {
    this.names().delete(name);
  }

  /**
   * The names under which something is published, in the order of publishing.
   *
   * @example
   * new Client().listDatasets(); // []
   */
  listDatasets(): string[] {
    return [...this.names().keys()];
  }

  /**
   * A value that programs and tasks share by its name.
   *
   * @throws TypeError where the name is no text
   * @example
   * const best = new Client().variable<number>('best');
   * await best.set(3);
   * await best.get(); // 3
   */
  variable<T = unknown>(name: string): Variable<T> {
    return new Variable<T>(this.engine, name);
  }

  /**
   * A queue of values that programs and tasks share by its name.
   *
   * @param maxsize how many values it holds, from when the name is first used; 0, the default: any number
   * @throws TypeError where the name is no text, RangeError where `maxsize` is no whole number
   * @example
   * const client = new Client();
   * const found = client.queue<number>('found');
   * client.with({ captured: { getClient } }).submit((n: number) => getClient().queue<number>('found').put(n), 7);
   * await found.get(); // 7
   */
  queue<T = unknown>(name: string, maxsize = 0): Queue<T> {
    return new Queue<T>(this.engine, name, maxsize);
  }

  /**
   * Something that has happened or not, by its name.
   *
   * @throws TypeError where the name is no text
   * @example
   * const ready = new Client().event('ready');
   * await ready.set();
   * await ready.wait({ timeout: 1000 });
   * await ready.isSet(); // true
   */
  event(name: string): EventFlag {
    return new EventFlag(this.engine, name);
  }

  /**
   * What only so many may use at once, by its name.
   *
   * @param leases how many; the same wherever the name is used
   * @throws TypeError where the name is no text, RangeError where `leases` is no whole number from 1
   * @example
   * const connections = new Client().semaphore('connections', 2);
   * await connections.use(() => 'rows'); // rows
   */
  semaphore(name: string, leases: number): Semaphore {
    return new Semaphore(this.engine, name, leases);
  }

  /**
   * What only one may use at once, by its name: a semaphore of one lease.
   *
   * @throws TypeError where the name is no text
   * @example
   * const lock = new Client().lock('file');
   * const lease = await lock.acquire();
   * await lock.acquire({ timeout: 10 }); // throws TimeoutError
   * await lease.release();
   */
  lock(name: string): Semaphore {
    return this.semaphore(name, 1);
  }

  private names(): Map<string, unknown> {
    let names = datasets.get(this.engine);
    if (names === undefined) {
      names = new Map();
      datasets.set(this.engine, names);
    }
    return names;
  }
}
