import type { BudgetWatch } from './memory/budget-watch.js';

const TICK_MS = 25;

/** Has memory looked at and time pass while anybody waits for the engine, and keeps the process alive as long. */
export class Pulse {
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param tick some time has passed */
  constructor(
    private readonly memory: BudgetWatch,
    private readonly tick: () => void,
  ) {}

  /** Somebody waits, until they have `left`. */
  joined(): void {
    this.waiting++;
    // Ticks look, and runs one after another in less time than a tick.
    this.memory.lookUnlessWithin(TICK_MS);
    this.timer ??= setInterval(() => {
      this.memory.look();
      this.tick();
    }, TICK_MS);
  }

  left(): void {
    if (--this.waiting > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
