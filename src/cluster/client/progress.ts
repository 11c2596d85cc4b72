import type { Progress } from '../../engine/engine.js';
import type { Session } from './session.js';

const INTERVAL_MS = 250;

/** What the scheduler counts for a graph, and of all its workers. */
interface Counts {
  readonly done: number;
  readonly total: number;
  readonly running: number;
  readonly memory: number;
  readonly limit: number;
  readonly spilled: number;
}

/** Tells a caller how a run goes, as the scheduler counts it. Bytes are those of all workers. */
export class ProgressPoll {
  private counts: Counts = { done: 0, total: 0, running: 0, memory: 0, limit: 0, spilled: 0 };
  private readonly began = performance.now();
  private readonly timer: NodeJS.Timeout;
  private asking = false;
  private finished = false;

  /**
   * @param graph id under which the graph was submitted; undefined while it is not
   * @param threw told of what the callback throws
   */
  constructor(
    private readonly session: Session,
    private readonly graph: () => string | undefined,
    private readonly call: (progress: Progress) => void,
    private readonly threw: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.tick(), INTERVAL_MS);
  }

  /** Tells of the end. Throws what the callback throws. */
  finish(total: number, success: boolean): void {
    clearInterval(this.timer);
    this.finished = true;
    const { counts } = this;
    const done = success ? total : counts.done;
    this.call(this.progressOf({ ...counts, done, total, running: 0 }, true));
  }

  private async tick(): Promise<void> {
    const graph = this.graph();
    if (this.asking || graph === undefined) return;
    this.asking = true;
    try {
      const { client } = this.session;
      const counts = (await this.session.call('tilework_progress', { client, graph })) as Counts | null;
      if (counts !== null) {
        this.counts = counts;
        this.told();
      }
    } catch {
      // The session tells of a scheduler that is gone; no progress is no reason to stop.
    } finally {
      this.asking = false;
    }
  }

  private told(): void {
    if (this.finished) return;
    try {
      this.call(this.progressOf(this.counts, false));
    } catch (error) {
      this.finished = true;
      clearInterval(this.timer);
      this.threw(error);
    }
  }

  private progressOf(counts: Counts, finished: boolean): Progress {
    return {
      done: counts.done,
      total: counts.total,
      running: counts.running,
      memoryUsed: counts.memory,
      memoryBudget: counts.limit,
      memoryLimit: counts.limit,
      spilled: counts.spilled,
      elapsed: performance.now() - this.began,
      finished,
    };
  }
}
