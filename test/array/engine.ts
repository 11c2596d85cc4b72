import type { Engine } from '../../src/engine/engine.js';
import { LocalEngine } from '../../src/engine/index.js';

/** An engine of two threads for tests; dispose of it when done. */
export const startEngine = async (threads = 2): Promise<Engine> => new LocalEngine({ threads });
