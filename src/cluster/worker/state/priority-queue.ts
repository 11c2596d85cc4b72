import type { Priority, TaskRecord } from './records.js';

/** Tasks by priority; among equals, those that came first. Tasks can be removed from its middle. */
export class PriorityQueue {
  private readonly entries = new Map<TaskRecord, Entry>();
  /** A binary heap. Entries that are not their task's any more are passed over. */
  private readonly heap: Entry[] = [];
  private added = 0;

  get size(): number {
    return this.entries.size;
  }

  has(task: TaskRecord): boolean {
    return this.entries.has(task);
  }

  [Symbol.iterator](): IterableIterator<TaskRecord> {
    return this.entries.keys();
  }

  add(task: TaskRecord): void {
    if (this.entries.has(task)) return;
    const entry = { task, priority: task.priority, number: this.added++ };
    this.entries.set(task, entry);
    this.rise(entry);
  }

  delete(task: TaskRecord): boolean {
    const found = this.entries.delete(task);
    if (this.entries.size === 0) this.heap.length = 0;
    return found;
  }

  /** The first task, which stays. */
  peek(): TaskRecord | undefined {
    const { heap } = this;
    while (heap.length > 0 && this.entries.get(heap[0]!.task) !== heap[0]) this.dropFirst();
    return heap[0]?.task;
  }

  pop(): TaskRecord | undefined {
    const task = this.peek();
    if (task !== undefined) this.delete(task);
    return task;
  }

  private rise(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (before(heap[parent]!, entry)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  private dropFirst(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (before(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

interface Entry {
  readonly task: TaskRecord;
  readonly priority: Priority;
  readonly number: number;
}

function before(a: Entry, b: Entry): boolean {
  const order = comparePriorities(a.priority, b.priority);
  return order === 0 ? a.number < b.number : order < 0;
}

/** Negative where `a` comes first. A priority that goes on after the other has ended comes later, as with Python's tuples. */
export function comparePriorities(a: Priority, b: Priority): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
