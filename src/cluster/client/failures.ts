import type { Graph, Key } from '../../graph/task.js';
import type { StreamMessage } from '../comm/index.js';
import { failureOf, type Report } from './failure.js';
import type { Run } from './run.js';
import type { Session } from './session.js';

/** Of so many failed keys the scheduler is asked at once why they did. */
const MOST = 256;

interface Failed {
  readonly key: Key;
  readonly message: StreamMessage;
  readonly runs: readonly Run[];
}

/**
 * Tells runs why their keys failed, in the order in which the scheduler said that they did: whoever hears of a failure, and has it tried again, knows of all failures
 * behind it.
 */
export class Failures {
  private waiting: Failed[] = [];
  private asking = false;
  /** Runs that are about to fail: of one error many of their keys may, and it is asked about once. */
  private readonly failing = new WeakSet<Run>();

  constructor(private readonly session: Session) {}

  /** The scheduler says that a key failed, which runs want. */
  heard(key: Key, message: StreamMessage, wanting: readonly Run[]): void {
    const runs = wanting.filter((run) => !this.failing.has(run));
    if (runs.length === 0) return;
    for (const run of runs) this.failing.add(run);
    this.waiting.push({ key, message, runs });
    if (!this.asking) void this.tell();
  }

  private async tell(): Promise<void> {
    this.asking = true;
    try {
      // What comes in one list of messages is asked about together.
      await Promise.resolve();
      while (this.waiting.length > 0) await this.tellSome(this.waiting.splice(0, MOST));
    } finally {
      this.asking = false;
    }
  }

  private async tellSome(told: readonly Failed[]): Promise<void> {
    const reports = await this.reportsOf(told.map(({ key }) => key));
    for (const { key, message, runs } of told) {
      const graph: Graph = runs.map((run) => run.graph).find((g) => g.has(key)) ?? new Map();
      const error = failureOf(message, reports[key], graph);
      for (const run of runs) run.fail(error);
    }
  }

  /** Without a report the error itself is still worth telling. */
  private async reportsOf(keys: readonly Key[]): Promise<Readonly<Record<Key, Report | undefined>>> {
    return (await this.session.call('tilework_errors', { keys }).catch(() => ({}))) as Readonly<
      Record<Key, Report | undefined>
    >;
  }
}
