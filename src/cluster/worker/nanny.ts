import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { endsInARow, pauseAfter } from '../restarts.js';

/** What a worker's process says as it ends. */
export const EXIT = {
  /** It left the cluster as it was asked to. */
  orderly: 0,
  /** The command line is of no use. */
  usage: 2,
  /** It could not join: another attempt would go no better. */
  refused: 3,
  /** It lost the scheduler, which may be there again, or found itself broken. */
  lost: 4,
  /** Another worker has its name: it may be itself, as it was before the scheduler noticed that it is gone. */
  taken: 5,
} as const;

const REPORT_MS = 500;
/** A worker that says nothing for so long hangs. */
const SILENCE_MS = 60_000;
/** Who looks so much later than it meant to has not been awake in between. */
const AWAKE_MS = 5_000;
/** Of a worker that is to end since the program that started it has. */
const PATIENCE_MS = 5_000;

/** What a worker's process tells its supervisor. Bytes. */
interface Report {
  readonly resident: number;
  /** Absent until the worker has joined. */
  readonly limit?: number | undefined;
}

interface Reporting {
  /** Reports at once, beside the regular times: what was lost right after is known to have been there. */
  readonly report: () => void;
  readonly stop: () => void;
}

/** Reports to the supervisor, where there is one, from the start: a scheduler may be waited for. */
export function reportTo(process: NodeJS.Process, limit: () => number | undefined): Reporting {
  if (process.send === undefined) return { report: () => {}, stop: () => {} };
  const report = (): void => {
    const message: Report = { resident: process.memoryUsage.rss(), limit: limit() };
    if (process.connected) process.send!(message, undefined, undefined, () => {});
  };
  report();
  const timer = setInterval(report, REPORT_MS);
  return { report, stop: () => clearInterval(timer) };
}

/** What is to be done when the worker's process has ended. @param joined whether one under this supervisor has ever joined */
export function afterExit(code: number | null, joined: boolean): 'restart' | number {
  if (code === EXIT.orderly || code === EXIT.usage) return code;
  return code === EXIT.refused || (code === EXIT.taken && !joined) ? 1 : 'restart';
}

/** Why a worker must be ended; undefined where all is well. */
export function complaint(report: Report | undefined, silence: number): string | undefined {
  if (report?.limit !== undefined && report.resident > report.limit)
    return `it takes ${report.resident} bytes, of ${report.limit} that it may`;
  return silence > SILENCE_MS ? `it has not been heard of for ${Math.round(silence / 1_000)} s` : undefined;
}

/** How long nothing was heard, as far as who listens was awake itself: a machine that sleeps, or has both stopped, is no silence of the worker's. */
export class Silence {
  private milliseconds = 0;

  constructor(private last: number) {}

  heard(now: number): void {
    this.milliseconds = 0;
    this.last = now;
  }

  /** Asked every now and then: longer gaps than usual are not counted. */
  until(now: number): number {
    this.milliseconds += Math.min(now - this.last, AWAKE_MS);
    this.last = now;
    return this.milliseconds;
  }
}

/**
 * Runs a worker in a process of its own, which is started again when it dies, hangs, passes its memory limit or loses the scheduler.
 *
 * @param argv what Node is to run
 * @param again what it is told beside where it has lost the scheduler
 * @returns the exit code, once the worker has ended for good
 */
export async function supervise(argv: readonly string[], again: readonly string[]): Promise<number> {
  let stopping = false;
  let child: ChildProcess | undefined;
  const waiting = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    child?.kill(stopping ? 'SIGKILL' : signal);
    stopping = true;
    waiting.abort();
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // As `LocalCluster` starts it: the program that did is gone, however it ended.
  if (process.env.TILEWORK_END_WITH_STDIN === '1') {
    process.stdin.on('end', () => {
      stop('SIGTERM');
      setTimeout(() => stop('SIGKILL'), PATIENCE_MS).unref();
    });
    process.stdin.resume().unref();
  }
  let more: readonly string[] = [];
  let joined = false;
  for (let ends = 0; ; ) {
    const began = performance.now();
    // A group of its own: Ctrl-C comes to this process, which passes it on.
    child = spawn(process.execPath, [...process.execArgv, ...argv, ...more], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    const { code, signal, hadJoined } = await watch(child);
    joined ||= hadJoined;
    const next = afterExit(code, joined);
    if (next !== 'restart') return next;
    // A signal ends a process that has not come so far as to join.
    if (stopping) return signal === 'SIGTERM' || signal === 'SIGINT' ? EXIT.orderly : 1;
    more = code === EXIT.lost || code === EXIT.taken ? again : [];
    ends = endsInARow(ends, performance.now() - began);
    const delay = pauseAfter(ends);
    console.error(
      `tilework worker: the worker's process ended with ${signal ?? `code ${code}`}; it is started again in ${delay / 1_000} s`,
    );
    await pause(delay, undefined, { signal: waiting.signal }).catch(() => {});
    if (stopping) return 0;
  }
}

/** Waits for the end of a process, and ends it where there is something to complain of. */
function watch(child: ChildProcess): Promise<{
  readonly code: number | null;
  readonly signal: string | null;
  readonly hadJoined: boolean;
}> {
  let report: Report | undefined;
  const silence = new Silence(performance.now());
  const timer = setInterval(() => {
    const text = complaint(report, silence.until(performance.now()));
    if (text === undefined) return;
    console.error(`tilework worker: the worker's process is ended: ${text}`);
    child.kill('SIGKILL');
  }, REPORT_MS);
  child.on('message', (message: Report) => {
    report = message;
    silence.heard(performance.now());
  });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on('exit', (code, signal) => {
      clearInterval(timer);
      resolve({ code, signal, hadJoined: report?.limit !== undefined });
    });
  });
}
