import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { DistributedFrames, FrameWorkers } from '../../frame/engines.js';
import type { Outcome } from '../../frame/exchange/index.js';
import type { Key } from '../../graph/task.js';
import { CommError, isLoopback, parseAddress, RemoteError } from '../comm/index.js';
import { fetchParts, GoneError } from '../frame/index.js';
import { ClusterTaskError, type Report } from './failure.js';
import type { Session } from './session.js';
import { workersOf } from './workers.js';

/** How long it is waited for what nobody holds at the moment. */
const AGAIN_MS = 200;

const NONE: ReadonlySet<number> = new Set();

/** What frames ask of a cluster beside running their tasks. */
export class ClusterFrames implements DistributedFrames {
  constructor(
    private readonly session: Session,
    /** Throws where the engine has ended. */
    private readonly check: () => void,
  ) {}

  async workers(): Promise<FrameWorkers> {
    this.check();
    const workers = workersOf(await this.session.call('identity')).filter(
      ({ language }) => language === 'node',
    );
    return {
      threads: workers.reduce((sum, { threads }) => sum + threads, 0),
      memoryLimit: Math.min(...workers.map(({ memoryLimit }) => memoryLimit)),
    };
  }

  async fetch(key: Key, directory: string | undefined, signal: AbortSignal): Promise<Outcome> {
    for (;;) {
      this.check();
      try {
        for (const worker of await this.holders(key, signal)) {
          const outcome = await this.from(worker, key, directory, signal);
          if (outcome) return outcome;
        }
        await this.failIfErred(key, signal);
      } catch (error) {
        // The session connects to the scheduler again, or says that it is gone for good.
        if (!(error instanceof CommError)) throw error;
      }
      await pause(AGAIN_MS, undefined, { signal });
    }
  }

  private async holders(key: Key, signal: AbortSignal): Promise<readonly string[]> {
    const found = (await this.session.call('who_has', { keys: [key] }, { signal })) as Readonly<
      Record<Key, readonly string[] | undefined>
    >;
    return found[key] ?? [];
  }

  /** Undefined where the worker has gone, or does not have it any more. */
  private async from(
    worker: string,
    key: Key,
    directory: string | undefined,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> {
    const parts = directory === undefined ? NONE : undefined;
    try {
      const wanted = { key, parts, scan: 0, directory: directory ?? '' };
      // Workers on a loopback address are on this machine; of others that is not known.
      const near = isLoopback(parseAddress(worker).host);
      const [outcome] = await fetchParts(this.session.pool, worker, near, [wanted], signal);
      return outcome;
    } catch (error) {
      if (directory !== undefined) await rm(directory, { recursive: true, force: true });
      if (error instanceof GoneError || error instanceof CommError || error instanceof RemoteError)
        return undefined;
      throw error;
    }
  }

  private async failIfErred(key: Key, signal: AbortSignal): Promise<void> {
    const reports = (await this.session.call('tilework_errors', { keys: [key] }, { signal })) as Readonly<
      Record<Key, Report | undefined>
    >;
    const report = reports[key];
    if (report)
      throw new ClusterTaskError(report.key, 'computed again', new Error(report.text), report.workers);
  }
}
