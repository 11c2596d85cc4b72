/** The entry of a thread: puts the runner, the operations and the port to the main thread together. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData, ToThread } from './engine/messages.js';
import type { Op } from './engine/op.js';
import { Runner } from './engine/thread/runner.js';

const port = parentPort;
if (port === null) throw new Error('tilework: thread.js is the entry of a worker thread, not a program');

const { control } = workerData as ThreadData;

/** The operations are loaded when the first task comes, each when it is first run. */
async function load(name: string): Promise<Op<unknown, unknown>> {
  const { ops } = await import('./ops.js');
  const loader = Object.hasOwn(ops, name) ? ops[name] : undefined;
  if (loader === undefined) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return (await loader()) as Op<unknown, unknown>;
}

const runner = new Runner(control, (message) => port.postMessage(message), load);
port.on('message', (message: ToThread) => runner.take(message));
