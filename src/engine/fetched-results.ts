import type { Key } from '../graph/task.js';
import type { Results } from './engine.js';
import type { Result } from './op.js';

/** The outputs of a run that were copied here: whatever computed them need not hold them any more. */
export class FetchedResults implements Results {
  constructor(private readonly results: Map<Key, Result>) {}

  get keys(): readonly Key[] {
    return [...this.results.keys()];
  }

  get(key: Key): Result {
    const result = this.results.get(key);
    if (result === undefined)
      throw new TypeError(`these results hold no ${JSON.stringify(key)}, or not any more`);
    return result;
  }

  async load(key: Key): Promise<Result> {
    return this.get(key);
  }

  release(key: Key): void {
    this.results.delete(key);
  }

  [Symbol.dispose](): void {
    this.results.clear();
  }
}
