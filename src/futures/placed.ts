import type { WorkerInfo } from '../engine/engine.js';
import { EngineError, shown } from '../engine/errors.js';
import type { Placement } from '../engine/placement.js';
import type { Key } from '../graph/task.js';
import type { Future } from './future.js';
import { futuresOf } from './given.js';
import { Names } from './names.js';

/** Where the results of futures are, on a cluster. */
export abstract class Placed extends Names {
  /**
   * Which workers hold the results of futures: by key, their addresses; none of what is not finished.
   *
   * @throws EngineError where the engine is no cluster
   * @example
   * await new Client().whoHas([]); // throws EngineError: the local engine has no workers
   */
  async whoHas(futures: Iterable<Future> | Future): Promise<Map<Key, readonly string[]>> {
    return this.places().whoHas(futuresOf(futures, 'whoHas').map(({ key }) => key));
  }

  /**
   * What each worker holds, of all programs: by address, the keys.
   *
   * @throws as `whoHas`
   * @example
   * await new Client().hasWhat(); // throws EngineError: the local engine has no workers
   */
  async hasWhat(): Promise<Map<string, readonly Key[]>> {
    return this.places().hasWhat();
  }

  /**
   * What each worker is at, or is to do next, for all programs: by address, the keys.
   *
   * @throws as `whoHas`
   * @example
   * await new Client().processing(); // throws EngineError: the local engine has no workers
   */
  async processing(): Promise<Map<string, readonly Key[]>> {
    return this.places().processing();
  }

  /**
   * Moves results from workers whose memory is rather full to others.
   *
   * @throws as `whoHas`; EngineError where a result could not be moved
   * @example
   * await new Client().rebalance(); // throws EngineError: the local engine has no workers
   */
  async rebalance(): Promise<void> {
    return this.places().rebalance();
  }

  /**
   * Has the results of futures, which are waited for, on several workers, so that calls find them and none is lost with one of them.
   *
   * @param count on how many; default: on all
   * @throws as `rebalance`; what a future failed with; RangeError where `count` is no whole number from 1
   * @example
   * await new Client().replicate([], 2); // throws EngineError: the local engine has no workers
   */
  async replicate(futures: Iterable<Future> | Future, count?: number): Promise<void> {
    if (count !== undefined && !(Number.isInteger(count) && count >= 1))
      throw new RangeError(`a result is on a whole number of workers from 1, not ${count}`);
    const places = this.places();
    const all = futuresOf(futures, 'replicate');
    await Promise.all(all.map((future) => future.ready()));
    return places.replicate(
      all.map(({ key }) => key),
      count,
    );
  }

  /**
   * Has workers leave the cluster, when what only they hold is with others. What starts workers may start them again: a Deployment of Kubernetes, say.
   *
   * @param workers their names or addresses: `client.workers()` has them
   * @throws as `whoHas`; TypeError for what is no list of texts; EngineError naming workers that are not there, or that stay, since there is no other to take what they hold
   * @example
   * await new Client().retireWorkers(['node-1']); // throws EngineError: the local engine has no workers
   */
  async retireWorkers(workers: readonly string[]): Promise<void> {
    const places = this.places();
    const found = await this.workersCalled(workers, 'retireWorkers');
    if (found.length === 0) return;
    const gone = await places.retire(found.map(({ address }) => address));
    const left = found.filter(({ address }) => !gone.includes(address));
    if (left.length > 0)
      throw new EngineError(
        `not retired: ${left.map(({ name }) => name).join(', ')}; no other worker can take what is held there, as actors, which are not moved`,
      );
  }

  /**
   * Workers that are there, by their names or addresses.
   *
   * @throws TypeError for what is no list of texts; EngineError naming one that is not there
   */
  protected async workersCalled(workers: readonly string[], what: string): Promise<WorkerInfo[]> {
    if (!Array.isArray(workers) || workers.some((worker) => typeof worker !== 'string'))
      throw new TypeError(`${what} takes a list of names or addresses, not ${shown(workers)}`);
    const present = (await this.engine.workers?.()) ?? [];
    return workers.map((worker) => {
      const one = present.find(({ name, address }) => name === worker || address === worker);
      if (one !== undefined) return one;
      const names = present.map(({ name }) => name).join(', ');
      throw new EngineError(`no worker is called ${JSON.stringify(worker)}; there is ${names || 'none'}`);
    });
  }

  private places(): Placement {
    if (this.engine.placement === undefined)
      throw new EngineError('the local engine has no workers: connect to a cluster');
    return this.engine.placement;
  }
}
