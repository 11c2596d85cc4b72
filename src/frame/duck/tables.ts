import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBType,
  DuckDBValue,
  DuckDBVector,
} from '@duckdb/node-api';
import type { Batch, Column } from '../result/column.js';
import { digitsOfDecimal, SCALE, timeOf } from '../result/from-values.js';
import { quoteName, typeName } from '../sql/writer.js';
import type { ColumnType } from '../types.js';
import type { Database } from './database.js';
import { duckdb } from './library.js';

/** Rows of a chunk of DuckDB. */
const CHUNK_ROWS = 2048;

const placed = new WeakMap<Database, WeakMap<Batch, Promise<string>>>();
const gone = new FinalizationRegistry<{ readonly database: WeakRef<Database>; readonly table: string }>(
  ({ database, table }) => {
    database
      .deref()
      ?.execute({ sql: `DROP TABLE IF EXISTS ${quoteName(table)}`, values: [] })
      .catch(() => {
        // The database has ended before.
      });
  },
);
let tables = 0;

/** The table of a database that holds rows of this process's memory, filled at the first call; dropped when nobody has the rows any more. */
export function tableOf(database: Database, rows: Batch): Promise<string> {
  let known = placed.get(database);
  if (!known) {
    known = new WeakMap();
    placed.set(database, known);
  }
  let table = known.get(rows);
  if (!table) {
    table = fill(database, rows, `memory_${++tables}`);
    table.catch(() => known.delete(rows));
    known.set(rows, table);
  }
  return table;
}

async function fill(database: Database, rows: Batch, name: string): Promise<string> {
  await database.connected({}, async (connection) => {
    await createTable(connection, name, rows);
    try {
      await appendBatches(connection, name, [rows]);
    } catch (error) {
      await connection.run(`DROP TABLE IF EXISTS ${quoteName(name)}`);
      throw error;
    }
  });
  gone.register(rows, { database: new WeakRef(database), table: name });
  return name;
}

/** Makes a table for rows such as a batch has. */
export async function createTable(
  connection: DuckDBConnection,
  name: string,
  { columns }: Batch,
): Promise<void> {
  const typed = columns.map((column) => `${quoteName(column.name)} ${typeName(column.type)}`);
  await connection.run(`CREATE TABLE ${quoteName(name)} (${typed.join(', ')})`);
}

/** Puts batches into a table. */
export async function appendBatches(
  connection: DuckDBConnection,
  name: string,
  batches: readonly Batch[],
): Promise<void> {
  const appender = await connection.createAppender(name);
  try {
    for (const batch of batches) await append(batch, (chunk) => appender.appendDataChunk(chunk));
  } finally {
    appender.closeSync();
  }
}

/** Cuts a batch into chunks of DuckDB. */
async function append({ rows, columns }: Batch, take: (chunk: DuckDBDataChunk) => void): Promise<void> {
  const duck = await duckdb();
  const types = await Promise.all(columns.map(({ type }) => duckType(type)));
  const converters = await Promise.all(columns.map((column) => converterOf(column)));
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from);
    const chunk = duck.DuckDBDataChunk.create(types, count);
    for (const [i, convert] of converters.entries()) {
      if (setElements(chunk, i, columns[i]!, from, count)) continue;
      chunk.setColumnValues(
        i,
        Array.from({ length: count }, (_, row) => convert(from + row)),
      );
    }
    take(chunk);
  }
}

/** Copies elements into a vector as they are; false where it has others than the column. */
function setElements(
  chunk: DuckDBDataChunk,
  index: number,
  { values, valid }: Column,
  from: number,
  count: number,
): boolean {
  if (!ArrayBuffer.isView(values)) return false;
  const vector = chunk.getColumnVector(index) as DuckDBVector & {
    readonly items?: unknown;
    readonly validity?: { setItemValid(row: number, valid: boolean): void };
  };
  const { items, validity } = vector;
  if (!ArrayBuffer.isView(items) || !validity || items.constructor !== values.constructor) return false;
  (items as Float64Array).set((values as Float64Array).subarray(from, from + count));
  if (valid)
    for (let row = 0; row < count; row++) if (valid[from + row] === 0) validity.setItemValid(row, false);
  vector.flush();
  return true;
}

