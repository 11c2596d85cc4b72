import { taken } from '../engine/datasets.js';
import type { Engine } from '../engine/engine.js';
import { shown } from '../engine/errors.js';
import { EventFlag, Queue, Semaphore, Variable } from './coordination.js';
import { describeDataset, reviveDataset } from './datasets.js';

const datasets = new WeakMap<Engine, Map<string, unknown>>();

/** What is shared by names: what is published, and what programs and tasks tell each other. */
export abstract class Names {
  /** @internal */
  constructor(readonly engine: Engine) {}

  /**
   * Gives something a name under which others find it: on a cluster all its programs, also when this one has ended, and Python's see the
   * name; else the clients of the engine in this process. It may be plain data with futures and persisted arrays and delayed values in it, which stay until it is
   * unpublished; on a cluster futures are waited for.
   *
   * @throws TypeError where there is something of that name, and on a cluster naming what is neither plain data nor held there
   * @example
   * const client = new Client();
   * await client.publish('limits', client.scatter([1, 2]));
   * await client.getDataset('limits'); // [ 1, 2 ]
   * await client.unpublish('limits');
   */
  async publish(name: string, value: unknown): Promise<void> {
    checkName(name);
    const { datasets } = this.engine;
    if (datasets === undefined) {
      const names = this.names();
      if (names.has(name)) throw taken(name);
      names.set(name, value);
      return;
    }
    // What is collected is given up: not before the name holds it.
    const held = new Set([value]);
    await datasets.publish(name, await describeDataset(value, this.engine));
    held.clear();
  }

  /**
   * What was published under a name. Of a future by itself it is the result, as awaiting it is; in a list or an object it is the future.
   *
   * @throws TypeError where nothing was; GraphError where the cluster has lost it; EngineError where a program in Python published it
   * @example
   * await new Client().getDataset('nothing'); // throws TypeError: nothing is published as "nothing"
   */
  async getDataset<T = unknown>(name: string): Promise<Awaited<T>> {
    checkName(name);
    const { datasets } = this.engine;
    if (datasets === undefined) {
      if (!this.names().has(name)) throw await this.nothing(name);
      return (await this.names().get(name)) as Awaited<T>;
    }
    const dataset = await datasets.find(name);
    if (dataset === undefined) throw await this.nothing(name);
    return (await reviveDataset(dataset, this.engine)) as Awaited<T>;
  }

  /**
   * Gives up a name, and what is held for it.
   *
   * @example
   * const client = new Client();
   * await client.publish('x', 1);
   * await client.unpublish('x');
   * await client.listDatasets(); // []
   */
  async unpublish(name: string): Promise<void> {
    checkName(name);
    if (this.engine.datasets === undefined) this.names().delete(name);
    else await this.engine.datasets.unpublish(name);
  }

  /**
   * The names under which something is published; of a cluster, by Python's programs too.
   *
   * @example
   * await new Client().listDatasets(); // []
   */
  async listDatasets(): Promise<string[]> {
    return this.engine.datasets?.list() ?? [...this.names().keys()];
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

  private async nothing(name: string): Promise<TypeError> {
    const others = (await this.listDatasets()).join(', ') || 'nothing at all';
    return new TypeError(`nothing is published as ${JSON.stringify(name)}; there is ${others}`);
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

function checkName(name: string): void {
  if (typeof name !== 'string' || name === '') throw new TypeError(`a name is a text, not ${shown(name)}`);
}
