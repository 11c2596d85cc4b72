import { CLIENT_SLOT, own } from '../delayed/function.js';
import { SHIPPED } from '../graph/function-spec.js';
import { Client } from './client.js';

/**
 * The client of where it is called: in a task, one by which the task submits others (while it waits for their results, its thread runs
 * others, perhaps these); elsewhere, one of the default engine.
 *
 * A function that calls it must capture it, as all that it uses from outside.
 *
 * @throws TypeError in a task whose function has not captured it
 * @example
 * const total = new Client().with({ captured: { getClient } }).submit(async (list: number[]) => {
 *   const client = getClient();
 *   const squares = client.map((n: number) => n * n, list);
 *   return (await client.gather(squares)).reduce((a, b) => a + b);
 * }, [1, 2, 3]);
 * await total; // 14
 */
export function getClient(): Client {
  const ofTask = (globalThis as { [slot: symbol]: unknown })[Symbol.for(CLIENT_SLOT)];
  return ofTask === undefined ? new Client() : (ofTask as () => Client)();
}

Object.defineProperty(getClient, SHIPPED, {
  value: own('getClient', `() => globalThis[Symbol.for('${CLIENT_SLOT}')]()`).common.fn,
});
