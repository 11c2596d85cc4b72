import { defaultEngine } from '../engine/default.js';
import type { Engine } from '../engine/engine.js';
import { EngineError } from '../engine/errors.js';

/** What may be read from an engine that holds it. */
export interface Readable {
  readonly engine?: Engine | undefined;
}

/**
 * The engine that holds some of what is read; undefined where it is all to be computed.
 *
 * @throws EngineError where one holds some of it and another the rest: neither could compute with both
 */
export function holderOf(reads: Iterable<Readable>): Engine | undefined {
  let holder: Engine | undefined;
  for (const { engine } of reads) {
    if (engine === undefined || engine === holder) continue;
    if (holder !== undefined)
      throw new EngineError(
        `${holder} holds some of what is read, and ${besides(holder, engine)} the rest, and neither computes with both: persist both in one`,
      );
    holder = engine;
  }
  return holder;
}

/**
 * The engine that computes: the one that is asked for, else the one that holds some of what is read, else the default.
 *
 * @throws EngineError where another is asked for than holds it
 */
export function engineFor(asked: Engine | undefined, holder: Engine | undefined): Engine {
  if (asked !== undefined && holder !== undefined && asked !== holder)
    throw new EngineError(
      `${holder} holds what is read, and ${besides(holder, asked)} has not got it: compute it with the first (leave engine out), or persist it in the second`,
    );
  return asked ?? holder ?? defaultEngine();
}

const besides = (one: Engine, other: Engine): string =>
  String(one) === String(other) ? `another ${other}` : String(other);
