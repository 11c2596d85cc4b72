import { randomBytes } from 'node:crypto';
import { keyName } from '../delayed/function.js';
import type { Engine } from '../engine/engine.js';
import { TaskError } from '../engine/errors.js';
import type { Key } from '../graph/task.js';
import { compute } from '../lazy/index.js';

/** A call in this process, by the function itself: it is under way as soon as `run` is called. */
export function runHere(
  fn: unknown,
  args: readonly unknown[],
  engine: Engine,
  {
    name,
    retries = 0,
    key = `${keyName(name ?? (fn as { name?: string }).name ?? '') || 'anonymous'}-${randomBytes(16).toString('hex')}`,
  }: { readonly name?: string; readonly retries?: number; readonly key?: string },
): { readonly key: Key; readonly run: (signal: AbortSignal) => Promise<unknown> } {
  if (typeof fn !== 'function')
    throw new TypeError("a function is needed where { where: 'main' }: import it, and pass it itself");
  const run = async (signal: AbortSignal): Promise<unknown> => {
    const values = (await compute(args, { engine, signal })) as unknown[];
    for (let left = retries; ; left--)
      try {
        return await fn(...values);
      } catch (error) {
        if (left <= 0) throw new TaskError(key, 'main', error);
      }
  };
  return { key, run };
}
