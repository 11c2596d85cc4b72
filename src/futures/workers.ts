import { setTimeout as pause } from 'node:timers/promises';
import type { WorkerInfo } from '../engine/engine.js';
import { EngineError } from '../engine/errors.js';
import { Diagnosed } from './diagnosed.js';
import { checkWait, type WaitOptions, within } from './waiting.js';

/** How often a cluster is asked for its workers while it is waited for them. */
const WORKERS_MS = 200;
/** How long workers have to come back, as Dask gives them. */
const RESTART_MS = 30_000;

/** The workers of a cluster: which there are, and that they come, or begin anew. */
export abstract class Staffed extends Diagnosed {
  /**
   * The workers of the cluster, in no order.
   *
   * @throws EngineError where the engine is no cluster
   * @example
   * await new Client().workers(); // throws EngineError: the local engine has no workers
   */
  async workers(): Promise<readonly WorkerInfo[]> {
    if (this.engine.workers === undefined)
      throw new EngineError('the local engine has no workers: connect to a cluster');
    return this.engine.workers();
  }

  /**
   * Waits until the cluster has so many workers of Node, and returns all that are there then.
   *
   * @throws as `workers`; a DOMException named TimeoutError
   * @example
   * await new Client().waitForWorkers(2); // throws EngineError: the local engine has no workers
   */
  async waitForWorkers(count: number, options: WaitOptions = {}): Promise<readonly WorkerInfo[]> {
    checkWait('waitForWorkers', options);
    if (!(Number.isInteger(count) && count >= 0))
      throw new RangeError(`it is waited for a whole number of workers, not ${count}`);
    const enough = new AbortController();
    const wait = async (): Promise<readonly WorkerInfo[]> => {
      for (;;) {
        const workers = await this.workers();
        if (workers.filter(({ language }) => language === 'node').length >= count) return workers;
        await pause(WORKERS_MS, undefined, { signal: enough.signal });
      }
    };
    try {
      return await within(wait(), options, `waiting for ${count} workers`);
    } finally {
      enough.abort();
    }
  }

  /**
   * Has the cluster start anew: everything is forgotten that it has computed or computes, for all programs, and its workers begin with new processes. Futures of before are
   * `lost`, or fail; what was uploaded is sent again.
   *
   * @throws EngineError where the engine is no cluster, or where some of the workers do not come back within `timeout` milliseconds (default 30,000)
   * @example
   * await new Client().restart(); // throws EngineError: the local engine has no workers
   */
  async restart(options: { readonly timeout?: number } = {}): Promise<void> {
    checkWait('restart', options, ['timeout']);
    if (this.engine.restart === undefined)
      throw new EngineError('the local engine has no workers: connect to a cluster');
    await this.engine.restart(options.timeout ?? RESTART_MS);
  }
}
