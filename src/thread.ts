/** The entry of a thread: puts what runs in it and the port to the main thread together. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ToActor } from './engine/actors/messages.js';
import type { ThreadData, ToThread } from './engine/messages.js';
import { makeActorHost, makeRunner } from './runner.js';

const port = parentPort;
if (port === null) throw new Error('tilework: thread.js is the entry of a worker thread, not a program');

const { control, uploads } = workerData as ThreadData;
if (control === undefined) {
  const host = await makeActorHost((message) => port.postMessage(message), uploads);
  port.on('message', (message: ToActor) => host.take(message));
} else {
  const runner = makeRunner(control, (message) => port.postMessage(message), uploads);
  port.on('message', (message: ToThread) => runner.take(message));
}
