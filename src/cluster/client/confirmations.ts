/**
 * Of graphs that were sent one after another, which the scheduler has not confirmed yet; and what is to be done when it has confirmed all that were
 * sent before. A record without sockets: it remembers a number for each graph, and one thing for each that waits.
 */
export class Confirmations {
  private last = 0;
  private readonly open = new Set<number>();
  /** The first of which it is not known that it is confirmed: all before are. */
  private first = 1;
  /** What is to be done when a graph and all before it are confirmed. */
  private readonly waiting = new Map<number, (() => void)[]>();

  /** A graph is sent. @returns what is to be called when it is confirmed, or will never be */
  sent(): () => void {
    const id = ++this.last;
    this.open.add(id);
    return () => {
      this.open.delete(id);
      this.advance();
    };
  }

  /** Has something done as soon as all that were sent so far are confirmed: at once, where they are. */
  whenAll(act: () => void): void {
    const { last } = this;
    if (last < this.first) act();
    else if (this.waiting.has(last)) this.waiting.get(last)!.push(act);
    else this.waiting.set(last, [act]);
  }

  private advance(): void {
    while (this.first <= this.last && !this.open.has(this.first)) {
      const acts = this.waiting.get(this.first) ?? [];
      this.waiting.delete(this.first++);
      for (const act of acts) act();
    }
  }
}