async function duckType(type: ColumnType): Promise<DuckDBType> {
  const duck = await duckdb();
  if (typeof type !== 'string') {
    if ('list' in type) return duck.LIST(await duckType(type.list));
    if ('map' in type) return duck.MAP(await duckType(type.map[0]), await duckType(type.map[1]));
    const fields = await Promise.all(
      Object.entries(type.struct).map(async ([name, inner]) => [name, await duckType(inner)] as const),
    );
    return duck.STRUCT(Object.fromEntries(fields));
  }
  const types: Record<string, DuckDBType> = {
    bool: duck.BOOLEAN,
    int8: duck.TINYINT,
    int16: duck.SMALLINT,
    int32: duck.INTEGER,
    int64: duck.BIGINT,
    uint8: duck.UTINYINT,
    uint16: duck.USMALLINT,
    uint32: duck.UINTEGER,
    uint64: duck.UBIGINT,
    float32: duck.FLOAT,
    float64: duck.DOUBLE,
    decimal: duck.DECIMAL(38, 6),
    string: duck.VARCHAR,
    binary: duck.BLOB,
    uuid: duck.UUID,
    date: duck.DATE,
    time: duck.TIME,
    timestamp: duck.TIMESTAMP,
    timestamptz: duck.TIMESTAMPTZ,
    interval: duck.INTERVAL,
    // A column of nothing but nulls has no vector of its own: any other's nulls will do.
    null: duck.INTEGER,
  };
  return types[type]!;
}

/** The value of a column in a row as DuckDB takes it. */
async function converterOf(column: Column): Promise<(row: number) => DuckDBValue> {
  const { values, valid, type } = column;
  const duck = await duckdb();
  const raw = values as ArrayLike<unknown>;
  const missing = (row: number): boolean => valid !== undefined && valid[row] === 0;
  const convert = (value: unknown, inner: ColumnType): DuckDBValue => {
    if (value === null || value === undefined) return null;
    if (typeof inner !== 'string') {
      if ('list' in inner)
        return duck.listValue(Array.from(value as ArrayLike<unknown>, (item) => convert(item, inner.list)));
      if ('map' in inner)
        return duck.mapValue(
          [...(value as Map<unknown, unknown>)].map(([key, item]) => ({
            key: convert(key, inner.map[0]),
            value: convert(item, inner.map[1]),
          })),
        );
      // Names that all objects have from their prototype, such as "constructor", are fields like others.
      const fields = new Map(Object.entries(value));
      return duck.structValue(
        Object.fromEntries(
          Object.entries(inner.struct).map(([name, field]) => [name, convert(fields.get(name), field)]),
        ),
      );
    }
    switch (inner) {
      case 'bool':
        return value === true || value === 1;
      case 'int64':
      case 'uint64':
        return typeof value === 'bigint' ? value : BigInt(value as number);
      case 'date':
        return new duck.DuckDBDateValue(
          typeof value === 'number' ? value : Math.floor((value as Date).getTime() / 86_400_000),
        );
      case 'timestamp':
        return new duck.DuckDBTimestampValue(
          typeof value === 'bigint' ? value : BigInt((value as Date).getTime()) * 1000n,
        );
      case 'timestamptz':
        return new duck.DuckDBTimestampTZValue(
          typeof value === 'bigint' ? value : BigInt((value as Date).getTime()) * 1000n,
        );
      case 'time':
        return new duck.DuckDBTimeValue(typeof value === 'string' ? timeOf(value)! : (value as bigint));
      case 'uuid':
        return duck.DuckDBUUIDValue.fromUint128(BigInt(`0x${(value as string).replaceAll('-', '')}`));
      case 'binary':
        return new duck.DuckDBBlobValue(value as Uint8Array);
      case 'interval': {
        const { months, days, microseconds } = value as {
          months: number;
          days: number;
          microseconds: number;
        };
        return new duck.DuckDBIntervalValue(months, days, BigInt(microseconds));
      }
      case 'decimal':
        return new duck.DuckDBDecimalValue(digitsOfDecimal(value)!, 38, SCALE);
      default:
        return value as DuckDBValue;
    }
  };
  const { decimals } = column;
  if (decimals?.digits) {
    const { digits, scale } = decimals;
    return (row) => (missing(row) ? null : new duck.DuckDBDecimalValue(digits[row]!, 38, scale));
  }
  return (row) => (missing(row) ? null : convert(raw[row], type));
}
