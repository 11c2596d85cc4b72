import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { encodeFailure } from '../wire/index.js';
import { type Address, formatAddress } from './address.js';
import { Connection } from './connection.js';
import { type CommOptions, checkOptions, tlsOptions } from './security.js';

/** Answers an operation; what it returns, or throws, is sent to the caller. */
export type Handler = (message: Readonly<Record<string, unknown>>, connection: Connection) => unknown;

/** Returned by a handler that has answered by itself. */
export const ANSWERED = Symbol('answered');

export interface ListenOptions extends CommOptions {
  /** `tls` where there are certificates. Default host: loopback. Port 0: any free one. */
  readonly host?: string;
  readonly port?: number;
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
  checkOptions({ scheme, host, port: port || 1 }, options);
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
  await started(server, host, port);
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

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(`cannot listen on ${formatAddress({ scheme: 'tcp', host, port })}: ${cause.message}`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
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
