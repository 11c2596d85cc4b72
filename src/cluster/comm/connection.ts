import type { Socket } from 'node:net';
import { decodeMessage, encodeFrames, encodeMessage, FrameDecoder, WireError } from '../wire/index.js';
import { noGreeting, socketError, strangerError } from './diagnose.js';
import { CommClosedError, type CommError } from './errors.js';

/** Messages that nobody has read yet: beyond these many the peer has to wait. */
const UNREAD = 64;
/** Short pieces are joined up to so many bytes, so that a message is one packet where it can be. */
const JOIN = 1 << 16;
/** Long frames go out in pieces: TLS copies what it is given at once. */
const PIECE = 1 << 20;

/** What each side says first. No compression: arrays seldom gain by it on a local network. */
const GREETING = { compression: null, python: [3, 11, 0], 'pickle-protocol': 5 } as const;

/**
 * Messages in both directions over one socket, in order. Reading and writing wait for the peer; what is not read in time
 * makes the peer wait.
 */
export class Connection {
  /** Resolves, never rejects, when the connection has ended; with what ended it. */
  readonly ended: Promise<CommError>;
  private readonly decoder = new FrameDecoder();
  private readonly received: unknown[] = [];
  private readonly readers: Reader[] = [];
  private writing: Promise<void> = Promise.resolve();
  private failure: CommError | undefined;
  private first: Uint8Array | undefined;
  private greeted = false;
  private end!: (reason: CommError) => void;

  constructor(
    private readonly socket: Socket,
    /** Of the peer. */
    readonly address: string,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.fail(socketError(address, error, this.greeted)));
    socket.on('end', () => this.fail(this.closedByPeer()));
    socket.on('close', () => this.fail(this.closedByPeer()));
  }

  get closed(): boolean {
    return this.failure !== undefined;
  }

  /** Where this side of the connection is. */
  get localHost(): string {
    return this.socket.localAddress ?? '127.0.0.1';
  }

  /** Exchanges greetings: both sides write first. Throws a CommError where the peer is no Dask process. */
  async greet(): Promise<void> {
    void this.write(GREETING).catch(() => {});
    const greeting = await this.read();
    if (typeof greeting !== 'object' || greeting === null || !('pickle-protocol' in greeting))
      throw this.fail(
        strangerError(this.address, this.first ?? new Uint8Array(0), new WireError('no greeting')),
      );
    this.greeted = true;
    this.first = undefined;
  }

  /** The next message. Rejects with a CommError once the connection has ended and all that came before was read. */
  read(): Promise<unknown> {
    if (this.received.length > 0) {
      const message = this.received.shift();
      if (this.received.length < UNREAD) this.socket.resume();
      return Promise.resolve(message);
    }
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.readers.push({ resolve, reject });
    });
  }

  /**
   * Sends a message. It is encoded at once, but frames of serialised data are not copied: they must not change until the promise
   * resolves, which is when the system has taken them.
   *
   * @throws CommError (by rejection) where the connection has ended
   */
  write(message: unknown): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const pieces = piecesOf(encodeFrames(encodeMessage(message)));
    const before = this.writing;
    const done = (async () => {
      await before;
      await this.send(pieces);
    })();
    this.writing = done.catch(() => {});
    return done;
  }

  /** Lets what was written go out, then ends the connection. */
  async close(): Promise<void> {
    await this.writing;
    if (this.failure === undefined) this.socket.end();
    this.fail(new CommClosedError(`the connection to ${this.address} was closed`, this.address));
  }

  /** Ends the connection now. */
  abort(reason?: CommError): void {
    this.fail(reason ?? new CommClosedError(`the connection to ${this.address} was closed`, this.address));
    this.socket.destroy();
  }

  /** Whether an open connection keeps the process alive. */
  hold(alive: boolean): void {
    if (alive) this.socket.ref();
    else this.socket.unref();
  }

  private async send(pieces: readonly Uint8Array[]): Promise<void> {
    let flushed: Promise<void> = Promise.resolve();
    for (const piece of pieces) {
      if (this.failure !== undefined) throw this.failure;
      let more = true;
      flushed = new Promise((resolve, reject) => {
        more = this.socket.write(piece, (error) =>
          error ? reject(this.failure ?? socketError(this.address, error, this.greeted)) : resolve(),
        );
      });
      flushed.catch(() => {});
      if (!more) await flushed;
    }
    await flushed;
  }

  private take(chunk: Uint8Array): void {
    if (this.failure !== undefined) return;
    if (!this.greeted) this.first ??= chunk.slice(0, 40);
    try {
      for (const frames of this.decoder.push(chunk)) this.deliver(decodeMessage(frames));
    } catch (error) {
      this.abort(
        this.greeted
          ? new CommClosedError(
              `${this.address} sent what is no message: ${(error as Error).message}`,
              this.address,
              {
                cause: error,
              },
            )
          : strangerError(this.address, this.first ?? chunk, error),
      );
    }
  }

  private deliver(message: unknown): void {
    const reader = this.readers.shift();
    if (reader !== undefined) {
      reader.resolve(message);
      return;
    }
    this.received.push(message);
    if (this.received.length >= UNREAD) this.socket.pause();
  }

  private closedByPeer(): CommError {
    if (this.first !== undefined && this.decoder.midway)
      return strangerError(
        this.address,
        this.first,
        new WireError('the connection ended within the greeting'),
      );
    if (!this.greeted) return noGreeting(this.address);
    return new CommClosedError(
      `the connection to ${this.address} was closed by the other side`,
      this.address,
    );
  }

  private fail(reason: CommError): CommError {
    if (this.failure !== undefined) return this.failure;
    this.failure = reason;
    for (const reader of this.readers.splice(0)) reader.reject(reason);
    this.socket.resume();
    if (!(reason instanceof CommClosedError)) this.socket.destroy();
    this.end(reason);
    return reason;
  }
}

interface Reader {
  readonly resolve: (message: unknown) => void;
  readonly reject: (reason: CommError) => void;
}

function piecesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let joined: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (joined.length > 0) pieces.push(joined.length === 1 ? joined[0]! : Buffer.concat(joined));
    joined = [];
    bytes = 0;
  };
  for (const part of parts) {
    if (bytes + part.length > JOIN) flush();
    if (part.length > JOIN) {
      for (let at = 0; at < part.length; at += PIECE) pieces.push(part.subarray(at, at + PIECE));
    } else {
      joined.push(part);
      bytes += part.length;
    }
  }
  flush();
  return pieces;
}
