import { EngineError } from '../../engine/errors.js';
import { RemoteError, type RpcPool } from '../comm/index.js';

/** The version of messages that this client and deploy/scheduler/tilework_scheduler.py must share. */
const PROTOCOL = 1;

/**
 * Asks a scheduler whether it takes our graphs.
 * @throws EngineError saying how to start it where it does not; CommError where it cannot be reached
 */
export async function hello(pool: RpcPool, address: string, timeout?: number): Promise<void> {
  let answer: unknown;
  try {
    answer = await pool.call(address, 'tilework_hello', {}, timeout === undefined ? {} : { timeout });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
  // A scheduler answers null to what it does not know.
  if (typeof answer !== 'object' || answer === null)
    throw new EngineError(
      `the scheduler at ${address} does not take graphs of tilework: start it by "dask scheduler --preload tilework_scheduler" ` +
        "(the module is in tilework's deploy/scheduler)",
    );
  const { protocol } = answer as { readonly protocol?: unknown };
  if (protocol !== PROTOCOL)
    throw new EngineError(
      `the scheduler at ${address} has a tilework_scheduler for protocol ${String(protocol)}, and this client speaks ${PROTOCOL}: ` +
        'install the same version of tilework on both',
    );
}
