import type { TaskRecord } from './records.js';

/**
 * A binary heap of tasks: lowest rank first. Entries that are no longer wanted are passed over when popped. Ranks lie in a list of
 * their own, so that comparing them does not fetch records from all over memory.
 */
export class RankHeap {
  readonly items: TaskRecord[] = [];
  private readonly ranks: number[] = [];

  get size(): number {
    return this.items.length;
  }

  peek(): TaskRecord | undefined {
    return this.items[0];
  }

  push(record: TaskRecord): void {
    this.items.push(record);
    this.ranks.push(record.rank);
    this.rise(this.items.length - 1);
  }

  pop(): TaskRecord | undefined {
    const first = this.items[0];
    if (first !== undefined) this.removeAt(0);
    return first;
  }

  /** Removes the entry at an index of `items`. */
  removeAt(index: number): void {
    const { items, ranks } = this;
    const record = items.pop()!;
    const rank = ranks.pop()!;
    if (index === items.length) return;
    items[index] = record;
    ranks[index] = rank;
    // What came from the end may belong further down than where it was put, or higher up.
    this.sink(index);
    this.rise(index);
  }

  clear(): void {
    this.items.length = 0;
    this.ranks.length = 0;
  }

  private sink(from: number): void {
    const { items, ranks } = this;
    const { length } = items;
    const record = items[from]!;
    const rank = ranks[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && ranks[child + 1]! < ranks[child]!) child++;
      if (ranks[child]! >= rank) break;
      items[at] = items[child]!;
      ranks[at] = ranks[child]!;
      at = child;
    }
    items[at] = record;
    ranks[at] = rank;
  }

  private rise(from: number): void {
    const { items, ranks } = this;
    const record = items[from]!;
    const rank = ranks[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (ranks[parent]! <= rank) break;
      items[at] = items[parent]!;
      ranks[at] = ranks[parent]!;
      at = parent;
    }
    items[at] = record;
    ranks[at] = rank;
  }
}
