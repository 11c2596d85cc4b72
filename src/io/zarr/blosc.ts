import type { NativeCodecs } from './native.js';

/** The header of a blosc chunk. */
interface BloscHeader {
  readonly typesize: number;
  readonly shuffle: 'none' | 'bytes' | 'bits';
  readonly stored: boolean;
  readonly split: boolean;
  readonly compressor: number;
  /** Bytes decoded, of one block of them, and encoded. */
  readonly size: number;
  readonly block: number;
  readonly encoded: number;
}

const HEADER = 16;
const LZ4 = 1;
const ZSTD = 4;

/**
 * Reads the header and checks it against what is there: blosc itself believes it, and of a chunk cut off would decode
 * whatever lies behind it in memory.
 */
function headerOf(bytes: Uint8Array, size: number): BloscHeader {
  if (bytes.length < HEADER) throw new Error('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const flags = bytes[2]!;
  const header: BloscHeader = {
    typesize: bytes[3]!,
    shuffle: flags & 1 ? 'bytes' : flags & 4 ? 'bits' : 'none',
    stored: (flags & 2) !== 0,
    split: (flags & 16) === 0,
    compressor: flags >> 5,
    size: view.getUint32(4, true),
    block: view.getUint32(8, true),
    encoded: view.getUint32(12, true),
  };
  if (bytes[0]! > 2 || header.typesize === 0) throw new Error(`it is not in blosc's format 1 or 2`);
  if (header.encoded !== bytes.length)
    throw new Error(`expected ${header.encoded} bytes, found ${bytes.length}`);
  if (header.size !== size) throw new Error(`it holds ${header.size} bytes instead of ${size}`);
  return header;
}

/** Small blocks, the last one where it is smaller, and those of many-byte elements are one stream; others one a byte. */
const SMALLEST_SPLIT = 128;
const MOST_SPLITS = 16;

/** Calls `visit` with each stream, encoded and where it is to be decoded to (before elements are put together). */
function eachStream(
  { size, block, split, typesize }: BloscHeader,
  bytes: Uint8Array,
  visit: (encoded: Uint8Array, at: number, length: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const int = (at: number): number => {
    if (at < HEADER || at + 4 > bytes.length) throw new Error('a block of it lies beyond its end');
    return view.getInt32(at, true);
  };
  if (block === 0 && size > 0) throw new Error('its blocks are empty');
  for (let at = 0, nth = 0; at < size; at += block, nth++) {
    const whole = Math.min(block, size - at);
    const parted = split && typesize <= MOST_SPLITS && block / typesize >= SMALLEST_SPLIT && whole === block;
    const streams = parted ? typesize : 1;
    const length = whole / streams;
    let from = int(HEADER + 4 * nth);
    for (let k = 0; k < streams; k++) {
      const encoded = int(from);
      if (encoded < 0 || from + 4 + encoded > bytes.length)
        throw new Error('a block of it reaches beyond its end');
      visit(bytes.subarray(from + 4, from + 4 + encoded), at + k * length, length);
      from += 4 + encoded;
    }
  }
}

/**
 * Decodes a blosc chunk into the start of `target` by the machine's own lz4 or zstd.
 * @returns false if that cannot be done: another compressor, shuffled bits
 * @throws if the chunk is damaged
 */
export function decodeBlosc(
  bytes: Uint8Array,
  size: number,
  target: Uint8Array,
  scratch: (size: number) => Uint8Array,
  { zstd, lz4 }: NativeCodecs,
): boolean {
  const header = headerOf(bytes, size);
  if (header.stored) {
    if (bytes.length !== HEADER + size)
      throw new Error(`expected ${HEADER + size} bytes, found ${bytes.length}`);
    target.set(bytes.subarray(HEADER));
    return true;
  }
  const codec = header.compressor === LZ4 ? lz4 : header.compressor === ZSTD ? zstd : undefined;
  if (!codec || header.shuffle === 'bits') {
    eachStream(header, bytes, () => {});
    return false;
  }
  const { typesize, block } = header;
  const shuffled = header.shuffle === 'bytes' && typesize > 1;
  const work = shuffled ? scratch(size) : target;
  eachStream(header, bytes, (encoded, at, length) => {
    const to = work.subarray(at, at + length);
    if (encoded.length === length) to.set(encoded);
    else if (codec.decompress(encoded, to) !== length) throw new Error('a block of it is too short');
  });
  if (shuffled)
    for (let at = 0; at < size; at += block)
      unshuffle(
        work.subarray(at, Math.min(size, at + block)),
        target.subarray(at, Math.min(size, at + block)),
        typesize,
      );
  return true;
}

/** Puts together elements whose first bytes, second bytes … lie each in a row. What is left over follows as it is. */
function unshuffle(source: Uint8Array, target: Uint8Array, typesize: number): void {
  const n = Math.floor(source.length / typesize);
  if (typesize % 4 === 0 && target.byteOffset % 4 === 0) {
    // Four bytes at a time; elements of 8 bytes are two such words side by side.
    const words = new Uint32Array(target.buffer, target.byteOffset, (n * typesize) / 4);
    const perElement = typesize / 4;
    for (let w = 0; w < perElement; w++) {
      const b0 = 4 * w * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      for (let i = 0, to = w; i < n; i++, to += perElement)
        words[to] =
          source[b0 + i]! | (source[b1 + i]! << 8) | (source[b2 + i]! << 16) | (source[b3 + i]! << 24);
    }
  } else
    for (let b = 0; b < typesize; b++)
      for (let i = 0, from = b * n, to = b; i < n; i++, to += typesize) target[to] = source[from + i]!;
  target.set(source.subarray(n * typesize), n * typesize);
}
