import type { TaskRecord } from './records.js';

/** A binary heap of tasks: lowest rank first. Entries that are no longer wanted are passed over when popped. */
export class RankHeap {
  readonly items: TaskRecord[] = [];

  get size(): number {
    return this.items.length;
  }

  peek(): TaskRecord | undefined {
    return this.items[0];
  }

  push(record: TaskRecord): void {
    const { items } = this;
    let at = items.length;
    items.push(record);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent]!;
      if (above.rank <= record.rank) break;
      items[at] = above;
      at = parent;
    }
    items[at] = record;
  }

  pop(): TaskRecord | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    this.sink(0, last);
    return first;
  }

  /** Removes the entry at an index of `items`. */
  removeAt(index: number): void {
    const { items } = this;
    const last = items.pop()!;
    if (index === items.length) return;
    items[index] = last;
    this.sink(index, last);
    // What came from the end may belong higher up than where it was put.
    this.rise(index);
  }

  clear(): void {
    this.items.length = 0;
  }

  private sink(from: number, record: TaskRecord): void {
    const { items } = this;
    const { length } = items;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && items[child + 1]!.rank < items[child]!.rank) child++;
      if (items[child]!.rank >= record.rank) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = record;
  }

  private rise(from: number): void {
    const { items } = this;
    const record = items[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.rank <= record.rank) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = record;
  }
}
