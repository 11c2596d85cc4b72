/** The entry of threads in tests: the real runner with operations that only tests need. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData, ToThread } from '../../../src/engine/messages.js';
import type { Op } from '../../../src/engine/op.js';
import { Runner } from '../../../src/engine/thread/runner.js';
import { testOps } from './ops.js';

const port = parentPort!;

async function load(name: string): Promise<Op<unknown, unknown>> {
  const loader = testOps[name];
  if (loader === undefined) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return (await loader()) as Op<unknown, unknown>;
}

const { control } = workerData as ThreadData;
const runner = new Runner(control, (message) => port.postMessage(message), load);
port.on('message', (message: ToThread) => runner.take(message));
