import { type Held, type LocalEngine, MemoryLimitError, type Result } from '../../engine/index.js';
import type { Key, Task } from '../../graph/task.js';
import { isFrameResult } from '../frame/index.js';
import { uploadKey } from '../wire/index.js';
import { Landing } from './landing.js';
import { describeHeld } from './size.js';
import type { HeldResult } from './state/index.js';
import { ValueSpill } from './values.js';

/** Results that stay where they are while they are lent; blocks are in memory from `load` to `release` at least. */
export interface Loan extends Disposable {
  /** What they are: only those that are held here. */
  readonly held: ReadonlyMap<Key, Held>;
  /** @throws MemoryLimitError where what is on disk does not fit in memory beside the others now */
  load(key: Key): Promise<Result>;
  /** Gives one back: it must not be used any more. */
  release(key: Key): void;
}

/** Ends what is under way, for a reason. */
export type Cancel = (reason: unknown) => void;

/** The results that this worker holds: in its engine, each once, in memory or on disk. */
export class Store {
  private readonly keys = new Set<Key>();
  /** How many results are lent and in memory, and who waits for one to be given back. */
  private lending = 0;
  private readonly waiting: (() => void)[] = [];
  /** Results being computed or taken in: what comes from two sides at once is held once. */
  private readonly coming = new Map<Key, Promise<HeldResult>>();
  /** Plain values, which may be on disk; not those of frames, which are short and stand for files. */
  readonly values: ValueSpill;

  constructor(private readonly engine: LocalEngine) {
    this.values = new ValueSpill(engine);
  }

  has(key: Key): boolean {
    return this.keys.has(key);
  }

  names(): Key[] {
    return [...this.keys];
  }

  /** Where blocks may be read to, that are then put here. */
  landing(): Landing {
    return new Landing(this.engine);
  }

  /** Takes a result in that came from elsewhere. @throws MemoryLimitError where it does not fit */
  put(key: Key, result: Result): Promise<HeldResult> {
    return this.hold(key, () => this.engine.supply(key, result));
  }

  /**
   * Runs a task on results held here, and holds its own.
   *
   * @param begun told how it is ended, each time that it has begun
   * @throws as the engine's `persist`
   */
  compute(task: Task, priority = 0, begun: (cancel: Cancel) => void = () => {}): Promise<HeldResult> {
    const { key } = task;
    const begin = (): Promise<void> => {
      const { done, cancel } = this.engine.begin(new Map([[key, task]]), [key], { priority });
      begun(cancel);
      return done;
    };
    return this.hold(key, () => this.reading(task.inputs, begin));
  }

  /**
   * Begins something that reads results, at a moment when plain values among them are in memory: at once where they are. @throws SpillError, and
   * as `begin`
   */
  reading<T>(keys: readonly Key[], begin: () => T | Promise<T>): T | Promise<T> {
    for (const key of keys) this.values.used(key);
    return this.values.areHere(keys) ? begin() : this.recalled(keys, begin);
  }

  private async recalled<T>(keys: readonly Key[], begin: () => T | Promise<T>): Promise<T> {
    while (!this.values.areHere(keys)) await this.values.recall(keys);
    return begin();
  }

  /** A plain value, while it is in memory: the engine's own, so that it is the same object as long as it is. */
  valueOf(key: Key): unknown {
    const held = this.engine.held(key);
    if (held === undefined || 'blocks' in held)
      throw new TypeError(`${JSON.stringify(key)} is no plain value that is held here`);
    return held.value;
  }

  /** Lets functions import from an upload that is held here. */
  async install(hash: string): Promise<void> {
    const key = uploadKey(hash);
    await this.reading([key], () =>
      this.engine.upload({ hash, files: this.valueOf(key) as ReadonlyMap<string, Uint8Array> }),
    );
  }

  free(key: Key): void {
    if (this.keys.delete(key) && !this.values.forget(key)) this.engine.release([key]);
  }

  /** Lends results that are held here. They stay, even if they are given up meanwhile, until the loan is disposed of. */
  async lend(keys: readonly Key[]): Promise<Loan> {
    let held: ReadonlyMap<Key, Held> = new Map();
    const results = await this.reading(keys, () => {
      const here = keys.filter((key) => this.keys.has(key));
      held = new Map(here.map((key) => [key, this.engine.held(key)!]));
      return this.engine.run(new Map(), here);
    });
    const loaded = new Set<Key>();
    const release = (key: Key): void => {
      results.release(key);
      if (loaded.delete(key)) this.returned();
    };
    return {
      held,
      load: async (key) => {
        const result = await results.load(key);
        if (!loaded.has(key)) this.lending++;
        loaded.add(key);
        return result;
      },
      release,
      [Symbol.dispose]: () => {
        for (const key of loaded) release(key);
        results[Symbol.dispose]();
      },
    };
  }

  private returned(): void {
    this.lending--;
    for (const go of this.waiting.splice(0)) go();
  }

  /** What finds no memory while some is lent waits until that is given back. */
  private async insist(make: () => void | Promise<void>): Promise<void> {
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

  private describe(key: Key): HeldResult {
    const onDisk = this.values.describe(key);
    if (onDisk !== undefined) return onDisk;
    const held = this.engine.held(key)!;
    const what = describeHeld(held, this.engine.settings.memoryLimit);
    if ('value' in held && !isFrameResult(held.value)) this.values.used(key, what);
    return what;
  }

  private hold(key: Key, make: () => void | Promise<void>): Promise<HeldResult> {
    const present = this.coming.get(key);
    if (present !== undefined) return present;
    const held = (async () => {
      try {
        if (!this.keys.has(key)) await this.insist(make);
        this.keys.add(key);
        return this.describe(key);
      } finally {
        this.coming.delete(key);
      }
    })();
    if (!this.keys.has(key)) this.coming.set(key, held);
    return held;
  }
}
