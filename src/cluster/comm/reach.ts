import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import type { Address } from './address.js';

/** The system asks a host that does not answer again after 1, 2, 4, … seconds. To find one soon that comes back, it is asked anew after so many milliseconds. */
const ATTEMPT_MS = 5_000;
/** What says that there is no way, or nobody, rather than that a name cannot be looked up at the moment. */
const UNREACHABLE: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/**
 * Opens a TCP connection, however long it takes.
 *
 * @param onread how it is to be read, where not by `data` events
 * @throws the socket's error where the host refuses, or there is none; the signal's reason when aborted
 */
export async function reach(where: Address, signal: AbortSignal, onread?: OnReadOpts): Promise<Socket> {
  for (;;) {
    const socket = await attempt(where, signal, onread);
    if (socket !== undefined) return socket;
  }
}

/** Whether a TCP connection can be made within a few seconds: its system answers for a process that is busy or stopped. */
export async function isReachable(where: Address): Promise<boolean> {
  try {
    const socket = await attempt(where, new AbortController().signal);
    socket?.destroy();
    return socket !== undefined;
  } catch (error) {
    return !UNREACHABLE.has((error as NodeJS.ErrnoException).code);
  }
}

/** Undefined where nothing answers in time. */
function attempt(
  { host, port }: Address,
  signal: AbortSignal,
  onread?: OnReadOpts,
): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({ host, port, ...(onread && { onread }) });
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('error', failed);
      socket.off('lookup', start);
      act();
    };
    const give = (act: () => void): void =>
      settle(() => {
        socket.on('error', () => {});
        socket.destroy();
        act();
      });
    const failed = (error: Error): void => give(() => reject(error));
    const abort = (): void => give(() => reject(signal.reason));
    let timer: NodeJS.Timeout | undefined;
    const start = (): void => {
      timer ??= setTimeout(() => give(() => resolve(undefined)), ATTEMPT_MS);
    };
    if (isIP(host) > 0) start();
    else socket.on('lookup', start);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', failed);
    socket.once('connect', () => settle(() => resolve(socket)));
  });
}
