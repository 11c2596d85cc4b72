import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { FD } from './messages.js';
import { UNWIND_EXPRESSION } from './unwind.js';

/** So long the main thread has to take notice of an interrupt by itself. */
const PATIENCE_MS = 300;

/**
 * The thread that stops a cell whose code gives the main thread no time: by V8's own means, after which what the cell has made
 * is still there. A byte on its pipe asks it; where the pipe ends, the kernel is gone, and so goes the process.
 */
export function watch(): void {
  const { noticed } = workerData as { readonly noticed: Int32Array };
  let asked = 0;
  const pipe = new Socket({ fd: FD.watch, readable: true, writable: false });
  const stop = (mine: number): void => {
    if (mine !== asked || Atomics.load(noticed, 0) >= mine) return;
    const session = new Session();
    session.connectToMainThread();
    session.post('Runtime.evaluate', { expression: UNWIND_EXPRESSION });
    session.post('Runtime.terminateExecution', () => session.disconnect());
    // It may begin anew, in a timer.
    setTimeout(stop, PATIENCE_MS, mine);
  };
  pipe.on('data', (bytes) => {
    asked += bytes.length;
    setTimeout(stop, PATIENCE_MS, asked);
  });
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  pipe.on('end', end);
  pipe.on('error', end);
}
