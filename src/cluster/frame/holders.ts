import type { Key } from '../../graph/task.js';
import { isFrameKey } from './result.js';

/** What a task is to run, and who holds those of its inputs that are not fetched before it runs: it reads parts of them. */
export class WithHolders {
  constructor(
    readonly spec: unknown,
    readonly holders: Readonly<Record<Key, readonly string[]>>,
  ) {}
}

/** What a task reads: its key, its size, and who holds it. */
type Dependency = readonly [key: Key, nbytes: number, holders: readonly string[]];

/** Sets dependencies aside that frames' tasks left. */
export function setAside(
  spec: unknown,
  dependencies: readonly Dependency[],
): { readonly spec: unknown; readonly dependencies: readonly Dependency[] } {
  const aside = dependencies.filter(([key]) => isFrameKey(key));
  if (aside.length === 0) return { spec, dependencies };
  return {
    spec: new WithHolders(spec, Object.fromEntries(aside.map(([key, , holders]) => [key, holders]))),
    dependencies: dependencies.filter(([key]) => !isFrameKey(key)),
  };
}
