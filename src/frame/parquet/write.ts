import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Column } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';
import {
  BOOLEAN,
  BYTE_ARRAY,
  CONVERTED_LIST,
  CONVERTED_MAP,
  INT32,
  type Leaf,
  OPTIONAL,
  physicalOf,
  REPEATED,
  REQUIRED,
  treesOf,
} from './layout.js';
import { bitsOf, packLevels } from './levels.js';
import { Shredder } from './nested.js';
import { type Written, writeStruct } from './thrift.js';

const MAGIC = Buffer.from('PAR1', 'latin1');
/** Rows of a row group at most. */
const GROUP_ROWS = 122_880;
const PLAIN = 0;
const RLE = 3;

/** Writes a Parquet file row group by row group: uncompressed, plain, one page a column. For files that only this process reads. */
export class ParquetWriter {
  private readonly fd: number;
  private at = 0;
  private total = 0;
  private readonly groups: Written[] = [];
  private readonly layout: ReturnType<typeof treesOf>;

  /** @param schema of types that `storedType` gives */
  constructor(
    private readonly path: string,
    private readonly schema: Schema,
  ) {
    this.layout = treesOf(schema);
    this.fd = openSync(path, 'w', 0o600);
    this.put(MAGIC);
  }

  /** Adds rows. Columns come in the order of the schema. */
  write(rows: number, columns: readonly Column[]): void {
    for (let from = 0; from < rows; from += GROUP_ROWS)
      this.group(columns, from, Math.min(rows, from + GROUP_ROWS));
  }

  /** Finishes the file. Returns its rows. */
  close(): number {
    const footer = writeStruct([
      [1, { i32: 1 }],
      [2, { structs: this.elements() }],
      [3, { i64: this.total }],
      [4, { structs: this.groups }],
      [6, { text: 'tilework' }],
    ]);
    this.put(footer);
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(footer.length);
    this.put(tail);
    this.put(MAGIC);
    closeSync(this.fd);
    return this.total;
  }

  /** Gives the file up. */
  abort(): void {
    closeSync(this.fd);
    rmSync(this.path, { force: true });
  }

  private group(columns: readonly Column[], from: number, to: number): void {
    const start = this.at;
    const chunks: Written[] = [];
    for (const [i, column] of columns.entries()) {
      const tree = this.layout.trees[i]!;
      if (tree.kind === 'leaf') chunks.push(this.flat(tree, column, from, to));
      else {
        const shredder = new Shredder(this.layout.leaves);
        const values = column.values as readonly unknown[];
        for (let row = from; row < to; row++)
          shredder.add(tree, column.valid && column.valid[row] === 0 ? null : values[row]);
        for (let leaf = tree.first; leaf < tree.first + tree.count; leaf++)
          chunks.push(this.nested(this.layout.leaves[leaf]!, shredder));
      }
    }
    this.groups.push([
      [1, { structs: chunks }],
      [2, { i64: this.at - start }],
      [3, { i64: to - from }],
    ]);
    this.total += to - from;
  }

  private flat(leaf: Leaf, column: Column, from: number, to: number): Written {
    const count = to - from;
    let def: Uint8Array | undefined;
    let { valid } = column;
    if (Array.isArray(column.values)) {
      const list = column.values as readonly unknown[];
      if (list.includes(null) || list.includes(undefined))
        valid = Uint8Array.from(list, (value, i) =>
          value === null || value === undefined || valid?.[i] === 0 ? 0 : 1,
        );
    }
    if (valid) def = valid.subarray(from, to);
    let values = (column.values as Float64Array).slice(from, to) as ArrayLike<unknown>;
    if (def?.includes(0)) values = (values as unknown[]).filter((_, i) => def[i] === 1);
    return this.chunk(
      leaf,
      count,
      undefined,
      def ?? new Uint8Array(count).fill(1),
      encode(leaf.type, values),
    );
  }

  private nested(leaf: Leaf, { def, rep, values }: Shredder): Written {
    const elements = (values[leaf.index]! as unknown[]).map((value) => elementOf(leaf.type, value));
    return this.chunk(
      leaf,
      def[leaf.index]!.length,
      Uint8Array.from(rep[leaf.index]!),
      Uint8Array.from(def[leaf.index]!),
      encode(leaf.type, elements),
    );
  }

