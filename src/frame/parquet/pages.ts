import { FrameError } from '../errors.js';
import type { Chunk } from './footer.js';
import { BOOLEAN, BYTE_ARRAY, DOUBLE, FLOAT, INT32, INT64, type Leaf } from './layout.js';
import { bitsOf, readLevels } from './levels.js';
import type { LeafData } from './nested.js';
import { CompactReader } from './thrift.js';

/** Present values of a page: of the physical type. */
export type Values = Int32Array | BigInt64Array | Float32Array | Float64Array | Uint8Array | unknown[];

interface Page {
  readonly count: number;
  readonly present: number;
  readonly def: Uint8Array | undefined;
  readonly rep: Uint8Array | undefined;
  readonly values: Values;
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

/** Reads the values of a leaf, page by page. */
export class LeafReader {
  constructor(
    private readonly bytes: Buffer,
    private readonly chunk: Chunk,
    private readonly leaf: Leaf,
  ) {}

  *pages(): Generator<Page> {
    const { bytes, chunk } = this;
    let dictionary: Values | undefined;
    let at = 0;
    for (let read = 0; read < chunk.values; ) {
      const reader = new CompactReader(bytes, at);
      const header = reader.struct();
      const start = reader.at;
      const end = start + header.number(3);
      at = end;
      if (header.number(1) === DICTIONARY_PAGE) {
        dictionary = this.plain(start, end, header.struct(7).number(1));
        continue;
      }
      if (header.number(1) !== DATA_PAGE)
        throw new FrameError(
          `a Parquet page of kind ${header.number(1)} is not read here; write with PARQUET_VERSION V1`,
        );
      const data = header.struct(5);
      const page = this.page(start, end, data.number(1), data.number(2), dictionary);
      read += page.count;
      yield page;
    }
  }

  entries(): LeafData {
    const pages = [...this.pages()];
    const count = pages.reduce((sum, page) => sum + page.count, 0);
    const def = new Uint8Array(count).fill(this.leaf.def);
    const rep = new Uint8Array(count);
    const values: unknown[] = [];
    let at = 0;
    for (const page of pages) {
      if (page.def) def.set(page.def, at);
      if (page.rep) rep.set(page.rep, at);
      for (let i = 0; i < page.present; i++) values.push(page.values[i]);
      at += page.count;
    }
    return { def, rep, values };
  }

  private page(
    start: number,
    end: number,
    count: number,
    encoding: number,
    dictionary: Values | undefined,
  ): Page {
    const { leaf, bytes } = this;
    let at = start;
    const levels = (most: number): { levels: Uint8Array; same: boolean } => {
      const length = bytes.readUInt32LE(at);
      const into = new Uint8Array(count);
      const same = readLevels(bytes, at + 4, at + 4 + length, bitsOf(most), into, 0, count);
      at += 4 + length;
      return { levels: into, same };
    };
    const rep = leaf.rep > 0 ? levels(leaf.rep).levels : undefined;
    let def: Uint8Array | undefined;
    let present = count;
    if (leaf.def > 0) {
      const found = levels(leaf.def);
      def = found.levels;
      if (found.same) present = count > 0 && def[0] === leaf.def ? count : 0;
      else {
        present = 0;
        for (let i = 0; i < count; i++) if (def[i] === leaf.def) present += 1;
      }
    }
    if (encoding === PLAIN) return { count, present, def, rep, values: this.plain(at, end, present) };
    if ((encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) && dictionary)
      return { count, present, def, rep, values: this.looked(at, end, present, dictionary) };
    throw new FrameError(
      `a Parquet page of encoding ${encoding} is not read here; write with PARQUET_VERSION V1`,
    );
  }

  private looked(start: number, end: number, count: number, dictionary: Values): Values {
    const indexes = new Int32Array(count);
    const bits = start < end ? this.bytes[start]! : 0;
    if (count > 0 && bits > 0) readLevels(this.bytes, start + 1, end, bits, indexes, 0, count);
    const make = dictionary.constructor as new (length: number) => unknown[];
    const values = new make(count);
    const from = dictionary as unknown[];
    for (let i = 0; i < count; i++) values[i] = from[indexes[i]!];
    return values as Values;
  }

  private plain(start: number, end: number, count: number): Values {
    const { bytes } = this;
    const raw = <T extends ArrayBufferView>(Typed: {
      new (n: number): T;
      readonly BYTES_PER_ELEMENT: number;
    }): T => {
      const values = new Typed(count);
      const length = count * Typed.BYTES_PER_ELEMENT;
      if (start + length > end) throw new RangeError('a page of a Parquet file is cut short');
      new Uint8Array(values.buffer, values.byteOffset, length).set(bytes.subarray(start, start + length));
      return values;
    };
    switch (this.chunk.physical) {
      case BOOLEAN: {
        const values = new Uint8Array(count);
        for (let i = 0; i < count; i++) values[i] = (bytes[start + (i >> 3)]! >> (i & 7)) & 1;
        return values;
      }
      case INT32:
        return raw(Int32Array);
      case INT64:
        return raw(BigInt64Array);
      case FLOAT:
        return raw(Float32Array);
      case DOUBLE:
        return raw(Float64Array);
      case BYTE_ARRAY:
        return this.leaf.type === 'binary'
          ? binaries(bytes, start, count)
          : strings(bytes, start, end, count);
      default:
        throw new FrameError(`a Parquet column of physical type ${this.chunk.physical} is not read here`);
    }
  }
}

function binaries(bytes: Buffer, start: number, count: number): Uint8Array[] {
  const values = new Array<Uint8Array>(count);
  let at = start;
  for (let i = 0; i < count; i++) {
    const length = bytes.readUInt32LE(at);
    values[i] = new Uint8Array(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return values;
}

/** Where all is ASCII, which most is, the page is decoded at once and cut; a call into the decoder for each string costs many times that. */
function strings(bytes: Buffer, start: number, end: number, count: number): string[] {
  const values = new Array<string>(count);
  let at = start;
  let ascii = true;
  for (let i = start; i < end && ascii; i++) ascii = bytes[i]! < 128;
  const text = ascii ? bytes.toString('latin1', start, end) : undefined;
  for (let i = 0; i < count; i++) {
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    at += 4;
    values[i] =
      text !== undefined
        ? text.slice(at - start, at - start + length)
        : bytes.toString('utf8', at, at + length);
    at += length;
  }
  return values;
}
