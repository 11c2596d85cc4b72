import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { startTimer } from '../../engine/timer.js';
import { type Address, parseAddress } from './address.js';
import { Connection } from './connection.js';
import { socketError } from './diagnose.js';
import { CommError } from './errors.js';
import { Inlet } from './inlet.js';
import { reach } from './reach.js';
import { type CommOptions, checkOptions, tlsOptions } from './security.js';

/** Milliseconds until a peer must have greeted, unless told otherwise. */
export const GREETED_MS = 30_000;

export interface ConnectOptions extends CommOptions {
  /** Milliseconds until the peer must have answered its greeting; default 30 000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection, greetings exchanged.
 *
 * @throws TypeError for an address or certificates that are of no use, CommError (naming the address and the remedy) where nobody
 *   answers as a Dask process does, the signal's reason when aborted
 */
export async function connect(address: string, options: ConnectOptions = {}): Promise<Connection> {
  const { timeout = GREETED_MS, signal } = options;
  const where = parseAddress(address);
  checkOptions(where, options);
  signal?.throwIfAborted();
  const stopped = new AbortController();
  let socket: Socket | undefined;
  let connection: Connection | undefined;
  const stop = (reason: CommError): void => {
    stopped.abort(reason);
    connection?.abort(reason);
    socket?.destroy(reason);
  };
  const lateness = startTimer(timeout, () =>
    stop(
      new CommError(
        `${address} did not answer within ${Number((timeout / 1000).toPrecision(3))} s: is it a Dask process, and not overloaded?`,
        address,
      ),
    ),
  );
  const abort = (): void => stop(new CommError('aborted', address));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    // TLS reads by itself.
    const inlet = where.scheme === 'tcp' ? new Inlet() : undefined;
    socket = await reached(where, address, stopped.signal, inlet);
    if (where.scheme === 'tls') {
      // The one around it tells.
      socket.on('error', () => {});
      socket = connectTls({ socket, ...tlsOptions(options.certificates!) });
      await secured(socket, address);
    }
    connection = new Connection(socket, address, options.compression, inlet);
    await connection.greet();
    return connection;
  } catch (error) {
    socket?.destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(lateness);
    signal?.removeEventListener('abort', abort);
  }
}

async function reached(
  where: Address,
  address: string,
  signal: AbortSignal,
  inlet: Inlet | undefined,
): Promise<Socket> {
  try {
    return await reach(where, signal, inlet?.onread);
  } catch (error) {
    throw error instanceof CommError ? error : socketError(address, error as Error, false);
  }
}

function secured(socket: Socket, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      socket.off('error', settle);
      socket.off('close', closed);
      if (error === undefined) resolve();
      else reject(error instanceof CommError ? error : socketError(address, error, false));
    };
    const closed = (): void =>
      settle(new CommError(`${address} closed the connection while it was made`, address));
    socket.on('error', settle);
    socket.on('close', closed);
    socket.once('secureConnect', () => settle());
  });
}
