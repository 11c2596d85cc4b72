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

/** Whether the worker should be paused. Blocks are held within their budget, and go to disk, by the engine; this is about what it does not move. */
export const shouldPause = (paused: boolean, taken: Taken): boolean =>
  others(taken) > (paused ? RESUME : PAUSE) * taken.stats.memory.limit;

/** How many bytes of plain values should go to disk. */
export function bytesToSpill(taken: Taken): number {
  const { limit } = taken.stats.memory;
  return others(taken) > SPILL * limit ? others(taken) - TARGET * limit : 0;
}

export interface MemoryActions {
  /** What the process takes now; undefined while nothing is to be done about it. */
  look(): (Taken & { readonly paused: boolean }) | undefined;
  pause(paused: boolean): void;
  /** Moves values to disk; says whether any went. */
  spill(bytes: number): Promise<boolean>;
  /** Collects the garbage of all threads, and gives back what is held in reserve. */
  collect(): Promise<void>;
}

/** Looks after what a worker takes beside its blocks. */
export class MemoryWatch {
  private readonly timer: NodeJS.Timeout;
  private collected = 0;
  private spilling = false;

  constructor(private readonly actions: MemoryActions) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const taken = this.actions.look();
    if (taken === undefined) return;
    const should = shouldPause(taken.paused, taken);
    if (should !== taken.paused) this.actions.pause(should);
    const bytes = bytesToSpill(taken);
    if (bytes > 0 && !this.spilling) void this.spill(bytes);
    // A paused worker makes no garbage, so nothing else would have it collected.
    if (should && performance.now() - this.collected > GARBAGE_MS) void this.collect();
  }

  /** What went is garbage, and counts until it is collected: only then it is seen whether more must go. */
  private async spill(bytes: number): Promise<void> {
    this.spilling = true;
    try {
      if (await this.actions.spill(bytes)) await this.collect();
    } finally {
      this.spilling = false;
    }
  }

  private async collect(): Promise<void> {
    this.collected = performance.now();
    await this.actions.collect();
  }
}