  private chunk(
    leaf: Leaf,
    count: number,
    rep: Uint8Array | undefined,
    def: Uint8Array,
    values: readonly Uint8Array[],
  ): Written {
    const parts: Uint8Array[] = [];
    for (const [levels, most] of [[rep, leaf.rep] as const, [def, leaf.def] as const]) {
      if (!levels || most === 0) continue;
      const packed = packLevels(levels, count, bitsOf(most));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(packed.length);
      parts.push(length, packed);
    }
    parts.push(...values);
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    if (size > 0x7fffffff)
      throw new RangeError(
        `column ${JSON.stringify(leaf.path[0])}: ${count} values take more than 2 GiB; use smaller batches (batchRows)`,
      );
    const offset = this.at;
    this.put(
      writeStruct([
        [1, { i32: 0 }],
        [2, { i32: size }],
        [3, { i32: size }],
        [
          5,
          {
            struct: [
              [1, { i32: count }],
              [2, { i32: PLAIN }],
              [3, { i32: RLE }],
              [4, { i32: RLE }],
            ],
          },
        ],
      ]),
    );
    for (const part of parts) this.put(part);
    const bytes = this.at - offset;
    return [
      [2, { i64: offset }],
      [
        3,
        {
          struct: [
            [1, { i32: physicalOf(leaf.type).physical }],
            [2, { numbers: [PLAIN, RLE] }],
            [3, { texts: leaf.path }],
            [4, { i32: 0 }],
            [5, { i64: count }],
            [6, { i64: bytes }],
            [7, { i64: bytes }],
            [9, { i64: offset }],
          ],
        },
      ],
    ];
  }

  private elements(): Written[] {
    const list: Written[] = [
      [
        [4, { text: 'schema' }],
        [5, { i32: Object.keys(this.schema).length }],
      ],
    ];
    const add = (name: string, type: ColumnType, repetition = OPTIONAL): void => {
      const group = (repeated: number, label: string, children: number, converted?: number): Written => [
        [3, { i32: repeated }],
        [4, { text: label }],
        [5, { i32: children }],
        ...(converted === undefined ? [] : [[6, { i32: converted }] as const]),
      ];
      if (typeof type === 'string') {
        const { physical, converted } = physicalOf(type);
        list.push([
          [1, { i32: physical }],
          [3, { i32: repetition }],
          [4, { text: name }],
          ...(converted === undefined ? [] : [[6, { i32: converted }] as const]),
        ]);
      } else if ('list' in type) {
        list.push(group(repetition, name, 1, CONVERTED_LIST), group(REPEATED, 'list', 1));
        add('element', type.list);
      } else if ('map' in type) {
        list.push(group(repetition, name, 1, CONVERTED_MAP), group(REPEATED, 'key_value', 2));
        add('key', type.map[0], REQUIRED);
        add('value', type.map[1]);
      } else {
        list.push(group(repetition, name, Object.keys(type.struct).length));
        for (const [field, inner] of Object.entries(type.struct)) add(field, inner);
      }
    };
    for (const [name, type] of Object.entries(this.schema)) add(name, type);
    return list;
  }

  private put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const wrote = writeSync(this.fd, bytes, at, bytes.length - at);
      at += wrote;
      this.at += wrote;
    }
  }
}

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Values, none of them null, in Parquet's plain encoding. */
function encode(type: ColumnType, values: ArrayLike<unknown>): readonly Uint8Array[] {
  const { physical } = physicalOf(type);
  if (physical === BYTE_ARRAY) return byteArrays(values);
  if (physical === BOOLEAN) {
    const packed = new Uint8Array(Math.ceil(values.length / 8));
    for (let i = 0; i < values.length; i++) if (values[i]) packed[i >> 3]! |= 1 << (i & 7);
    return [packed];
  }
  if (physical === INT32)
    return [bytesOf(values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>))];
  if (ArrayBuffer.isView(values)) return [bytesOf(values)];
  const made =
    type === 'float32'
      ? Float32Array.from(values as ArrayLike<number>)
      : type === 'float64'
        ? Float64Array.from(values as ArrayLike<number>)
        : type === 'uint64'
          ? BigUint64Array.from(values as ArrayLike<bigint>)
          : BigInt64Array.from(values as ArrayLike<bigint>);
  return [bytesOf(made)];
}

/** Each with its length before it. */
function byteArrays(values: ArrayLike<unknown>): readonly Uint8Array[] {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | Uint8Array;
    most += 4 + (typeof value === 'string' ? value.length * 3 : value.length);
  }
  const bytes = Buffer.allocUnsafeSlow(most);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as string | Uint8Array;
    const length = typeof value === 'string' ? write(bytes, value, at + 4) : value.length;
    if (typeof value !== 'string') bytes.set(value, at + 4);
    bytes[at] = length;
    bytes[at + 1] = length >> 8;
    bytes[at + 2] = length >> 16;
    bytes[at + 3] = length >> 24;
    at += 4 + length;
  }
  return [bytes.subarray(0, at)];
}

/** Short ASCII is written by hand: a call into the encoder costs more. */
function write(bytes: Buffer, text: string, at: number): number {
  const { length } = text;
  if (length > 32) return bytes.write(text, at, 'utf8');
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return bytes.write(text, at, 'utf8');
    bytes[at + i] = code;
  }
  return length;
}

/** An element inside of a list, struct or map, as it is written. */
function elementOf(type: ColumnType, value: unknown): unknown {
  switch (type) {
    case 'int64':
    case 'uint64':
      return typeof value === 'bigint' ? value : BigInt(value as number);
    case 'date':
      return value instanceof Date ? Math.floor(value.getTime() / 86_400_000) : value;
    case 'timestamp':
      return value instanceof Date ? BigInt(value.getTime()) * 1000n : value;
    default:
      return value;
  }
}
