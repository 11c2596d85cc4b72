import type { Engine } from '../engine/engine.js';
import type { Key } from '../graph/task.js';

/** What an engine holds for somebody, until it is released, or nothing refers to this any more. */
export class Hold implements Disposable {
  private ended = false;

  /** @param giveUp has the engine give all up; it must not refer to the hold */
  constructor(private readonly giveUp: () => void) {
    collected.register(this, giveUp, this);
  }

  get released(): boolean {
    return this.ended;
  }

  release(): void {
    if (this.ended) return;
    this.ended = true;
    collected.unregister(this);
    this.giveUp();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Results that an engine holds. */
export const holdOf = (engine: Engine, keys: Iterable<Key>): Hold => {
  const list = [...new Set(keys)];
  return new Hold(() => engine.release(list));
};

/** Of what was persisted. */
export const wasReleased = (what: string): string =>
  `${what} that was persisted is read, and it was released: release it when all that is made of it is computed, or persist it again`;

const collected = new FinalizationRegistry<() => void>((giveUp) => giveUp());
