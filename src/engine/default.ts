import type { Engine } from './engine.js';
import { LocalEngine, type LocalEngineOptions } from './index.js';
import { checkEngineOptions } from './options.js';

let chosen: Engine | undefined;
let own: LocalEngine | undefined;
let options: LocalEngineOptions = {};

/**
 * The engine that computations use when they name none: the one chosen by `useEngine`, else the process's own local engine, started when
 * first needed.
 *
 * @example
 * defaultEngine() === defaultEngine(); // true
 */
export function defaultEngine(): Engine {
  return chosen ?? localEngine();
}

/** The process's own local engine, whichever is the default. */
export function localEngine(): LocalEngine {
  own ??= new LocalEngine(options);
  return own;
}

/**
 * Settings of the process's own local engine (threads, memoryLimit, spillDirectory, retries), before its first use.
 *
 * @throws TypeError for an option that there is not; Error when it has started: make a LocalEngine and pass it as `engine`, or to `useEngine`, instead.
 * @example
 * configure({ memoryLimit: '2GiB', threads: 4 });
 */
export function configure(settings: LocalEngineOptions): void {
  checkEngineOptions(settings);
  if (own)
    throw new Error(
      'the default engine has started; call configure() before the first computation, or useEngine(new LocalEngine(…))',
    );
  options = { ...options, ...settings };
}

/**
 * Makes an engine the default; undefined goes back to the process's own. Returns the one before.
 *
 * @example
 * await using engine = new LocalEngine({ threads: 1 });
 * const before = useEngine(engine);
 * await x.sum().compute(); // 15
 * useEngine(before);
 */
export function useEngine(engine: Engine | undefined): Engine | undefined {
  const before = chosen;
  chosen = engine;
  return before;
}
