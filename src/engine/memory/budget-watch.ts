import { setTimeout as sleep } from 'node:timers/promises';
import { revisedBudget } from './budget.js';
import { collectGarbage } from './collect.js';
import { giveBack } from './give-back.js';
import type { Space } from './space.js';

/** Garbage is collected when blocks are left with less than this share of what they had at the start … */
const PRESSED = 0.75;
/** … at most so often, in milliseconds; where it did not help, ever more rarely. */
const REST_MS = 500;
const LONGEST_REST_MS = 30_000;
/** It helped when it gave back this share of the limit. */
const HELPED = 0.02;

/** How often is looked while something else works in the process, in milliseconds. */
const LOOK_MS = 25;
/** Blocks that are not in use are given back for it where all take more than this share of the limit. */
const LARGE = 0.25;

/** How long after a collection V8 may still be freeing buffers, in milliseconds. */
const FREED_MS = 50;

export interface BudgetWatchOptions {
  readonly limit: number;
  /** What blocks may take at the start. */
  readonly first: number;
  readonly space: Space;
  /** Bytes that callers are about to allocate by themselves. */
  readonly reserved: () => number;
  /** Gives pages of an arena back. */
  readonly discard: (arena: number, address: number, size: number) => void;
  /** Has threads collect their garbage. */
  readonly collectThreads: () => Promise<void>;
  /** Blocks may take so much now. */
  readonly budgeted: (bytes: number) => void;
}

/** Keeps what blocks may take in step with what else the process takes, and that small. */
export class BudgetWatch {
  /** When it was last looked, as far as that holds. */
  private looked = Number.NEGATIVE_INFINITY;
  private collected = Number.NEGATIVE_INFINITY;
  private rest = REST_MS;
  private collecting: Promise<void> | undefined;
  /** How many other works share the process, and what looks while they do. */
  private sharing = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: BudgetWatchOptions) {}

  /** Looks unless that was done within so many milliseconds: it takes longer than to submit a task. */
  lookUnlessWithin(milliseconds: number): void {
    if (performance.now() - this.looked > milliseconds) this.look();
  }

  /** Callers have allocated, or given up: what was found does not hold. */
  outdated(): void {
    this.looked = Number.NEGATIVE_INFINITY;
  }

  /** Something else works in the process until the function that is returned is called: it needs memory too, and is looked at. */
  share(): () => void {
    const { space, limit } = this.options;
    this.sharing++;
    if (space.touched > LARGE * limit) this.discardFree();
    this.look();
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--this.sharing > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
      this.look();
    };
  }

  look(): void {
    const { space, first, budgeted } = this.options;
    this.looked = performance.now();
    let budget = this.revised();
    if (budget < space.touched && this.discardFree()) budget = this.revised();
    if (budget !== space.limit) budgeted(budget);
    if (budget < PRESSED * first && this.looked - this.collected > this.rest) void this.collect();
  }

  /** Collects the garbage of all threads, gives back what that freed, and looks again. */
  collect(): Promise<void> {
    this.collecting ??= this.collectNow().finally(() => {
      this.collecting = undefined;
    });
    return this.collecting;
  }

  private async collectNow(): Promise<void> {
    const { limit, collectThreads } = this.options;
    const before = process.memoryUsage.rss();
    collectGarbage('all');
    await collectThreads();
    await sleep(FREED_MS);
    giveBack()?.trim();
    const helped = before - process.memoryUsage.rss() > HELPED * limit;
    this.rest = helped ? REST_MS : Math.min(LONGEST_REST_MS, 2 * this.rest);
    this.collected = performance.now();
    this.look();
  }

  private revised(): number {
    const { first, limit, space, reserved } = this.options;
    return revisedBudget(
      first,
      limit,
      process.memoryUsage.rss(),
      space.touched,
      reserved(),
      this.sharing > 0,
    );
  }

  /** Other memory has grown: what blocks have used at the ends of arenas, and do not now, goes back to the system. */
  private discardFree(): boolean {
    if (giveBack() === undefined) return false;
    let bytes = 0;
    for (const arena of this.options.space.arenas) {
      const { address, size } = arena.lowerTop();
      this.options.discard(arena.index, address, size);
      bytes += size;
    }
    return bytes > 0;
  }
}
