import type { Socket } from 'node:net';
import {
  type Compression,
  decodeMessage,
  encodeFrames,
  encodeMessage,
  type Frame,
  FrameDecoder,
  LaterFrame,
  type Placing,
  WireError,
} from '../wire/index.js';
import { noGreeting, socketError, strangerError } from './diagnose.js';
import { CommClosedError, type CommError } from './errors.js';
import type { Inlet, Take } from './inlet.js';
import { piecesOf } from './pieces.js';
import { type Endpoint, isReachable } from './reach.js';

/** Messages that nobody has read yet: beyond these many the peer has to wait. */
const UNREAD = 64;
/** What each side says first, beside how it wants to compress. */
const GREETING = { python: [3, 11, 0], 'pickle-protocol': 5 } as const;

/**
 * Messages in both directions over one socket, in order. Reading and writing wait for the peer; what is not read in time
 * makes the peer wait.
 */
export class Connection {
  /** Resolves, never rejects, when the connection has ended; with what ended it. */
  readonly ended: Promise<CommError>;
  /** How both sides want results to be compressed; undefined: not at all. */
  compression: Compression | undefined;
  private readonly decoder: FrameDecoder;
  private readonly received: unknown[] = [];
  private readonly readers: Reader[] = [];
  private writing: Promise<void> = Promise.resolve();
  private failure: CommError | undefined;
  private first: Uint8Array | undefined;
  private greeted = false;
  private heard = performance.now();
  private end!: (reason: CommError) => void;
  private readonly peer: Endpoint | undefined;

  constructor(
    private readonly socket: Socket,
    /** Of the peer. */
    readonly address: string,
    private readonly wanted?: Compression,
    /** How the socket reads, where it was made with one. */
    inlet?: Inlet,
  ) {
    this.decoder = inlet?.decoder ?? new FrameDecoder();
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    const { remoteAddress: host, remotePort: port } = socket;
    this.peer = host === undefined || port === undefined ? undefined : { host, port };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    if (inlet !== undefined) inlet.take = this.take;
    else socket.on('data', (chunk) => this.take(chunk, () => this.decoder.push(chunk)));
    socket.on('error', (error) => this.fail(socketError(address, error, this.greeted)));
    socket.on('end', () => this.fail(this.closedByPeer()));
    socket.on('close', () => this.fail(this.closedByPeer()));
  }

  get closed(): boolean {
    return this.failure !== undefined;
  }

  /** For how many milliseconds nothing has come. */
  get silence(): number {
    return performance.now() - this.heard;
  }

  /** Whether another connection could be made to where this one leads, though the peer says nothing. */
  async leadsSomewhere(): Promise<boolean> {
    return this.peer !== undefined && (await isReachable(this.peer));
  }

  /** Where this side of the connection is. */
  get localHost(): string {
    return this.socket.localAddress ?? '127.0.0.1';
  }

  /** Exchanges greetings: both sides write first. Throws a CommError where the peer is no Dask process. */
  async greet(): Promise<void> {
    // On one machine it costs more than it saves.
    const { localAddress, remoteAddress } = this.socket;
    const wanted = localAddress === remoteAddress ? undefined : this.wanted;
    void this.write({ ...GREETING, compression: wanted ?? null }).catch(() => {});
    const greeting = await this.read();
    if (typeof greeting !== 'object' || greeting === null || !('pickle-protocol' in greeting))
      throw this.fail(
        strangerError(this.address, this.first ?? new Uint8Array(0), new WireError('no greeting')),
      );
    if ((greeting as { readonly compression?: unknown }).compression === wanted) this.compression = wanted;
    this.greeted = true;
    this.first = undefined;
  }

  /** Has long frames that come lie where it says, until another is set. It is asked as they come. */
  set placing(placing: Placing | undefined) {
    this.decoder.placing = placing;
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
   * resolves, which is when the system has taken them; those that are loaded later, until they are told that they were sent.
   *
   * @throws CommError (by rejection) where the connection has ended, or what loading a frame throws: then the connection is ended, since part
   *   of a message has gone out
   */
  write(message: unknown): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const frames = encodeFrames(encodeMessage<Frame>(message));
    const before = this.writing;
    const done = (async () => {
      await before;
      await this.send(frames);
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

  private async send(frames: readonly Frame[]): Promise<void> {
    let ready: Uint8Array[] = [];
    for (const frame of frames) {
      if (!(frame instanceof LaterFrame)) {
        ready.push(frame);
        continue;
      }
      await this.sendBytes(ready);
      ready = [];
      try {
        await this.sendBytes([await loaded(frame)]);
      } catch (error) {
        this.abort();
        throw error;
      } finally {
        frame.sent();
      }
    }
    await this.sendBytes(ready);
  }

  private async sendBytes(frames: readonly Uint8Array[]): Promise<void> {
    let flushed: Promise<void> = Promise.resolve();
    for (const piece of piecesOf(frames)) {
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

  private readonly take: Take = (chunk, messages) => {
    if (this.failure !== undefined) return;
    this.heard = performance.now();
    if (!this.greeted) this.first ??= chunk.slice(0, 40);
    try {
      for (const frames of messages()) this.deliver(decodeMessage(frames));
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
  };

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

async function loaded(frame: LaterFrame): Promise<Uint8Array> {
  const bytes = await frame.load();
  if (bytes.length !== frame.length)
    throw new WireError(`a frame has ${bytes.length} bytes, and was announced with ${frame.length}`);
  return bytes;
}

interface Reader {
  readonly resolve: (message: unknown) => void;
  readonly reject: (reason: CommError) => void;
}
