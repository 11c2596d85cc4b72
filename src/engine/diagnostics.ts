import type { Key } from '../graph/task.js';

/** A line that a scheduler or worker has logged. */
export interface LogLine {
  /** `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. */
  readonly level: string;
  readonly message: string;
}

/** A task that a worker has finished, well or not. */
export interface TaskStreamEntry {
  readonly key: Key;
  /** Its address. */
  readonly worker: string;
  /** Names a thread of the worker. */
  readonly thread: number | undefined;
  readonly status: 'OK' | 'error';
  /** Of the result. */
  readonly bytes: number;
  /** What the worker calls the result's type. */
  readonly type: string | undefined;
  /** What took how long: `compute`, `transfer`, `disk-read` and others; milliseconds since 1970 by the worker's clock. */
  readonly spans: readonly { readonly action: string; readonly start: number; readonly stop: number }[];
}

/** Which tasks of the stream: the last `count` of those that ended between two times, in milliseconds since 1970. */
export interface TaskStreamOptions {
  readonly start?: number | Date;
  readonly stop?: number | Date;
  readonly count?: number;
}

/** How a report is made. */
export interface ReportOptions {
  /** Whether the file has Bokeh's scripts in it (`inline`), or takes them from the web (`cdn`, default). */
  readonly mode?: 'cdn' | 'inline';
}

/** What a cluster tells of itself. */
export interface Diagnostics {
  /** Where the dashboard is; undefined where there is none. */
  readonly dashboard: string | undefined;
  schedulerLogs(count: number | undefined): Promise<LogLine[]>;
  /** By address; of all workers, or some. */
  workerLogs(
    workers: readonly string[] | undefined,
    count: number | undefined,
  ): Promise<Map<string, LogLine[]>>;
  /** What was recorded since this was first asked for. */
  taskStream(options: TaskStreamOptions): Promise<TaskStreamEntry[]>;
  /** Begins to record; the function that is returned makes a page of HTML of it, beside which a code is shown. */
  report(options: ReportOptions): Promise<(code: string) => Promise<string>>;
}
