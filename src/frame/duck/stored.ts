import type { DuckDBType } from '@duckdb/node-api';
import { quoteName } from '../sql/writer.js';

/** What Parquet does not hold as it is, and what does hold all of its values. */
const STORED: Readonly<Record<string, string>> = {
  HUGEINT: 'DECIMAL(38, 0)',
  UHUGEINT: 'VARCHAR',
  INTERVAL: 'VARCHAR',
  BIT: 'VARCHAR',
  'TIME WITH TIME ZONE': 'VARCHAR',
  '"NULL"': 'INTEGER',
  NULL: 'INTEGER',
  SQLNULL: 'INTEGER',
};

/** The type, as DuckDB names it, that values of a type are kept as in a file of Parquet from which they are to be had again. */
export function storedType(type: DuckDBType): string {
  if ('valueType' in type && 'keyType' in type)
    return `MAP(${storedType(type.keyType)}, ${storedType(type.valueType)})`;
  if ('valueType' in type) return `${storedType(type.valueType)}[]`;
  if ('entryNames' in type && 'entryTypes' in type) {
    const fields = type.entryNames.map((name, i) => `${quoteName(name)} ${storedType(type.entryTypes[i]!)}`);
    return `STRUCT(${fields.join(', ')})`;
  }
  const text = type.toString();
  return STORED[text] ?? text;
}
