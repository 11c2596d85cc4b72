/** Lets so many work at once; the others wait in line. */
export class Gate {
  private waiting: (() => void)[] = [];
  private inside = 0;

  constructor(private readonly width: () => number) {}

  /** Works when there is room. Rejects with the signal's reason where that is aborted before. */
  async through<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    while (this.inside >= this.width()) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
      signal.throwIfAborted();
    }
    this.inside++;
    try {
      return await work();
    } finally {
      this.inside--;
      const woken = this.waiting;
      this.waiting = [];
      for (const wake of woken) wake();
    }
  }
}
