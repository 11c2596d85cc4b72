import { LONGEST_MS } from '../../engine/timer.js';

/** What is done again and again, or once after a while, until all is over. */
export class Timers {
  private readonly pending = new Set<NodeJS.Timeout>();
  private closed = false;

  every(milliseconds: number, act: () => void): void {
    this.pending.add(setInterval(act, milliseconds));
  }

  later(milliseconds: number, act: () => void): void {
    if (this.closed) return;
    const step = Math.min(milliseconds, LONGEST_MS);
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      if (step < milliseconds) this.later(milliseconds - step, act);
      else act();
    }, step);
    this.pending.add(timer);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.pending) clearTimeout(timer);
  }
}
