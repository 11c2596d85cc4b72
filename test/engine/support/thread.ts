/** The entry of threads in tests. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData, ToThread } from '../../../src/engine/messages.js';
import { makeRunner } from './runner.js';

const port = parentPort!;
const control = (workerData as ThreadData).control!;
const runner = makeRunner(control, (message) => port.postMessage(message));
port.on('message', (message: ToThread) => runner.take(message));
