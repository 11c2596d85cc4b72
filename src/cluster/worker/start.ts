import { requireSpillDirectory } from '../../engine/disk/spill-directory.js';
import { LocalEngine } from '../../engine/index.js';
import { threadEntry } from '../../engine/thread-entry.js';
import type { Key } from '../../graph/task.js';
import { agrees, type ClusterEngine, withoutModule } from '../client/index.js';
import { type Handler, isLoopback, type Listener, listen, parseAddress } from '../comm/index.js';
import { handlersOf } from './handlers.js';
import { SchedulerLink } from './link.js';
import { Log } from './log.js';
import { threadsOf, type WorkerOptions } from './options.js';
import { TaskClient } from './task-client.js';
import { ClusterWorker } from './worker.js';

/**
 * Starts a worker and has it join the cluster. Resolves when the scheduler has taken it.
 *
 * @throws TypeError for options that are of no use, CommError where the scheduler cannot be reached, MemoryLimitError where the limit is
 *   too small to work with, SpillError where nothing can be written to the local directory, EngineError where the
 *   scheduler's module is of another version, Error where the scheduler refuses it
 */
export async function startWorker(options: WorkerOptions): Promise<ClusterWorker> {
  const log = new Log(options.quiet ?? false);
  const { localDirectory: spillDirectory, memoryLimit } = options;
  if (spillDirectory !== undefined) requireSpillDirectory(spillDirectory);
  const tasks = new TaskClient(options);
  let worker: ClusterWorker | undefined;
  const engineFor = (key: Key): Promise<ClusterEngine> => {
    worker?.work.secede(key);
    return tasks.get();
  };
  const engine = new LocalEngine(
    {
      threads: threadsOf(options),
      ...(memoryLimit !== undefined && { memoryLimit }),
      ...(spillDirectory && { spillDirectory }),
    },
    // No runner: the main thread runs no tasks, not even little ones.
    { entry: threadEntry(), engineFor },
  );
  engine.onDispose(() => tasks.close());
  let link: SchedulerLink | undefined;
  let listener: Listener | undefined;
  try {
    link = await SchedulerLink.open(options, log);
    const { scheduler, port = 0 } = options;
    // A client may have it run the module later.
    if (!(await agrees(link.pool, scheduler))) log.warn(withoutModule(scheduler));
    const host = options.host ?? (isLoopback(parseAddress(scheduler).host) ? '127.0.0.1' : link.localHost);
    const handlers: Record<string, Handler> = {};
    const onError = (error: unknown, peer: string): void => log.warn(`${peer}: ${String(error)}`);
    listener = await listen({ ...options, host, port, handlers, onError });
    worker = new ClusterWorker(options, link, listener, engine, log, await link.versions());
    Object.assign(handlers, handlersOf(worker));
    await worker.join();
    return worker;
  } catch (error) {
    await Promise.all([link?.close(0), listener?.close(), engine.dispose()]);
    throw error;
  }
}
