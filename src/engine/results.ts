import type { Key } from '../graph/task.js';
import type { Results } from './engine.js';
import { SpillError } from './errors.js';
import type { Result } from './op.js';
import type { TaskRecord } from './state/records.js';

/** What the results of a run need of their engine. */
export interface ResultSource {
  /** Pins a result if it is in memory. */
  pin(record: TaskRecord): boolean;
  /** Reads a result back and pins it. */
  fetch(record: TaskRecord): Promise<void>;
  unpin(record: TaskRecord): void;
  /** Gives a result, or all, up. */
  close(key?: Key): void;
  resultOf(record: TaskRecord): Result;
  readonly spillDirectory: string;
}

/** The outputs of a run that the local engine holds. */
export class LocalResults implements Results {
  private readonly records: Map<Key, TaskRecord>;
  private readonly pinned = new Set<Key>();

  constructor(
    private readonly source: ResultSource,
    records: Iterable<TaskRecord>,
  ) {
    this.records = new Map();
    for (const record of records) this.records.set(record.task.key, record);
  }

  get keys(): readonly Key[] {
    return [...this.records.keys()];
  }

  get(key: Key): Result {
    const record = this.recordOf(key);
    if (!this.pinned.has(key)) {
      if (!this.source.pin(record))
        throw new SpillError(
          `the result ${JSON.stringify(key)} is on disk: read it back by "await results.load(key)"`,
          this.source.spillDirectory,
        );
      this.pinned.add(key);
    }
    return this.source.resultOf(record);
  }

  async load(key: Key): Promise<Result> {
    const record = this.recordOf(key);
    if (!this.pinned.has(key)) {
      await this.source.fetch(record);
      if (this.pinned.has(key) || this.records.get(key) !== record) {
        // Loaded twice at once, or released meanwhile.
        this.source.unpin(record);
        this.recordOf(key);
      }
      this.pinned.add(key);
    }
    return this.source.resultOf(record);
  }

  release(key: Key): void {
    const record = this.records.get(key);
    if (record === undefined) return;
    this.records.delete(key);
    this.source.close(key);
    if (this.pinned.delete(key)) this.source.unpin(record);
  }

  [Symbol.dispose](): void {
    const pinned = [...this.pinned].map((key) => this.records.get(key)!);
    this.records.clear();
    this.pinned.clear();
    this.source.close();
    for (const record of pinned) this.source.unpin(record);
  }

  private recordOf(key: Key): TaskRecord {
    const record = this.records.get(key);
    if (record === undefined)
      throw new TypeError(`these results hold no ${JSON.stringify(key)}, or not any more`);
    return record;
  }
}
