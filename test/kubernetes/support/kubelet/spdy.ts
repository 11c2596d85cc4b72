import { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate } from 'node:zlib';
import { DICTIONARY } from './spdy-dictionary.js';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const FIN = 1;

/** One of the streams of a connection, with the headers by which it was begun. */
export class SpdyStream extends Duplex {
  constructor(
    readonly headers: Readonly<Record<string, string>>,
    private readonly frame: (flags: number, data: Buffer) => void,
  ) {
    super();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.frame(0, chunk);
    done();
  }

  override _final(done: () => void): void {
    this.frame(FIN, Buffer.alloc(0));
    done();
  }
}

/**
 * The server's side of SPDY/3.1, as far as Kubernetes forwards ports by it: streams that the client begins, without windows, which Kubernetes' own
 * implementation has not either. Resolves when the connection ends.
 */
export async function serveSpdy(socket: Duplex, begun: (stream: SpdyStream) => void): Promise<void> {
  const streams = new Map<number, SpdyStream>();
  const headers = headersOf();
  const reply = await replyOf();
  socket.on('error', () => {});
  try {
    for await (const { control, id, flags, data } of frames(socket)) {
      if (control === undefined) {
        const stream = streams.get(id);
        if (data.length > 0) stream?.push(data);
        if (flags & FIN) stream?.push(null);
      } else if (control === SYN_STREAM) {
        const number = data.readUInt32BE(0);
        const stream = new SpdyStream(await headers(data.subarray(10)), (flags, data) => {
          if (!socket.destroyed) socket.write(frame(number, flags, data));
        });
        streams.set(number, stream);
        socket.write(frame(controlWord(SYN_REPLY), 0, Buffer.concat([data.subarray(0, 4), await reply()])));
        if (flags & FIN) stream.push(null);
        begun(stream);
      } else if (control === RST_STREAM) streams.get(data.readUInt32BE(0))?.destroy();
      else if (control === PING) socket.write(frame(controlWord(PING), 0, data));
    }
  } catch {
    // Whoever forwards has gone: so are its streams.
  }
  for (const stream of streams.values()) stream.destroy();
}

const controlWord = (type: number): number => 0x8003_0000 + type;

function frame(word: number, flags: number, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(word, 0);
  head.writeUInt32BE(flags * 2 ** 24 + data.length, 4);
  return Buffer.concat([head, data]);
}

interface Frame {
  /** The type of a control frame; undefined of data. */
  readonly control: number | undefined;
  readonly id: number;
  readonly flags: number;
  readonly data: Buffer;
}

async function* frames(socket: Duplex): AsyncGenerator<Frame> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const [word, length] = [rest.readUInt32BE(0), rest.readUIntBE(5, 3)];
      if (rest.length < 8 + length) break;
      const control = word >= 2 ** 31 ? word & 0xffff : undefined;
      yield { control, id: word, flags: rest[4]!, data: rest.subarray(8, 8 + length) };
      rest = rest.subarray(8 + length);
    }
  }
}

/** Reads blocks of headers, which are compressed one after another. */
function headersOf(): (block: Buffer) => Promise<Record<string, string>> {
  const inflate = createInflate({ dictionary: DICTIONARY });
  return async (block) => {
    const data = await through(inflate, (done) => inflate.write(block, done));
    let at = 4;
    const text = (): string => {
      const length = data.readUInt32BE(at);
      at += 4 + length;
      return data.toString('utf8', at - length, at);
    };
    return Object.fromEntries(Array.from({ length: data.readUInt32BE(0) }, () => [text(), text()]));
  };
}

/** Writes blocks of no headers. */
async function replyOf(): Promise<() => Promise<Buffer>> {
  const deflate = createDeflate({ dictionary: DICTIONARY });
  return () =>
    through(deflate, (done) => {
      deflate.write(Buffer.alloc(4));
      deflate.flush(constants.Z_SYNC_FLUSH, done);
    });
}

/** What comes out of a stream of zlib's for what is put in. */
async function through(stream: Duplex, put: (done: () => void) => void): Promise<Buffer> {
  const parts: Buffer[] = [];
  const take = (part: Buffer): void => void parts.push(part);
  stream.on('data', take);
  await new Promise<void>((resolve) => put(() => setImmediate(resolve)));
  stream.off('data', take);
  return Buffer.concat(parts);
}
