import { writeFile } from 'node:fs/promises';
import type {
  Diagnostics,
  LogLine,
  ReportOptions,
  TaskStreamEntry,
  TaskStreamOptions,
} from '../engine/diagnostics.js';
import { EngineError, shown } from '../engine/errors.js';
import { checkOptions } from '../engine/known-options.js';
import { Placed } from './placed.js';

/** What a cluster tells of itself. */
export abstract class Diagnosed extends Placed {
  /**
   * Where Dask's dashboard is, as this program reaches the scheduler; undefined where there is none: on the local engine, and where the scheduler serves none (`LocalCluster` does
   * where it is told `dashboard`, and where its Python has `bokeh`).
   *
   * @example
   * new Client().dashboardLink; // undefined
   */
  get dashboardLink(): string | undefined {
    return this.engine.diagnostics?.dashboard;
  }

  /**
   * What the scheduler has logged, the newest first.
   *
   * @param options.n at most so many lines; default: all that it keeps
   * @throws EngineError where the engine is no cluster; RangeError where `n` is no whole number from 1
   * @example
   * await new Client().getSchedulerLogs(); // throws EngineError: getSchedulerLogs: the local engine has no scheduler and no workers
   */
  async getSchedulerLogs(options: { readonly n?: number } = {}): Promise<LogLine[]> {
    checkOptions('getSchedulerLogs', options, ['n']);
    return this.diagnostics('getSchedulerLogs').schedulerLogs(whole('n', options.n));
  }

  /**
   * What workers have logged of themselves: by address, the newest line first.
   *
   * @param options.n at most so many lines of each; default: all that it keeps
   * @param options.workers their names or addresses; default: all
   * @throws as `getSchedulerLogs`; TypeError for what is no list of texts; EngineError naming workers that are not there
   * @example
   * await new Client().getWorkerLogs({ n: 5 }); // throws EngineError: getWorkerLogs: the local engine has no scheduler and no workers
   */
  async getWorkerLogs(
    options: { readonly n?: number; readonly workers?: readonly string[] } = {},
  ): Promise<Map<string, LogLine[]>> {
    checkOptions('getWorkerLogs', options, ['n', 'workers']);
    const { n, workers } = options;
    const diagnostics = this.diagnostics('getWorkerLogs');
    const found = workers === undefined ? undefined : await this.workersCalled(workers, 'getWorkerLogs');
    return diagnostics.workerLogs(
      found?.map(({ address }) => address),
      whole('n', n),
    );
  }

  /**
   * The tasks that workers have finished, of all programs, in the order in which the scheduler heard of them. It begins to record them when this is first called, and keeps the last 100,000
   * (`distributed.scheduler.dashboard.tasks.task-stream-length`): call it once before the work, and again after it.
   *
   * @throws EngineError where the engine is no cluster; RangeError for times and counts that are none
   * @example
   * await new Client().getTaskStream(); // throws EngineError: getTaskStream: the local engine has no scheduler and no workers
   */
  async getTaskStream(options: TaskStreamOptions = {}): Promise<TaskStreamEntry[]> {
    checkOptions('getTaskStream', options, ['start', 'stop', 'count']);
    for (const name of ['start', 'stop'] as const)
      if (options[name] !== undefined && !Number.isFinite(Number(options[name])))
        throw new RangeError(
          `getTaskStream: ${name} is a Date, or milliseconds since 1970, not ${shown(options[name])}`,
        );
    whole('count', options.count);
    return this.diagnostics('getTaskStream').taskStream(options);
  }

  /**
   * Calls a function, and writes Dask's report of what the cluster did meanwhile, for all programs, to a file of HTML: the stream of tasks, their times, use of processor and memory, transfers, logs. Of
   * functions of JavaScript there is no profile. It is written where the function throws, too.
   *
   * @returns what the function returns
   * @throws what the function throws; EngineError where the engine is no cluster, or where the scheduler's Python has no `bokeh`
   * @example
   * await new Client().performanceReport('/tmp/report.html', async () => 1); // throws EngineError: performanceReport: the local engine has no scheduler and no workers
   */
  async performanceReport<R>(
    path: string | URL,
    fn: () => R | PromiseLike<R>,
    options: ReportOptions = {},
  ): Promise<Awaited<R>> {
    checkOptions('performanceReport', options, ['mode']);
    if (typeof fn !== 'function')
      throw new TypeError(
        `performanceReport takes a path, and a function that does the work, not ${shown(fn)}`,
      );
    const report = await this.diagnostics('performanceReport').report(options);
    const write = async (): Promise<void> => writeFile(path, await report(String(fn)));
    let result: Awaited<R>;
    try {
      result = await fn();
    } catch (error) {
      // What went wrong first counts.
      await write().catch(() => {});
      throw error;
    }
    await write();
    return result;
  }

  private diagnostics(what: string): Diagnostics {
    if (this.engine.diagnostics === undefined)
      throw new EngineError(
        `${what}: the local engine has no scheduler and no workers that tell of themselves: connect to a cluster`,
      );
    return this.engine.diagnostics;
  }
}

function whole(name: string, count: number | undefined): number | undefined {
  if (count !== undefined && !(Number.isInteger(count) && count >= 1))
    throw new RangeError(`${name} is a whole number from 1, not ${shown(count)}`);
  return count;
}
