import {
  type Block,
  type LocalEngine,
  MemoryLimitError,
  type Result,
  type Results,
} from '../../engine/index.js';
import type { Key, Task } from '../../graph/task.js';
import { describeHeld } from './size.js';
import type { HeldResult } from './state/index.js';

/** The results that this worker holds: in its engine, each once, in memory or on disk. */
export class Store {
  private readonly keys = new Set<Key>();
  /** How many loans there are, and who waits for one to end. */
  private lending = 0;
  private readonly waiting: (() => void)[] = [];
  /** Results being computed or taken in: what comes from two sides at once is held once. */
  private readonly coming = new Map<Key, Promise<HeldResult>>();

  constructor(private readonly engine: LocalEngine) {}

  has(key: Key): boolean {
    return this.keys.has(key);
  }

  names(): Key[] {
    return [...this.keys];
  }

  /** Takes a result in that came from elsewhere. @throws MemoryLimitError where it does not fit */
  put(key: Key, result: Result): Promise<HeldResult> {
    return this.hold(key, () => this.engine.supply(key, result));
  }

  /** Runs a task on results held here, and holds its own. @throws as the engine's `persist` */
  compute(task: Task, signal: AbortSignal): Promise<HeldResult> {
    const { key } = task;
    return this.hold(key, () => this.engine.persist(new Map([[key, task]]), [key], { signal }));
  }

  /** A plain value held here: the engine's own, so that it is the same object each time. */
  valueOf(key: Key): unknown {
    const held = this.engine.held(key);
    if (held === undefined || 'blocks' in held)
      throw new TypeError(`${JSON.stringify(key)} is no plain value that is held here`);
    return held.value;
  }

  free(key: Key): void {
    if (this.keys.delete(key)) this.engine.release([key]);
  }

  /**
   * Lends results that are held here, blocks in memory, until the promise of `use` settles.
   * @throws MemoryLimitError where what is on disk does not fit in memory beside the others now
   */
  async lend(keys: readonly Key[], use: (results: ReadonlyMap<Key, Result>) => Promise<void>): Promise<void> {
    const here = keys.filter((key) => this.keys.has(key));
    this.lending++;
    try {
      using results = await this.engine.run(new Map(), here);
      const lent = new Map<Key, Result>();
      for (const key of results.keys) lent.set(key, await this.load(results, key, lent));
      await use(lent);
    } finally {
      this.lending--;
      for (const go of this.waiting.splice(0)) go();
    }
  }

  /** Where not all fits in the memory for blocks at once, what was lent so far is copied out of it. */
  private async load(results: Results, key: Key, lent: Map<Key, Result>): Promise<Result> {
    try {
      return await results.load(key);
    } catch (error) {
      if (!(error instanceof MemoryLimitError) || lent.size === 0) throw error;
    }
    for (const [other, result] of lent) {
      lent.set(other, copyOf(result));
      results.release(other);
    }
    return results.load(key);
  }

  /** What finds no memory while some is lent waits until that is given back. */
  private async insist(make: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await make();
        return;
      } catch (error) {
        if (!(error instanceof MemoryLimitError) || this.lending === 0) throw error;
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    }
  }

  private hold(key: Key, make: () => Promise<void>): Promise<HeldResult> {
    const present = this.coming.get(key);
    if (present !== undefined) return present;
    const held = (async () => {
      try {
        if (!this.keys.has(key)) await this.insist(make);
        this.keys.add(key);
        return describeHeld(this.engine.held(key)!);
      } finally {
        this.coming.delete(key);
      }
    })();
    if (!this.keys.has(key)) this.coming.set(key, held);
    return held;
  }
}

function copyOf(result: Result): Result {
  if (!('blocks' in result) || result.blocks.every(({ data }) => data.buffer instanceof ArrayBuffer))
    return result;
  return { blocks: result.blocks.map((block) => ({ ...block, data: block.data.slice() as Block['data'] })) };
}
