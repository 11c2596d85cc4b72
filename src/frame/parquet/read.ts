import { closeSync, openSync } from 'node:fs';
import { FrameError } from '../errors.js';
import { arrayOf, type Column, exact } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';
import { type RowGroup, readBytes } from './footer.js';
import { type Leaf, treesOf } from './layout.js';
import { Assembler, type LeafData } from './nested.js';
import { LeafReader, type Values } from './pages.js';

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
