import type { DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { FrameError } from '../errors.js';
import { arrayOf, type Batch, type Column, exact } from '../result/column.js';
import { type Decimals, EXACT_DIGITS, nearestNumber } from '../result/decimal.js';
import type { ColumnType } from '../types.js';
import { TextReader } from './texts.js';
import { columnType, isWide } from './types.js';

/** Rows that a batch has at least, while there are more. */
export const BATCH_ROWS = 65_536;

/** Puts chunks of DuckDB together to batches of columns of ours. */
export class BatchBuilder {
  private chunks: DuckDBDataChunk[] = [];
  private rows = 0;
  private readonly columnTypes: readonly ColumnType[];
  private readonly wide: readonly boolean[];
  private readonly decimals: readonly (Decimals | undefined)[];
  private readonly texts: (TextReader | undefined)[] = [];

  constructor(
    private readonly names: readonly string[],
    types: readonly DuckDBType[],
  ) {
    this.columnTypes = types.map(columnType);
    this.wide = types.map((type) => isWide(type));
    this.decimals = types.map(decimalsOf);
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
    const decimals = this.decimals[index];
    const digits =
      decimals && decimals.precision > EXACT_DIGITS ? new Array<bigint>(rows).fill(0n) : undefined;
    let valid: Uint8Array | undefined;
    let at = 0;
    for (const chunk of chunks) {
      const vector = chunk.getColumnVector(index) as DuckDBVector & Inside;
      const count = chunk.rowCount;
      const isValid = validityOf(vector);
      if (isValid)
        for (let row = 0; row < count; row++)
          if (!isValid(row)) {
            valid ??= new Uint8Array(rows).fill(1);
            valid[at + row] = 0;
          }
      if (this.wide[index]) fillNarrowed(vector, name, count, isValid, values as BigInt64Array, at);
      else if (digits) fillDecimals(vector, count, isValid, values as Float64Array, digits, at);
      else if (Typed) fillTyped(vector, type, count, isValid, values as Float64Array, at);
      else this.fillPlain(vector, type, index, count, isValid, values as unknown[], at);
      at += count;
    }
    return {
      name,
      type,
      values: values as Column['values'],
      valid,
      ...(decimals && { decimals: digits ? { ...decimals, digits } : decimals }),
    };
  }

  private fillPlain(
    vector: DuckDBVector & Inside,
    type: ColumnType,
    index: number,
    count: number,
    isValid: IsValid | undefined,
    into: unknown[],
    at: number,
  ): void {
    if (vector.type.toString() === 'VARCHAR' && vector.dataView) {
      const reader = this.texts[index] ?? new TextReader();
      this.texts[index] = reader;
      reader.read(vector.dataView, count, isValid, (row) => vector.getItem(row), into, at);
      return;
    }
    for (let row = 0; row < count; row++)
      into[at + row] = isValid && !isValid(row) ? null : plain(vector.getItem(row), type);
  }
}

type IsValid = (row: number) => boolean;

/** What vectors have inside, of which we read what is worth it. */
interface Inside {
  readonly items?: unknown;
  readonly dataView?: DataView;
  readonly validity?: { readonly data: BigUint64Array | null; readonly offset: number };
}

/** Which rows have a value; undefined where all have. */
function validityOf(vector: DuckDBVector & Inside): IsValid | undefined {
  const { validity } = vector;
  if (!validity) return (row) => vector.getItem(row) !== null;
  const { data, offset } = validity;
  if (!data) return undefined;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return (row) => (bytes[(offset + row) >> 3]! & (1 << ((offset + row) & 7))) !== 0;
}

/** What one unit of an instant is in microseconds, or how many make one (negative). */
const UNITS: Readonly<Record<string, bigint>> = {
  TIMESTAMP_S: 1_000_000n,
  TIMESTAMP_MS: 1000n,
  TIMESTAMP_NS: -1000n,
  TIME_NS: -1000n,
};

/** Puts the elements of a vector into a typed array; those of nulls are 0. */
function fillTyped(
  vector: DuckDBVector & Inside,
  type: ColumnType,
  count: number,
  isValid: IsValid | undefined,
  into: Float64Array | BigInt64Array,
  at: number,
): void {
  const { items, dataView } = vector;
  const duckType = vector.type.toString();
  if (ArrayBuffer.isView(items) && items.constructor === into.constructor) {
    const elements = items as Float64Array;
    (into as Float64Array).set(elements.length === count ? elements : elements.subarray(0, count), at);
    const unit = UNITS[duckType];
    if (unit !== undefined)
      for (let row = at; row < at + count; row++)
        (into as BigInt64Array)[row] =
          unit < 0n ? floorDiv((into as BigInt64Array)[row]!, -unit) : (into as BigInt64Array)[row]! * unit;
    if (isValid) zeroNulls(into, at, count, isValid);
    return;
  }
  const out = into as unknown as (number | bigint)[];
  const decimals = decimalsOf(vector.type);
  if (decimals && dataView && decimals.precision <= 9) {
    const power = 10 ** decimals.scale;
    const narrow = decimals.precision <= 4;
    for (let row = 0; row < count; row++)
      if (!isValid || isValid(row))
        out[at + row] =
          (narrow ? dataView.getInt16(row * 2, true) : dataView.getInt32(row * 4, true)) / power;
    return;
  }
  for (let row = 0; row < count; row++)
    if (!isValid || isValid(row)) out[at + row] = elementOf(vector.getItem(row), type);
}

/** How many digits the decimals of a type have; undefined for other types. */
function decimalsOf(type: DuckDBType): Decimals | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type.toString()) ?? [];
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
}

/** Decimals that floats do not keep, with their digits. */
function fillDecimals(
  vector: DuckDBVector,
  count: number,
  isValid: IsValid | undefined,
  into: Float64Array,
  digits: bigint[],
  at: number,
): void {
  for (let row = 0; row < count; row++) {
    if (isValid && !isValid(row)) continue;
    const { value, scale } = vector.getItem(row) as { value: bigint; scale: number };
    digits[at + row] = value;
    into[at + row] = nearestNumber(value, scale);
  }
}

/** Sums of integers, of 128 bits in DuckDB, as int64. */
function fillNarrowed(
  vector: DuckDBVector,
  name: string,
  count: number,
  isValid: IsValid | undefined,
  into: BigInt64Array,
  at: number,
): void {
  for (let row = 0; row < count; row++) {
    if (isValid && !isValid(row)) continue;
    const value = vector.getItem(row) as bigint;
    if (BigInt.asIntN(64, value) !== value)
      throw new FrameError(
        `${JSON.stringify(name)} has the integer ${value}, which is too large for int64: cast to 'float64' or 'decimal' before summing`,
      );
    into[at + row] = value;
  }
}

function zeroNulls(into: Float64Array | BigInt64Array, at: number, count: number, isValid: IsValid): void {
  const zero = into instanceof BigInt64Array || (into as unknown) instanceof BigUint64Array ? 0n : 0;
  for (let row = 0; row < count; row++)
    if (!isValid(row)) (into as unknown as (number | bigint)[])[at + row] = zero;
}

/** What an element is in a typed array. */
function elementOf(value: unknown, type: ColumnType): number | bigint {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value;
  const parts = value as Readonly<Record<string, unknown>>;
  if (type === 'decimal') return nearestNumber(parts.value as bigint, parts.scale as number);
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
      return nearestNumber(digits, scale);
    }
    case 'binary':
      return new Uint8Array((value as { bytes: Uint8Array }).bytes);
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
