import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FrameError } from '../errors.js';
import { arrayOf, type Column, exact } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';
import { BOOLEAN, BYTE_ARRAY, DOUBLE, FLOAT, INT32, INT64, type Leaf, treesOf } from './layout.js';
import { bitsOf, readLevels } from './levels.js';
import { Assembler, type LeafData } from './nested.js';
import { CompactReader, type Fields } from './thrift.js';

interface Chunk {
  readonly physical: number;
  readonly codec: number;
  readonly values: number;
  readonly start: number;
  readonly bytes: number;
  /** How many are null, where the file says so. */
  readonly nulls: number | undefined;
}

export interface RowGroup {
  readonly rows: number;
  /** By the path of the leaf, joined by dots. */
  readonly chunks: ReadonlyMap<string, Chunk>;
}

/** A Parquet file as its footer describes it. */
export interface Footer {
  readonly rows: number;
  readonly groups: readonly RowGroup[];
}

const TAIL = 8;

/** Reads the footer of a file. Throws a FrameError where it is none of Parquet, or cut short. */
export function readFooter(path: string): Footer {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = size >= TAIL + 4 ? readBytes(fd, size - TAIL, TAIL, path) : Buffer.alloc(TAIL);
    const length = tail.readUInt32LE(0);
    if (tail.toString('latin1', 4) !== 'PAR1' || length > size - TAIL - 4)
      throw new FrameError(`${path} is no Parquet file, or cut short`);
    const meta = new CompactReader(readBytes(fd, size - TAIL - length, length, path)).struct();
    return {
      rows: meta.number(3),
      groups: meta.list(4).map((group) => rowGroup(group as Fields)),
    };
  } finally {
    closeSync(fd);
  }
}

function rowGroup(group: Fields): RowGroup {
  const chunks = new Map<string, Chunk>();
  for (const column of group.list(1)) {
    const meta = (column as Fields).struct(3);
    const path = meta.list(3).map((part) => Buffer.from(part as Uint8Array).toString('utf8'));
    const dictionary = meta.has(11) ? meta.number(11) : Number.POSITIVE_INFINITY;
    chunks.set(path.join('.'), {
      physical: meta.number(1),
      codec: meta.number(4),
      values: meta.number(5),
      start: Math.min(meta.number(9), dictionary > 0 ? dictionary : Number.POSITIVE_INFINITY),
      bytes: meta.number(7),
      nulls: meta.struct(12).has(3) ? meta.struct(12).number(3) : undefined,
    });
  }
  return { rows: group.number(3), chunks };
}

function readBytes(fd: number, position: number, length: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const got = readSync(fd, bytes, at, length - at, position + at);
    if (got === 0) throw new FrameError(`${path} is cut short`);
    at += got;
  }
  return bytes;
}

/**
 * The columns of a row group of a file that DuckDB wrote, uncompressed and in pages of version 1, or that our own writer did. `schema` names
 * the columns wanted, with their types (those of `storedType`).
 */
export function readRowGroup(path: string, group: RowGroup, schema: Schema): Column[] {
  const { trees, leaves } = treesOf(schema);
  const fd = openSync(path, 'r');
  try {
    return Object.entries(schema).map(([name, type], i): Column => {
      const tree = trees[i]!;
      if (tree.kind === 'leaf') return flatColumn(name, type, leafReader(fd, path, group, tree), group.rows);
      const data: LeafData[] = [];
      for (let leaf = tree.first; leaf < tree.first + tree.count; leaf++)
        data[leaf] = leafReader(fd, path, group, leaves[leaf]!).entries();
      for (let leaf = 0; leaf < tree.first; leaf++) data[leaf] = NO_DATA;
      const assembler = new Assembler(data, ({ type: inner }, value) => plainOf(inner, value));
      return {
        name,
        type,
        values: Array.from({ length: group.rows }, () => assembler.next(tree)),
        valid: undefined,
      };
    });
  } finally {
    closeSync(fd);
  }
}

const NO_DATA: LeafData = { def: new Uint8Array(0), rep: new Uint8Array(0), values: [] };

/** What an element inside of a list, struct or map is in JavaScript. */
function plainOf(type: ColumnType, value: unknown): unknown {
  switch (type) {
    case 'bool':
      return value === 1;
    case 'int64':
    case 'uint64':
      return exact(value as bigint);
    case 'date':
      return new Date((value as number) * 86_400_000);
    case 'timestamp':
      return new Date(Math.floor(Number(value as bigint) / 1000));
    case 'time':
      return timeText(value as bigint);
    default:
      return value;
  }
}

function timeText(value: bigint): string {
  const text = new Date(Number(value / 1000n)).toISOString().slice(11, 19);
  const rest = Number(value % 1_000_000n);
  return rest === 0 ? text : `${text}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
}

/** Present values of a page: of the physical type. */
type Values = Int32Array | BigInt64Array | Float32Array | Float64Array | Uint8Array | unknown[];

interface Page {
  readonly count: number;
  readonly present: number;
  readonly def: Uint8Array | undefined;
  readonly rep: Uint8Array | undefined;
  readonly values: Values;
}

function flatColumn(name: string, type: ColumnType, reader: LeafReader, rows: number): Column {
  const Typed = arrayOf(type);
  const values: unknown[] | InstanceType<NonNullable<typeof Typed>> = Typed
    ? new Typed(rows)
    : new Array<unknown>(rows).fill(null);
  let valid: Uint8Array | undefined;
  let at = 0;
  for (const { count, present, def, values: read } of reader.pages()) {
    const source = Typed ? sameLayout(read, values) : read;
    if (present === count) {
      if (Typed && !Array.isArray(source) && source.constructor === values.constructor)
        (values as Float64Array).set(source as Float64Array, at);
      else copy(source, values as unknown[], at, count);
    } else {
      valid ??= new Uint8Array(rows).fill(1);
      let from = 0;
      const target = values as unknown[];
      const convert = converter(source, values);
      for (let i = 0; i < count; i++) {
        if (def![i] === 0) valid[at + i] = 0;
        else target[at + i] = convert ? convert(source[from++]) : source[from++];
      }
    }
    at += count;
  }
  return { name, type, values: values as Column['values'], valid };
}

/** The same bytes as unsigned, where the column is. */
function sameLayout(read: Values, values: unknown): Values {
  if (read instanceof BigInt64Array && values instanceof BigUint64Array)
    return new BigUint64Array(read.buffer, read.byteOffset, read.length) as unknown as BigInt64Array;
  return read;
}

const converter = (source: Values, values: unknown): ((value: unknown) => unknown) | undefined =>
  source instanceof BigInt64Array && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)
    ? Number
    : undefined;

function copy(source: Values, target: unknown[], at: number, count: number): void {
  const convert = converter(source, target);
  if (convert) for (let i = 0; i < count; i++) target[at + i] = convert(source[i]);
  else for (let i = 0; i < count; i++) target[at + i] = source[i];
}

function leafReader(fd: number, path: string, group: RowGroup, leaf: Leaf): LeafReader {
  const chunk = group.chunks.get(leaf.path.join('.'));
  if (!chunk) throw new FrameError(`${path} has no column ${JSON.stringify(leaf.path.join('.'))}`);
  if (chunk.codec !== 0)
    throw new FrameError(`${path}: compressed Parquet is read by readParquet, not by functions over rows`);
  return new LeafReader(readBytes(fd, chunk.start, chunk.bytes, path), chunk, leaf);
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE_DICTIONARY = 8;

class LeafReader {
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
