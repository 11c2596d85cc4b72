import type { Key } from '../../../graph/task.js';

/** Kinds of tasks that are remembered: the latest. */
const KINDS = 256;
/** A task that takes longer, in seconds, tells at once that its kind is not brief; others count a little each. */
const LONG = 0.01;
const WEIGHT = 0.1;

/** How long tasks take, by kind: what their keys begin with, up to the first hyphen. */
export class Paces {
  private readonly seconds = new Map<string, number>();

  /** What a task will take, as others of its kind did; infinite where there were none. */
  expected(key: Key): number {
    return this.seconds.get(kindOf(key)) ?? Number.POSITIVE_INFINITY;
  }

  learn(key: Key, seconds: number): void {
    const kind = kindOf(key);
    const before = this.seconds.get(kind) ?? seconds;
    this.seconds.delete(kind);
    this.seconds.set(kind, seconds > LONG ? Math.max(before, seconds) : before + WEIGHT * (seconds - before));
    if (this.seconds.size > KINDS) this.seconds.delete(this.seconds.keys().next().value!);
  }
}

function kindOf(key: Key): string {
  const end = key.indexOf('-');
  return end < 0 ? key : key.slice(0, end);
}
