import { className } from '../graph/plain-data.js';
import type { Key } from '../graph/task.js';

/** A task threw. `cause` is what the task's code threw, with its own message and stack. */
export class TaskError extends Error {
  override readonly name: string = 'TaskError';
  constructor(
    readonly key: Key,
    readonly op: string,
    cause: unknown,
    message = `task ${JSON.stringify(key)} (${op}) failed: ${describe(cause)}`,
  ) {
    super(message, { cause });
    // The user's own frames say more than the engine's.
    if (cause instanceof Error && typeof cause.stack === 'string')
      this.stack = `${this.name}: ${message}\n${framesOf(cause.stack)}`;
  }
}

/** A task's thread died under it too often (process.exit, a crash, no memory left for JavaScript objects). */
export class ThreadDiedError extends TaskError {
  override readonly name = 'ThreadDiedError';
  constructor(
    key: Key,
    op: string,
    /** How often. */
    readonly deaths: number,
    cause: unknown,
    message = `task ${JSON.stringify(key)} (${op}) killed its thread ${times(deaths)}; last: ${describe(cause)}`,
  ) {
    super(key, op, cause, message);
  }
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** Why a thread ended: something was thrown in it that nothing caught. */
export class Uncaught {
  constructor(readonly thrown: unknown) {}
}

/** What a task fails with under which threads ended too often. */
export function threadsEnded(key: Key, op: string, deaths: number, why: unknown): TaskError {
  if (!(why instanceof Uncaught)) return new ThreadDiedError(key, op, deaths, why);
  const { thrown } = why;
  // It was the task that failed: threads end by it since its promise does not tell.
  const where = 'outside of what it returns, as in a timer or a callback, and ended its thread';
  return new TaskError(
    key,
    op,
    thrown,
    `task ${JSON.stringify(key)} (${op}) failed ${where} ${times(deaths)}; last: ${describe(thrown)}`,
  );
}

/** Blocks do not fit in memory, whatever is moved to disk. */
export class MemoryLimitError extends Error {
  override readonly name = 'MemoryLimitError';
  constructor(
    message: string,
    /** Bytes asked for at once. */
    readonly needed: number,
    /** Bytes that there are for blocks. */
    readonly available: number,
    readonly key?: Key,
    readonly op?: string,
  ) {
    super(message);
  }
}

/** A block could not be written to, or read back from, the spill directory. */
export class SpillError extends Error {
  override readonly name = 'SpillError';
  constructor(
    message: string,
    readonly directory: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An actor is there no more, with what it knew: its thread or its worker has ended, or it was released. `cause` says why, where something was thrown. */
export class ActorLostError extends Error {
  override readonly name = 'ActorLostError';
  constructor(
    message: string,
    options: ErrorOptions,
    readonly key: Key,
  ) {
    super(message, options);
  }
}

/** The engine was disposed of, or cannot start its threads. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** Anything that was given, as messages show it: texts in quotes. */
export const shown = (given: unknown): string =>
  typeof given === 'string' ? JSON.stringify(given) : describe(given);

/** What was given in place of something, in a few words: of objects the class. */
export const kindOf = (given: unknown): string =>
  typeof given === 'object' && given !== null ? `an instance of ${className(given)}` : shown(given);

/** One line about anything thrown. */
export function describe(thrown: unknown): string {
  try {
    if (thrown instanceof Error)
      return thrown.name === 'Error' ? String(thrown.message) : `${thrown.name}: ${thrown.message}`;
    if (typeof thrown !== 'object') return String(thrown);
    return String(JSON.stringify(thrown) ?? thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

function framesOf(stack: string): string {
  const first = stack.indexOf('\n    at ');
  return first < 0 ? stack : stack.slice(first + 1);
}
