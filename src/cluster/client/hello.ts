import { EngineError } from '../../engine/errors.js';
import { RemoteError, type RpcPool } from '../comm/index.js';
import { inject } from './inject.js';

/** The version of messages that clients, workers and deploy/scheduler/tilework_scheduler.py must share. */
export const PROTOCOL = 8;

/**
 * Makes sure that a scheduler takes our graphs.
 *
 * @param mayInject whether to have it run tilework's module where it does not
 * @returns what it says of itself
 * @throws EngineError saying how to start it where it does not; CommError where it cannot be reached
 */
export async function hello(
  pool: RpcPool,
  address: string,
  { timeout, mayInject }: { readonly timeout: number | undefined; readonly mayInject: boolean },
): Promise<Answer> {
  const answer = await agreed(pool, address, timeout);
  if (answer !== undefined) return answer;
  if (mayInject) {
    await inject(pool, address);
    const now = await agreed(pool, address, timeout);
    if (now !== undefined) return now;
  }
  throw new EngineError(
    `${withoutModule(address)}, or connect with { inject: true } to have it run the module now`,
  );
}

/** What is wrong with a scheduler that has no module of tilework, and what to do. */
export const withoutModule = (address: string): string =>
  `the scheduler at ${address} does not take graphs of tilework: start it by "dask scheduler --preload tilework_scheduler" ` +
  "(the module is in tilework's deploy/scheduler)";

/**
 * Whether a scheduler has tilework's module.
 * @throws EngineError where it is one with which this tilework cannot work; CommError where the scheduler cannot be reached
 */
export async function agrees(pool: RpcPool, address: string, timeout?: number): Promise<boolean> {
  return (await agreed(pool, address, timeout)) !== undefined;
}

/** What a scheduler with tilework's module says of itself. */
interface Answer {
  readonly protocol?: unknown;
  /** Where its dashboard is, with `{host}` for the host by which it is known; null where there is none. */
  readonly dashboard?: unknown;
}

async function agreed(
  pool: RpcPool,
  address: string,
  timeout: number | undefined,
): Promise<Answer | undefined> {
  const answer = await ask(pool, address, timeout);
  if (answer === undefined) return undefined;
  const { protocol } = answer;
  if (protocol === PROTOCOL) return answer;
  throw new EngineError(
    `the scheduler at ${address} has a tilework_scheduler for protocol ${String(protocol)}, and this tilework speaks ${PROTOCOL}: ` +
      'install the same version of tilework on both',
  );
}

async function ask(pool: RpcPool, address: string, timeout: number | undefined): Promise<Answer | undefined> {
  let answer: unknown;
  try {
    answer = await pool.call(address, 'tilework_hello', {}, timeout === undefined ? {} : { timeout });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
  // A scheduler answers null to what it does not know.
  return typeof answer === 'object' && answer !== null ? answer : undefined;
}
