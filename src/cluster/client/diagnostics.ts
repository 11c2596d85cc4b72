import type { Diagnostics, LogLine, TaskStreamEntry } from '../../engine/diagnostics.js';
import { EngineError } from '../../engine/errors.js';
import { RemoteError } from '../comm/index.js';

/** Calls an operation of the scheduler. */
type Call = (op: string, fields: object) => Promise<unknown>;

/** A line as Dask's processes have it. */
type Line = readonly [level: string, message: string];

/** A task as the scheduler's recorder has it. Seconds. */
interface Recorded {
  readonly key: unknown;
  readonly worker: string;
  readonly thread?: number | null;
  readonly status: string;
  readonly nbytes?: number;
  readonly typename?: string;
  readonly startstops: readonly { readonly action: string; readonly start: number; readonly stop: number }[];
}

/** What a scheduler tells of itself and its workers, by the calls that Dask's own clients use. */
export function schedulerDiagnostics(call: Call, dashboard: () => string | undefined): Diagnostics {
  return {
    get dashboard() {
      return dashboard();
    },
    async schedulerLogs(count) {
      return ((await call('logs', { n: count ?? null })) as Line[]).map(lineOf);
    },
    async workerLogs(workers, count) {
      const fields = { n: count ?? null, workers: workers ?? null, nanny: false };
      const logs = (await call('worker_logs', fields)) as Readonly<Record<string, Line[]>>;
      return new Map(Object.entries(logs).map(([worker, lines]) => [worker, lines.map(lineOf)]));
    },
    async taskStream({ start, stop, count }) {
      const fields = { start: secondsOf(start), stop: secondsOf(stop), count: count ?? null };
      return ((await call('get_task_stream', fields)) as Recorded[]).map(entryOf);
    },
    async report({ mode }) {
      await call('get_task_stream', { start: 0, stop: 0 });
      // A module of before has no clock, and answers null.
      const clock = (await call('tilework_clock', {})) as { time: number; samples: number } | null;
      const { time, samples } = clock ?? { time: Date.now() / 1000, samples: 0 };
      return async (code) => {
        const fields = { start: time, last_count: samples, code: escaped(code), mode: mode ?? null };
        try {
          return (await call('performance_report', fields)) as string;
        } catch (error) {
          if (!(error instanceof RemoteError && /No module named '?bokeh/.test(error.message))) throw error;
          throw new EngineError(
            'a performance report is made by the Python package bokeh, which is missing where the scheduler runs: python -m pip install bokeh',
            { cause: error },
          );
        }
      };
    },
  };
}

const lineOf = ([level, message]: Line): LogLine => ({ level, message });

const secondsOf = (time: number | Date | undefined): number | null =>
  time === undefined ? null : Number(time) / 1000;

const entryOf = (recorded: Recorded): TaskStreamEntry => ({
  key: typeof recorded.key === 'string' ? recorded.key : JSON.stringify(recorded.key),
  worker: recorded.worker,
  thread: recorded.thread ?? undefined,
  status: recorded.status === 'OK' ? 'OK' : 'error',
  bytes: recorded.nbytes ?? 0,
  type: recorded.typename,
  spans: recorded.startstops.map(({ action, start, stop }) => ({
    action,
    start: start * 1000,
    stop: stop * 1000,
  })),
});

/** A text as HTML shows it. */
const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
