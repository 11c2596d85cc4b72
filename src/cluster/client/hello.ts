import { EngineError } from '../../engine/errors.js';
import { RemoteError, type RpcPool } from '../comm/index.js';
import { inject } from './inject.js';

/** The version of messages that this client and deploy/scheduler/tilework_scheduler.py must share. */
const PROTOCOL = 3;

/**
 * Asks a scheduler whether it takes our graphs.
 *
 * @param mayInject whether to have it run tilework's module where it does not
 * @throws EngineError saying how to start it where it does not; CommError where it cannot be reached
 */
export async function hello(
  pool: RpcPool,
  address: string,
  { timeout, mayInject }: { readonly timeout: number | undefined; readonly mayInject: boolean },
): Promise<void> {
  let answer = await ask(pool, address, timeout);
  if (answer === undefined && mayInject) {
    await inject(pool, address);
    answer = await ask(pool, address, timeout);
  }
  if (answer === undefined)
    throw new EngineError(
      `the scheduler at ${address} does not take graphs of tilework: start it by "dask scheduler --preload tilework_scheduler" ` +
        "(the module is in tilework's deploy/scheduler), or connect with { inject: true } to have it run the module now",
    );
  const { protocol } = answer;
  if (protocol !== PROTOCOL)
    throw new EngineError(
      `the scheduler at ${address} has a tilework_scheduler for protocol ${String(protocol)}, and this client speaks ${PROTOCOL}: ` +
        'install the same version of tilework on both',
    );
}

async function ask(
  pool: RpcPool,
  address: string,
  timeout: number | undefined,
): Promise<{ readonly protocol?: unknown } | undefined> {
  let answer: unknown;
  try {
    answer = await pool.call(address, 'tilework_hello', {}, timeout === undefined ? {} : { timeout });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
  // A scheduler answers null to what it does not know.
  return typeof answer === 'object' && answer !== null ? answer : undefined;
}
