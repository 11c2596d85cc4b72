import type { Engine } from '../../src/engine/engine.js';
import { LocalEngine } from '../../src/engine/index.js';
import { threadEntry } from '../../src/engine/thread-entry.js';

/** An engine of two threads for tests, which do all the work, however little; dispose of it when done. */
export const startEngine = async (threads = 2): Promise<Engine> =>
  new LocalEngine({ threads }, { entry: threadEntry() });
