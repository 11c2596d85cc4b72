import type { Key } from '../../graph/task.js';

/** A computation that holds keys on the cluster. */
export type RunId = number;

interface Entry {
  /** Who wants the key: the scheduler keeps it while there is anyone. */
  readonly holders: Set<RunId>;
  /** Of those, who has not had it yet. */
  readonly waiting: Set<RunId>;
  /** Whether the scheduler said that it is in memory, and has not said since that it was lost. */
  ready: boolean;
}

/**
 * What this client wants of the scheduler, and for whom: a pure record. The scheduler knows a client as one set of
 * wanted keys, and several computations may want the same.
 */
export class Book {
  private readonly entries = new Map<Key, Entry>();
  /** Of each computation, how many keys it holds. */
  private readonly counts = new Map<RunId, number>();
  private readonly persisted = new Map<Key, RunId[]>();

  /** A computation wants keys, from now until it drops them. */
  want(run: RunId, keys: Iterable<Key>): void {
    for (const key of keys) {
      const entry = this.entries.get(key) ?? { holders: new Set(), waiting: new Set(), ready: false };
      if (entry.holders.has(run)) continue;
      entry.holders.add(run);
      entry.waiting.add(run);
      this.entries.set(key, entry);
      this.counts.set(run, (this.counts.get(run) ?? 0) + 1);
    }
  }

  /** A key is in some worker's memory. @returns who waits for it */
  arrived(key: Key): readonly RunId[] {
    const entry = this.entries.get(key);
    if (entry === undefined) return [];
    entry.ready = true;
    return [...entry.waiting];
  }

  /** A key is not in memory any more; it will arrive again. */
  lost(key: Key): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) entry.ready = false;
  }

  /** The scheduler has forgotten everything. */
  lostAll(): void {
    for (const entry of this.entries.values()) entry.ready = false;
  }

  isReady(key: Key): boolean {
    return this.entries.get(key)?.ready === true;
  }

  /** A computation has had a key, which it goes on holding. */
  had(run: RunId, key: Key): void {
    this.entries.get(key)?.waiting.delete(run);
  }

  /** Who holds a key. */
  holders(key: Key): readonly RunId[] {
    return [...(this.entries.get(key)?.holders ?? [])];
  }

  /** Whether anyone holds a key. */
  isWanted(key: Key): boolean {
    return this.entries.has(key);
  }

  /** A computation gives keys up. @returns those that nobody wants any more */
  drop(run: RunId, keys: Iterable<Key>): Key[] {
    const unwanted: Key[] = [];
    for (const key of keys) {
      const entry = this.entries.get(key);
      if (entry === undefined || !entry.holders.delete(run)) continue;
      entry.waiting.delete(run);
      const left = this.counts.get(run)! - 1;
      if (left > 0) this.counts.set(run, left);
      else this.counts.delete(run);
      if (entry.holders.size > 0) continue;
      this.entries.delete(key);
      unwanted.push(key);
    }
    return unwanted;
  }

  /** Whether a computation holds anything still. */
  holds(run: RunId): boolean {
    return (this.counts.get(run) ?? 0) > 0;
  }

  /** A computation leaves its keys on the cluster. */
  persist(run: RunId, keys: Iterable<Key>): void {
    for (const key of keys) {
      const runs = this.persisted.get(key);
      if (runs) runs.push(run);
      else this.persisted.set(key, [run]);
    }
  }

  persistedKeys(): Key[] {
    return [...this.persisted.keys()];
  }

  isPersisted(key: Key): boolean {
    return this.persisted.has(key);
  }

  /** Undoes one `persist` of a key. @returns by whom it was, undefined where there is none */
  release(key: Key): RunId | undefined {
    const runs = this.persisted.get(key);
    const run = runs?.pop();
    if (runs?.length === 0) this.persisted.delete(key);
    return run;
  }
}
