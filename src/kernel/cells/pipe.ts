import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { lineOf } from './lines.js';
import { FD, type FromCells, type Output } from './messages.js';

/** Which cell runs, also where its promises and timers go on after it. */
const running = new AsyncLocalStorage<Running>();
let latest = '0';

interface Running {
  readonly cell: string;
  /** Aborted by an interrupt. */
  readonly signal: AbortSignal;
}

export function within(cell: string, signal: AbortSignal, work: () => void): void {
  latest = cell;
  running.run({ cell, signal }, work);
}

/** What engines of any copy of tilework ask for the signal of the cell that computes. */
export function letAbort(): void {
  const value = (): AbortSignal | undefined => running.getStore()?.signal;
  Object.defineProperty(globalThis, Symbol.for('tilework.kernel.signal'), { value });
}

/**
 * Writes at once, and waits where the kernel has not read: so nothing is lost or out of order, also of a cell that leaves Node no time to
 * write, and one that prints without end does not fill the memory.
 */
export function tell(message: FromCells): void {
  const bytes = Buffer.from(lineOf(message));
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(FD.out, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
}
const pause = new Int32Array(new SharedArrayBuffer(4));

export const output = (output: Output): void =>
  tell({ type: 'output', cell: running.getStore()?.cell ?? latest, output });

/** What is printed goes to the cell that prints it. */
export function redirect(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new TextDecoder();
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error) => void),
      done?: (error?: Error) => void,
    ): boolean => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      if (text !== '') output({ type: 'stream', name, text });
      const call = typeof encoding === 'function' ? encoding : done;
      if (call) queueMicrotask(() => call());
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
}
