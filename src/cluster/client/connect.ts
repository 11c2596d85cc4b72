import { checkMilliseconds } from '../../engine/timer.js';
import { ClusterEngine } from './engine.js';
import type { ClusterOptions } from './options.js';

/**
 * Connects to a Dask scheduler that was started with tilework's module (`dask scheduler --preload tilework_scheduler`), whose
 * Node workers compute what this process submits.
 *
 * @param address `tcp://host:8786` on this machine, `tls://host:8786` elsewhere
 * @throws RangeError for times that are none, TypeError for an address or certificates that are of no use, CommError where nothing answers as a scheduler does, EngineError
 *   where the scheduler does not take graphs of tilework
 */
export async function connect(address: string, options: ClusterOptions = {}): Promise<ClusterEngine> {
  checkMilliseconds('timeout', options.timeout);
  const engine = new ClusterEngine(address, options);
  try {
    await engine.open(options.timeout);
    return engine;
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}
