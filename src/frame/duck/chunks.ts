import type { DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { FrameError } from '../errors.js';
import { arrayOf, type Batch, type Column, exact } from '../result/column.js';
import type { ColumnType } from '../types.js';
import { columnType, isWide } from './types.js';

/** Rows that a batch has at least, while there are more. */
export const BATCH_ROWS = 65_536;

/** Puts chunks of DuckDB together to batches of columns of ours. */
export class BatchBuilder {
  private chunks: DuckDBDataChunk[] = [];
  private rows = 0;
  private readonly columnTypes: readonly ColumnType[];
  private readonly wide: readonly boolean[];

  constructor(
    private readonly names: readonly string[],
    types: readonly DuckDBType[],
  ) {
    this.columnTypes = types.map(columnType);
    this.wide = types.map((type) => isWide(type));
  }

  add(chunk: DuckDBDataChunk): void {
    this.chunks.push(chunk);
    this.rows += chunk.rowCount;
  }

  get length(): number {
    return this.rows;
  }

  /** What was added since the last call. */
  take(): Batch {
    const { rows, chunks } = this;
    const columns = this.names.map((name, i) => this.column(name, i, chunks, rows));
    this.chunks = [];
    this.rows = 0;
    return { rows, columns };
  }

  private column(name: string, index: number, chunks: readonly DuckDBDataChunk[], rows: number): Column {
    const type = this.columnTypes[index]!;
    const Typed = arrayOf(type);
    const values = Typed ? new Typed(rows) : new Array<unknown>(rows);
    const element = this.wide[index] ? (value: unknown) => narrow(value as bigint, name) : elementOf;
    let valid: Uint8Array | undefined;
    let at = 0;
    for (const chunk of chunks) {
      const vector = chunk.getColumnVector(index);
      const count = chunk.rowCount;
      const items = Typed && itemsOf(vector, values as Float64Array);
      if (items) (values as Float64Array).set(items.length === count ? items : items.subarray(0, count), at);
      for (let row = 0; row < count; row++) {
        if (!hasValue(vector, row)) {
          valid ??= new Uint8Array(rows).fill(1);
          valid[at + row] = 0;
          (values as unknown[])[at + row] = Typed ? zeroOf(values) : null;
        } else if (!items) {
          (values as unknown[])[at + row] = Typed
            ? element(vector.getItem(row), type)
            : plain(vector.getItem(row), type);
        }
      }
      at += count;
    }
    return { name, type, values: values as Column['values'], valid };
  }
}

const zeroOf = (values: unknown): number | bigint =>
  values instanceof BigInt64Array || values instanceof BigUint64Array ? 0n : 0;

/** A sum of integers, of 128 bits in DuckDB, as int64. */
function narrow(value: bigint, name: string): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new FrameError(
    `${JSON.stringify(name)} has the integer ${value}, which is too large for int64: cast to 'float64' or 'decimal' before summing`,
  );
}

/** Instants that are not in microseconds. */
const OTHER_UNITS: ReadonlySet<string> = new Set(['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIME_NS']);

interface WithItems {
  readonly items?: unknown;
  readonly validity?: { readonly data: unknown; itemValid(row: number): boolean };
}

/** The elements of a vector themselves, where they are what the column wants. */
function itemsOf(vector: DuckDBVector, values: Float64Array): Float64Array | undefined {
  const { items } = vector as WithItems;
  if (items === undefined || (items as object).constructor !== values.constructor) return undefined;
  return OTHER_UNITS.has(vector.type.toString()) ? undefined : (items as Float64Array);
}

function hasValue(vector: DuckDBVector, row: number): boolean {
  const { validity } = vector as WithItems;
  return validity ? validity.itemValid(row) : vector.getItem(row) !== null;
}

/** What an element is in a typed array. */
function elementOf(value: unknown, type: ColumnType): number | bigint {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value;
  const parts = value as Readonly<Record<string, unknown>>;
  if (type === 'date') return Number(parts.days);
  if ('micros' in parts) return parts.micros as bigint;
  if ('millis' in parts) return (parts.millis as bigint) * 1000n;
  if ('seconds' in parts) return (parts.seconds as bigint) * 1_000_000n;
  if ('nanos' in parts) return floorDiv(parts.nanos as bigint, 1000n);
  throw new TypeError(
    `a ${JSON.stringify(type)} cannot be read from ${Object.prototype.toString.call(value)}`,
  );
}

const floorDiv = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b);

/** What a value is in JavaScript, where its column has no typed array. */
function plain(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  if (typeof type !== 'string') {
    if ('list' in type)
      return ((value as { items: readonly unknown[] }).items ?? value).map((item) => plain(item, type.list));
    if ('struct' in type) {
      const entries = (value as { entries: Readonly<Record<string, unknown>> }).entries;
      return Object.fromEntries(
        Object.entries(type.struct).map(([name, inner]) => [name, plain(entries[name], inner)]),
      );
    }
    const { entries } = value as { entries: readonly { key: unknown; value: unknown }[] };
    return new Map(entries.map((entry) => [plain(entry.key, type.map[0]), plain(entry.value, type.map[1])]));
  }
  switch (type) {
    case 'bool':
    case 'string':
      return typeof value === 'object' ? String(value) : value;
    case 'int64':
    case 'uint64':
      return typeof value === 'bigint' ? exact(value) : value;
    case 'decimal': {
      const { value: digits, scale } = value as { value: bigint; scale: number };
      return decimal(digits, scale);
    }
    case 'binary':
      return (value as { bytes: Uint8Array }).bytes.slice();
    case 'uuid':
      return String(value);
    case 'interval': {
      const { months, days, micros } = value as { months: number; days: number; micros: bigint };
      return { months, days, microseconds: Number(micros) };
    }
    case 'date':
      return new Date((value as { days: number }).days * 86_400_000);
    case 'timestamp':
    case 'timestamptz':
      return new Date(Number(floorDiv(elementOf(value, type) as bigint, 1000n)));
    case 'time':
      return String(value);
    default:
      return value;
  }
}

/** The number nearest to a decimal. */
function decimal(digits: bigint, scale: number): number {
  if (scale === 0) return Number(digits);
  const negative = digits < 0n;
  const text = String(negative ? -digits : digits).padStart(scale + 1, '0');
  return Number(`${negative ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`);
}
