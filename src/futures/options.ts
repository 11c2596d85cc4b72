import type { Engine } from '../engine/engine.js';
import { kindOf, shown } from '../engine/errors.js';
import { checkOptions } from '../engine/known-options.js';

/** How a client submits: `client.with({ … })`. */
export interface SubmitOptions {
  /** Values that functions use from outside themselves, by name. */
  readonly captured?: Readonly<Record<string, unknown>>;
  /** Whether equal calls are the same work (default). False for what is random, or reads what changes. */
  readonly pure?: boolean;
  /** What keys begin with (default: the function's name). */
  readonly name?: string;
  /** The key of one call, whole, by which others know it; who submits a key that there is already gets that. Not for `map`. */
  readonly key?: string;
  /** How often a call that threw is made again (default: the engine's). */
  readonly retries?: number;
  /** Higher ones run first: a whole number from -100 to 100 (default 0). */
  readonly priority?: number;
  /** What each call needs of what a cluster's workers offer. The local engine refuses any. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Which of a cluster's workers may run calls, by their names, addresses or hosts (default: all): `client.workers()` has them. The local engine refuses. */
  readonly workers?: readonly string[];
  /** Whether others may where none of `workers` is there (default false: calls wait for one). */
  readonly allowOtherWorkers?: boolean;
  /**
   * `'main'`: calls run in the process (in a task: the thread) that submits them, asynchronously; they see the variables around them, and arguments and results are not
   * copied. For work that needs what cannot be sent: open connections, caches, the program's own objects.
   */
  readonly where?: 'main';
}

const NAMES = [
  'captured',
  'pure',
  'name',
  'key',
  'retries',
  'priority',
  'resources',
  'workers',
  'allowOtherWorkers',
  'where',
] as const satisfies readonly (keyof SubmitOptions)[];

/** @throws TypeError for an option that there is not, or that says nothing: left unread, it would silently submit in another way */
export function checkSubmit(options: SubmitOptions): SubmitOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`how calls are submitted is said by { ${NAMES.join(', ')} }, not ${kindOf(options)}`);
  checkOptions('a client', options, NAMES);
  const { where, captured } = options;
  if (where !== undefined && where !== 'main')
    throw new TypeError(`where is 'main', or left out: calls then run in threads; it is not ${shown(where)}`);
  if (captured !== undefined && (typeof captured !== 'object' || captured === null))
    throw new TypeError(`captured are values by name, such as { limit }, not ${kindOf(captured)}`);
  for (const name of ['pure', 'allowOtherWorkers'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      throw new TypeError(`${name} is true or false, not ${shown(options[name])}`);
  return options;
}

/** @throws TypeError where something is no engine: who comes from Dask gives a cluster, or an address */
export function checkEngine(engine: Engine): Engine {
  const { run, persist } = (engine ?? {}) as Partial<Engine>;
  if (typeof run === 'function' && typeof persist === 'function') return engine;
  throw new TypeError(
    `a Client takes an engine, such as what await connect(address) gives, or none: that of this process; not ${kindOf(engine)}`,
  );
}
