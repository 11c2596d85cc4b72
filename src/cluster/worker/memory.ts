import type { EngineStats } from '../../engine/index.js';

/** Shares of the memory limit, for what is not in blocks: above the first nothing more is begun, until it is below the second. */
const PAUSE = 0.8;
const RESUME = 0.7;
/** Above the first share plain values go to disk, until the second would be left. */
const SPILL = 0.7;
const TARGET = 0.6;

const LOOK_MS = 200;
/** Between two collections of garbage while memory is short: what was given up is only free after one. */
const GARBAGE_MS = 2_000;

/** Bytes of the process that the engine does not keep within a limit itself: values, users' libraries, messages. */
export interface Taken {
  readonly resident: number;
  readonly stats: EngineStats;
  /** What may belong to something else that keeps a limit of its own. */
  readonly bounded: number;
}

const others = ({ resident, stats, bounded }: Taken): number =>
  resident - Math.min(resident, stats.memory.touched + bounded);

/** Whether memory is short. Blocks are held within their budget, and go to disk, by the engine; this is about what it does not move. */
export const isShort = (paused: boolean, taken: Taken): boolean =>
  others(taken) > (paused ? RESUME : PAUSE) * taken.stats.memory.limit;

/** How many bytes of plain values should go to disk. */
export function bytesToSpill(taken: Taken): number {
  const { limit } = taken.stats.memory;
  return others(taken) > SPILL * limit ? others(taken) - TARGET * limit : 0;
}

/** What the process takes, and what the worker is at. */
export interface Observation extends Taken {
  readonly paused: boolean;
  /** Nothing runs that would give anything back when it ends. */
  readonly idle: boolean;
}

export interface MemoryActions {
  /** What is now; undefined while nothing is to be done about it. */
  look(): Observation | undefined;
  pause(paused: boolean): void;
  /** Moves values to disk; says whether any went. */
  spill(bytes: number): Promise<boolean>;
  /** Collects the garbage of all threads, and gives back what is held in reserve. */
  collect(): Promise<void>;
}

/**
 * Looks after what a worker takes beside its blocks. It is paused while that may become less. Where nothing runs, and all was given back that can be, it is not:
 * to wait would be to wait for ever, while what there is to do may need what is held for the last time.
 */
export class MemoryWatch {
  private readonly timer: NodeJS.Timeout;
  private collected = Number.NEGATIVE_INFINITY;
  private giving = false;
  private allGiven = false;

  constructor(private readonly actions: MemoryActions) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const seen = this.actions.look();
    if (seen === undefined) return;
    const { paused, idle } = seen;
    const short = isShort(paused, seen);
    if (!short || !idle) this.allGiven = false;
    const should = short && !this.allGiven;
    if (should !== paused) this.actions.pause(should);
    if (!this.giving) void this.give(bytesToSpill(seen), should, idle);
  }

  private async give(bytes: number, paused: boolean, idle: boolean): Promise<void> {
    this.giving = true;
    try {
      const went = bytes > 0 && (await this.actions.spill(bytes));
      // What went is garbage, and counts until it is collected. A paused worker makes no garbage, so nothing else would have it collected.
      const due = paused && (idle || performance.now() - this.collected > GARBAGE_MS);
      if (!went && !due) return;
      this.collected = performance.now();
      await this.actions.collect();
      this.allGiven = idle && !went;
    } finally {
      this.giving = false;
    }
  }
}
