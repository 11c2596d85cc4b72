import { keyName } from '../delayed/function.js';
import { type Called, callNode } from '../delayed/node.js';
import type { ComputeOptions, Engine } from '../engine/engine.js';
import { shown } from '../engine/errors.js';
import { isWellFormed } from '../graph/plain-data.js';
import { engineFor, LAZY, type LazyInput, replaceLazies } from '../lazy/index.js';
import { Future, pendingHere } from './future.js';
import { runHere } from './here.js';
import type { SubmitOptions } from './options.js';
import { EngineWork, LocalWork } from './work.js';

/** Begins calls, in the way that a client submits. */
export class Submitter {
  constructor(
    private readonly engine: Engine,
    private readonly options: SubmitOptions,
  ) {}

  /**
   * Has the engine begin a call.
   *
   * @param revive makes of what it returns what users get
   * @throws TypeError naming the argument that is no plain data, or what is wrong with a name or a key; EngineError where another engine holds an argument
   */
  call(callee: Called, args: readonly unknown[], revive?: (value: unknown) => unknown): Future {
    const { engine, options } = this;
    const { pure, name, key } = options;
    const node: LazyInput = callNode(callee, args, {
      pure,
      name: name && keyName(ownName(name)),
      key: key === undefined ? key : ownKey(key),
      placed: placedBy(options),
    });
    engineFor(engine, node.engine);
    return new Future(
      new EngineWork(engine, node, settings(options), pendingHere, undefined, revive),
      engine,
    );
  }

  /** Begins a call in this process; its arguments may be the engine's. */
  here(fn: unknown, args: readonly unknown[]): Future {
    const { key, run } = runHere(fn, args, this.engine, this.options);
    const inputs: LazyInput[] = [];
    replaceLazies(args, (lazy) => {
      inputs.push(lazy[LAZY].input());
      return lazy;
    });
    return new Future(new LocalWork(key, run), this.engine, undefined, inputs);
  }
}

/** What keys are to begin with. */
function ownName(name: string): string {
  if (typeof name !== 'string') throw new TypeError(`a name of calls is a text, not ${shown(name)}`);
  return name;
}

/** A key that a user chose. */
function ownKey(key: string): string {
  if (typeof key !== 'string' || key === '' || /^(frame|tilework)[/-]/.test(key))
    throw new TypeError(
      `a key is a text that does not begin with "frame/" or "tilework-", not ${shown(key)}`,
    );
  // What is a property of every object, and what has no bytes as Unicode, other machines do not read.
  if (key === '__proto__' || !isWellFormed(key))
    throw new TypeError(`a key is a text that all machines can read, not ${JSON.stringify(key)}`);
  return key;
}

/** What of it says where calls may run; undefined where they may anywhere. */
function placedBy({ resources, workers, allowOtherWorkers }: SubmitOptions): object | undefined {
  return resources === undefined && workers === undefined
    ? undefined
    : { resources, workers, allowOtherWorkers };
}

/** What engines mind of how calls are submitted, as far as it is said. */
export function settings({
  retries,
  priority,
  resources,
  workers,
  allowOtherWorkers,
}: SubmitOptions): ComputeOptions {
  const said = { retries, priority, resources, workers, allowOtherWorkers };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
