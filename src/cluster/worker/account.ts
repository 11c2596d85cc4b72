import type { Key } from '../../graph/task.js';
import { dumpState } from './dump.js';
import type { Pages } from './http.js';
import type { Log } from './log.js';
import { heartbeatMetrics, prometheusText } from './metrics.js';
import type { Observer } from './observer.js';
import type { Work } from './work.js';

/** What a worker answers to those who ask about it: the scheduler, its dashboard, people, what watches over it. */
export class Account {
  /**
   * @param identity what it is called and does now, in Dask's words
   * @param healthy whether it takes part in the cluster
   */
  constructor(
    readonly identity: () => object,
    private readonly healthy: () => boolean,
    private readonly work: Work,
    private readonly observer: Observer,
    private readonly log: Log,
  ) {}

  /** What a heartbeat tells. */
  metrics(): object {
    return heartbeatMetrics(this.observer.look());
  }

  /** Of tasks that execute: of some, or of all. */
  callStacks(keys?: readonly Key[]): Record<Key, readonly string[]> {
    const all = Object.entries(this.work.executions.descriptions());
    const wanted = keys && new Set(keys);
    return Object.fromEntries(
      all.filter(([key]) => wanted?.has(key) ?? true).map(([key, text]) => [key, [text]]),
    );
  }

  dump(): object {
    return { ...this.identity(), ...dumpState(this.work.state), log: this.log.recent() };
  }

  /** What it shows by HTTP. */
  pages(): Pages {
    return {
      healthy: this.healthy,
      status: () => ({ ...this.identity(), ...this.metrics() }),
      metrics: () => prometheusText(this.observer.look()),
    };
  }
}
