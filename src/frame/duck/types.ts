import type { DuckDBType } from '@duckdb/node-api';
import type { ColumnType } from '../types.js';

/** DuckDB's names of types, as they stand in its descriptions, and ours. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: 'bool',
  TINYINT: 'int8',
  SMALLINT: 'int16',
  INTEGER: 'int32',
  BIGINT: 'int64',
  HUGEINT: 'int64',
  UTINYINT: 'uint8',
  USMALLINT: 'uint16',
  UINTEGER: 'uint32',
  UBIGINT: 'uint64',
  UHUGEINT: 'uint64',
  FLOAT: 'float32',
  DOUBLE: 'float64',
  DECIMAL: 'decimal',
  VARCHAR: 'string',
  ENUM: 'string',
  JSON: 'string',
  BLOB: 'binary',
  BIT: 'string',
  UUID: 'uuid',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  TIMESTAMPTZ: 'timestamptz',
  INTERVAL: 'interval',
  SQLNULL: 'null',
  '"NULL"': 'null',
  NULL: 'null',
};

/** Whether a type is of integers of 128 bits, which are int64 to us. */
export const isWide = (type: DuckDBType): boolean => /^U?HUGEINT$/.test(type.toString());

/** The column type of a type of DuckDB. */
export function columnType(type: DuckDBType): ColumnType {
  if ('valueType' in type && 'keyType' in type)
    return { map: [columnType(type.keyType), columnType(type.valueType)] };
  if ('valueType' in type) return { list: columnType(type.valueType) };
  if ('entryNames' in type && 'entryTypes' in type)
    return {
      struct: Object.fromEntries(type.entryNames.map((name, i) => [name, columnType(type.entryTypes[i]!)])),
    };
  const text = type.toString();
  return TYPES[text] ?? TYPES[text.replace(/\(.*$/s, '')] ?? 'string';
}
