import type { WorkerInfo } from '../../engine/engine.js';
import { JS } from '../wire/index.js';

/** Of the scheduler's account of itself, what it says of a worker. */
interface Identity {
  readonly name: unknown;
  readonly nthreads: number;
  readonly memory_limit: number | null;
  readonly resources?: Readonly<Record<string, number>>;
}

/** The workers that a scheduler has, as its `identity` tells. */
export function workersOf(identity: unknown): readonly WorkerInfo[] {
  const { workers } = identity as { readonly workers: Readonly<Record<string, Identity>> };
  return Object.entries(workers).map(([address, { name, nthreads, memory_limit, resources = {} }]) => {
    const isNode = Object.keys(JS).every((own) => own in resources);
    const offered = Object.entries(resources).filter(([own]) => !(own in JS));
    return {
      name: String(name),
      address,
      language: isNode ? 'node' : 'python',
      threads: nthreads,
      memoryLimit: memory_limit ?? 0,
      resources: Object.fromEntries(offered),
    };
  });
}

/** Throws a TypeError where workers are not named by a list of texts. */
export function checkWorkers(workers: readonly string[] | undefined): readonly string[] | undefined {
  if (workers === undefined) return undefined;
  if (!Array.isArray(workers) || workers.length === 0 || workers.some((name) => typeof name !== 'string'))
    throw new TypeError(
      `workers are a list of names or addresses, at least one, not ${JSON.stringify(workers)}`,
    );
  return workers;
}
