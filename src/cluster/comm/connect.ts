import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Address, parseAddress } from './address.js';
import { Connection } from './connection.js';
import { socketError } from './diagnose.js';
import { CommError } from './errors.js';
import { type CommOptions, checkOptions, type Security, tlsOptions } from './security.js';

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
  const { timeout = 30_000, signal } = options;
  const where = parseAddress(address);
  checkOptions(where, options);
  signal?.throwIfAborted();
  const socket = open(where, options);
  let connection: Connection | undefined;
  const stop = (reason: CommError): void => {
    connection?.abort(reason);
    socket.destroy(reason);
  };
  const timer = setTimeout(
    () =>
      stop(
        new CommError(
          `${address} did not answer within ${timeout / 1000} s: is it a Dask process, and not overloaded?`,
          address,
        ),
      ),
    timeout,
  );
  const abort = (): void => stop(new CommError('aborted', address));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await opened(socket, where, address);
    connection = new Connection(socket, address, options.compression);
    await connection.greet();
    return connection;
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function open({ scheme, host, port }: Address, { certificates }: Security): Socket {
  if (scheme === 'tcp') return connectTcp({ host, port });
  return connectTls({ host, port, ...tlsOptions(certificates!) });
}

function opened(socket: Socket, { scheme }: Address, address: string): Promise<void> {
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
    socket.once(scheme === 'tls' ? 'secureConnect' : 'connect', () => settle());
  });
}
