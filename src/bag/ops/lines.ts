import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { failure } from '../../io/failure.js';
import { readUpTo, withFile } from '../../io/file.js';

/** Lines of a file: those that begin between two of its bytes, or of a compressed one all. */
export interface LinesSource {
  readonly of: 'lines';
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly start: number;
  readonly stop: number;
  readonly gzip: boolean;
  readonly encoding: string;
  readonly includePath: boolean;
}

/** Bytes read at once. */
const PIECE = 2 ** 20;
const NEWLINE = 10;

/** Lists of lines, as they are read: never the whole part of the file at once. */
export function linesOf(source: LinesSource): Iterable<unknown[]> | AsyncIterable<unknown[]> {
  const cutter = new Cutter(source);
  return source.gzip ? unzipped(source, cutter) : between(source, cutter);
}

/** Texts of bytes, and lines of texts. What has no newline yet is kept for the next piece. */
class Cutter {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  private rest = '';

  constructor(private readonly source: LinesSource) {
    // A mark at the beginning of the file says how it is encoded, anywhere else it is a character.
    this.decoder = new TextDecoder(source.encoding, { fatal: true, ignoreBOM: source.start > 0 });
  }

  lines(bytes: Uint8Array): unknown[] {
    const lines = (this.rest + this.text(bytes, true)).split('\n');
    this.rest = lines.pop()!;
    return this.finished(lines);
  }

  last(): unknown[] {
    const text = this.rest + this.text(new Uint8Array(0), false);
    this.rest = '';
    return text === '' ? [] : this.finished(text.split('\n'));
  }

  private text(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.decoder.decode(bytes, { stream });
    } catch (cause) {
      const { path, encoding } = this.source;
      throw new TypeError(`readText: ${path} is not encoded in ${encoding}: pass { encoding }`, { cause });
    }
  }

  private finished(lines: string[]): unknown[] {
    for (let i = 0; i < lines.length; i++) if (lines[i]!.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1);
    const { includePath, path } = this.source;
    return includePath ? lines.map((line) => [line, path]) : lines;
  }
}

function* between({ path, size, mtimeMs, start, stop }: LinesSource, cutter: Cutter): Generator<unknown[]> {
  const piece = new Uint8Array(Math.min(PIECE, Math.max(1, size)));
  const read = (at: number): Uint8Array =>
    withFile(path, (fd) => piece.subarray(0, readUpTo(fd, piece, at, path)), { size, mtimeMs });
  // A line belongs to the part in which it begins: behind the newline that this part, or the byte before it, has first.
  let at = start;
  if (start > 0) {
    at = start - 1;
    for (;;) {
      const bytes = read(at);
      const found = bytes.indexOf(NEWLINE);
      at += found < 0 ? bytes.length : found + 1;
      if (found >= 0 || bytes.length === 0) break;
    }
  }
  while (at < Math.min(stop, size)) {
    const bytes = read(at);
    if (bytes.length === 0) break;
    const end = at + bytes.length < stop ? -1 : bytes.indexOf(NEWLINE, Math.max(0, stop - 1 - at));
    if (end >= 0) {
      yield cutter.lines(bytes.subarray(0, end + 1));
      break;
    }
    at += bytes.length;
    yield cutter.lines(bytes);
    if (at >= stop) {
      yield* toNewline(at, read, cutter);
      break;
    }
  }
  yield cutter.last();
}

/** The rest of a line that goes on behind its part. */
function* toNewline(from: number, read: (at: number) => Uint8Array, cutter: Cutter): Generator<unknown[]> {
  for (let at = from; ; ) {
    const bytes = read(at);
    if (bytes.length === 0) return;
    const end = bytes.indexOf(NEWLINE);
    yield cutter.lines(end < 0 ? bytes : bytes.subarray(0, end + 1));
    if (end >= 0) return;
    at += bytes.length;
  }
}

async function* unzipped({ path, size, mtimeMs }: LinesSource, cutter: Cutter): AsyncGenerator<unknown[]> {
  withFile(path, () => {}, { size, mtimeMs });
  const file = createReadStream(path);
  const inflated = file.on('error', (error) => inflated.destroy(error)).pipe(createGunzip());
  try {
    for await (const bytes of inflated) yield cutter.lines(bytes as Uint8Array);
  } catch (cause) {
    if (!/^Z_/.test((cause as { code?: string }).code ?? '')) throw cause;
    throw new Error(
      `readText: ${path} is no gzip file, was cut short or is damaged: ${failure('read', path, cause).message}`,
      { cause },
    );
  } finally {
    file.destroy();
  }
  yield cutter.last();
}
