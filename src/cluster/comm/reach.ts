import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import type { Address } from './address.js';

/** Where a TCP connection leads. */
export type Endpoint = Pick<Address, 'host' | 'port'>;

/** The system asks a host that does not answer again after 1, 2, 4, … seconds. To find one soon that comes back, it is asked anew after so many milliseconds. */
const ATTEMPT_MS = 5_000;
/** What says that there is no way, or nobody, rather than that this process can open no more connections. */
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
export async function reach(where: Endpoint, signal: AbortSignal, onread?: OnReadOpts): Promise<Socket> {
  for (;;) {
    const socket = await attempt(where, signal, onread);
    if (socket !== undefined) return socket;
  }
}

/**
 * Whether a TCP connection can be made within a few seconds: its system answers for a process that is busy or stopped.
 *
 * @param where by number: where the network is gone names cannot be looked up, which would say nothing of the peer
 */
export async function isReachable(where: Endpoint): Promise<boolean> {
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
  { host, port }: Endpoint,
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
