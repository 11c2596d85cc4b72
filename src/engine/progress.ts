import type { Progress } from './engine.js';
import type { Core } from './state/core.js';
import type { RunRecord } from './state/records.js';

const INTERVAL_MS = 100;

/** Tells callers how their runs go: at most some ten times a second, and once at the end. */
export class ProgressReports {
  private readonly watches = new Map<RunRecord, Watch>();

  constructor(private readonly core: Core) {}

  add(run: RunRecord, call: (progress: Progress) => void, began: number): void {
    this.watches.set(run, { call, began, told: Number.NEGATIVE_INFINITY });
  }

  /** Some time has passed. @param threw is told of a run whose callback throws */
  tick(now: number, threw: (run: RunRecord, error: unknown) => void): void {
    for (const [run, watch] of this.watches) {
      if (now - watch.told < INTERVAL_MS) continue;
      watch.told = now;
      try {
        watch.call(this.progressOf(run, watch, now, false));
      } catch (error) {
        this.watches.delete(run);
        threw(run, error);
      }
    }
  }

  /** A run is over. Throws what its callback throws. */
  finish(run: RunRecord, now: number): void {
    const watch = this.watches.get(run);
    if (watch === undefined) return;
    this.watches.delete(run);
    watch.call(this.progressOf(run, watch, now, true));
  }

  private progressOf(run: RunRecord, watch: Watch, now: number, finished: boolean): Progress {
    const { core } = this;
    let running = 0;
    for (const thread of core.runners) running += thread.length;
    return {
      done: run.done,
      total: run.total,
      running,
      memoryUsed: core.space.used,
      memoryBudget: core.space.limit,
      memoryLimit: core.options.memoryLimit,
      spilled: core.spilledBytes,
      elapsed: now - watch.began,
      finished,
    };
  }
}

interface Watch {
  readonly call: (progress: Progress) => void;
  readonly began: number;
  told: number;
}
