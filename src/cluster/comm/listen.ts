import { once } from 'node:events';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { errorCode } from '../../io/failure.js';
import { encodeFailure } from '../wire/index.js';
import { type Address, formatAddress } from './address.js';
import { Connection } from './connection.js';
import { type CommOptions, checkOptions, tlsOptions } from './security.js';

/** Answers an operation; what it returns, or throws, is sent to the caller. */
export type Handler = (message: Readonly<Record<string, unknown>>, connection: Connection) => unknown;

/** Returned by a handler that has answered by itself. */
export const ANSWERED = Symbol('answered');

/** Where one listens: at a port, at the first that is free of a first to a last one, or, for 0, at any. */
export type Port = number | readonly [first: number, last: number];

export interface ListenOptions extends CommOptions {
  /** `tls` where there are certificates. Default host: loopback. */
  readonly host?: string;
  readonly port?: Port;
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Told of peers that failed, for the log. */
  readonly onError?: (error: unknown, peer: string) => void;
}

export interface Listener extends AsyncDisposable {
  /** Where it listens. */
  readonly address: Address;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** How long a peer may take for its greeting. */
const GREETING_MS = 30_000;

/**
 * Listens for calls and answers them by a table of handlers, one after another on each connection.
 *
 * @throws TypeError where plain TCP would be open to other machines, an error naming the address where it cannot be listened on
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { certificates, host = '127.0.0.1', port = 0, handlers, onError } = options;
  const scheme = certificates === undefined ? 'tcp' : 'tls';
  const [first, last] = typeof port === 'number' ? [port, port] : port;
  checkOptions({ scheme, host, port: first || 1 }, options);
  const connections = new Set<Connection>();
  const sockets = new Set<Socket>();
  const welcome = (socket: Socket): void => {
    const peer = `${scheme}://${socket.remoteAddress}:${socket.remotePort}`;
    const connection = new Connection(socket, peer, options.compression);
    connections.add(connection);
    void serve(connection, handlers)
      .catch((error) => {
        connection.abort();
        onError?.(error, peer);
      })
      .finally(() => connections.delete(connection));
  };
  const server =
    certificates === undefined
      ? createTcp(welcome)
      : createTls({ ...tlsOptions(certificates), handshakeTimeout: GREETING_MS }, welcome);
  server.on('tlsClientError', (error: Error, socket: Socket) =>
    onError?.(error, String(socket.remoteAddress)),
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await started(server, host, first, last);
  // A connection that the system could not accept is no reason to end.
  server.on('error', (error) => onError?.(error, 'a peer'));
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections) connection.abort();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const bound = server.address() as { port: number };
  return {
    address: { scheme, host, port: bound.port },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function started(server: Server, host: string, first: number, last: number): Promise<void> {
  for (let port = first; ; port++)
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return;
    } catch (cause) {
      if (errorCode(cause) === 'EADDRINUSE' && port < last) continue;
      const where = formatAddress({ scheme: 'tcp', host, port: first });
      const range = first === last ? where : `any port from ${where} to ${last}`;
      throw new Error(`cannot listen on ${range}: ${(cause as Error).message}`, { cause });
    }
}

async function serve(connection: Connection, handlers: ListenOptions['handlers']): Promise<void> {
  const timer = setTimeout(() => connection.abort(), GREETING_MS);
  try {
    await connection.greet();
  } finally {
    clearTimeout(timer);
  }
  for (;;) {
    const message = await nextCall(connection);
    if (message === undefined) return;
    const { op, reply } = message;
    if (op === 'close') {
      if (reply === true) await connection.write('OK');
      await connection.close();
      return;
    }
    const answer = await answerTo(message, handlers, connection);
    if (answer !== ANSWERED && reply !== false && !connection.closed) await connection.write(answer);
  }
}

/** Undefined when the peer has gone. */
async function nextCall(connection: Connection): Promise<Readonly<Record<string, unknown>> | undefined> {
  let message: unknown;
  try {
    message = await connection.read();
  } catch (error) {
    if (connection.closed) return undefined;
    throw error;
  }
  if (typeof message !== 'object' || message === null)
    throw new TypeError(`a call is a map with "op", not ${JSON.stringify(message)}`);
  return message as Readonly<Record<string, unknown>>;
}

async function answerTo(
  message: Readonly<Record<string, unknown>>,
  handlers: ListenOptions['handlers'],
  connection: Connection,
): Promise<unknown> {
  const op = String(message.op);
  const handler = Object.hasOwn(handlers, op) ? handlers[op] : undefined;
  try {
    if (handler === undefined) throw new TypeError(`no operation is called ${JSON.stringify(op)} here`);
    return (await handler(message, connection)) ?? null;
  } catch (error) {
    return { status: 'uncaught-error', ...encodeFailure(error) };
  }
}
