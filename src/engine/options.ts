import { availableParallelism } from 'node:os';
import { defaultSpillDirectory } from './disk/spill-directory.js';
import type { ComputeOptions } from './engine.js';
import { checkOptions, optionNames } from './known-options.js';
import { availableBytes, defaultLimit, parseBytes } from './memory/limits.js';

/** What a `LocalEngine` may use of the machine. */
export interface LocalEngineOptions {
  /** How many threads run tasks; default: one a core. They start when there is more to do than a little, which the main thread does. */
  readonly threads?: number;
  /**
   * What the whole process may take of memory at its peak (resident size): bytes, '512MB', '2GiB', or '50%' of the
   * machine or container. Default: 70 % of it.
   */
  readonly memoryLimit?: number | string;
  /** Where blocks go that memory is too small for; default: a directory of the user's own in the system's for temporary files. */
  readonly spillDirectory?: string;
  /** How often a task that threw is run again; default 0. */
  readonly retries?: number;
}

export interface Settings {
  readonly threads: number;
  readonly memoryLimit: number;
  readonly spillDirectory: string;
  readonly retries: number;
}

const OPTIONS = optionNames<LocalEngineOptions>({
  threads: true,
  memoryLimit: true,
  spillDirectory: true,
  retries: true,
});

/** Throws a TypeError for an option that there is not. */
export const checkEngineOptions = (options: LocalEngineOptions): void =>
  checkOptions('the local engine', options, OPTIONS);

/** Options with defaults filled in. Throws a TypeError or RangeError for what makes no sense. */
export function settingsOf(options: LocalEngineOptions): Settings {
  checkEngineOptions(options);
  const { threads = availableParallelism(), memoryLimit, spillDirectory, retries = 0 } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`threads must be a whole number from 1, not ${threads}`);
  return {
    threads,
    memoryLimit: memoryLimit === undefined ? defaultLimit() : parseBytes(memoryLimit, availableBytes),
    spillDirectory: spillDirectory ?? defaultSpillDirectory(),
    retries: checkRetries(retries),
  };
}

/** Throws a RangeError for a priority that ranks have no room for. */
export function checkPriority(priority: number): number {
  if (!Number.isInteger(priority) || Math.abs(priority) > 100)
    throw new RangeError(`a priority is a whole number from -100 to 100, not ${priority}`);
  return priority;
}

/** Throws a RangeError where something is asked for that only a cluster has: resources that workers offer, or certain workers. */
export function checkPlacement({
  resources = {},
  workers,
}: Pick<ComputeOptions, 'resources' | 'workers'>): void {
  if (workers !== undefined)
    throw new RangeError('the local engine has no workers to choose from: leave them out, or use a cluster');
  const [name] = Object.keys(resources);
  if (name !== undefined)
    throw new RangeError(
      `the local engine offers no resource ${JSON.stringify(name)}: leave it out, or use a cluster`,
    );
}

/** Throws a RangeError where what tasks need of workers is not amounts by name. */
export function checkResources(
  resources: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> | undefined {
  for (const [name, amount] of Object.entries(resources ?? {}))
    if (
      name === '__proto__' ||
      typeof amount !== 'number' ||
      !(amount >= 0 && amount < Number.POSITIVE_INFINITY)
    )
      throw new RangeError(
        `resources are amounts from 0 by name, such as { GPU: 1 }, not ${JSON.stringify(name)}: ${String(amount)}`,
      );
  return resources;
}

export function checkRetries(retries: number): number {
  if (!Number.isInteger(retries) || retries < 0)
    throw new RangeError(`retries must be a whole number from 0, not ${retries}`);
  return retries;
}
