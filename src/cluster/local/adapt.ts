import { checkOptions, optionNames } from '../../engine/known-options.js';
import { checkMilliseconds } from '../../engine/timer.js';
import { pauseAfter } from '../restarts.js';

/** Bounds for the number of workers, and how slowly it follows what is wanted. */
export interface AdaptOptions {
  /** Default 0. */
  readonly minimum?: number;
  readonly maximum: number;
  /** Milliseconds between two looks; default 1,000. */
  readonly interval?: number;
  /** How long work may take that the scheduler asks workers for; default '5s'. */
  readonly targetDuration?: string;
  /** How many looks in a row must find a worker needless before it is retired; default 3. */
  readonly patience?: number;
}

/** What was found at the looks before: how often each worker was needless, in a row. */
export type Needless = ReadonlyMap<string, number>;

export interface Look {
  /** How many workers the scheduler would have. */
  readonly target: number;
  /** Names of the workers that run or are being started. */
  readonly workers: readonly string[];
  /** Workers that the scheduler could do without, the most needless first. */
  readonly closable: readonly string[];
}

export interface Decision {
  readonly start: number;
  readonly retire: readonly string[];
  readonly needless: Needless;
}

/**
 * What to do after a look: workers are started at once, and retired when they were needless for a while, as Dask's adaptive
 * scaling does it. Pure.
 */
export function decide(
  { target, workers, closable }: Look,
  needless: Needless,
  { minimum = 0, maximum, patience = 3 }: AdaptOptions,
): Decision {
  const wanted = Math.min(maximum, Math.max(minimum, target));
  if (wanted >= workers.length) return { start: wanted - workers.length, retire: [], needless: new Map() };
  const found = closable.filter((name) => workers.includes(name)).slice(0, workers.length - wanted);
  const counts = new Map(found.map((name) => [name, (needless.get(name) ?? 0) + 1]));
  const retire = found.filter((name) => counts.get(name)! >= patience);
  for (const name of retire) counts.delete(name);
  return { start: 0, retire, needless: counts };
}

/** How often in a row workers may fail to start before somebody is told. */
export const ATTEMPTS = 3;

/** Milliseconds until the next look, after so many in a row that failed. */
export const nextLook = (failures: number, interval = 1_000): number =>
  Math.max(interval, pauseAfter(failures - ATTEMPTS + 1));

const OPTIONS = optionNames<AdaptOptions>({
  minimum: true,
  maximum: true,
  interval: true,
  targetDuration: true,
  patience: true,
});

/** @throws RangeError for bounds and times that are none, TypeError for an option that there is not */
export function checkAdapt(options: AdaptOptions): void {
  // Programs that no compiler has seen leave them out.
  const given: Partial<AdaptOptions> = options ?? {};
  checkOptions('adapt', given, OPTIONS);
  const { minimum = 0, maximum, interval, patience = 1 } = given;
  const whole = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  if (!whole(minimum) || !whole(maximum) || minimum > maximum)
    throw new RangeError(`adapt: minimum and maximum are whole numbers, not ${minimum} and ${maximum}`);
  checkMilliseconds('adapt: interval', interval);
  if (!whole(patience) || patience < 1)
    throw new RangeError(`adapt: patience is a whole number of looks from 1, not ${patience}`);
}
