import { checkType } from '../column-type.js';
import type { LiteralValue } from '../expr/node.js';
import type { ColumnType, Interval, ScalarType } from '../types.js';

/** An identifier in SQL. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A statement with what is bound to its parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Bound[];
}

export type Bound = Exclude<LiteralValue, undefined> | readonly string[];

/** Collects what a statement's parameters are bound to: no value of a user is ever part of its text. */
export class Parameters {
  readonly values: Bound[];
  private readonly indexes = new Map<string, number>();

  /** @param values what is bound already, by a statement that this one surrounds */
  constructor(values: readonly Bound[] = []) {
    this.values = [...values];
  }

  /** The parameter that stands for a value. */
  bind(value: Bound): string {
    const key =
      typeof value === 'string'
        ? `s${value}`
        : typeof value === 'number'
          ? `n${Object.is(value, -0) ? '-0' : value}`
          : undefined;
    const known = key === undefined ? undefined : this.indexes.get(key);
    if (known !== undefined) return `$${known}`;
    this.values.push(value);
    if (key !== undefined) this.indexes.set(key, this.values.length);
    return `$${this.values.length}`;
  }
}

const NAMES: Readonly<Record<ScalarType, string>> = {
  bool: 'BOOLEAN',
  int8: 'TINYINT',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  uint8: 'UTINYINT',
  uint16: 'USMALLINT',
  uint32: 'UINTEGER',
  uint64: 'UBIGINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  decimal: 'DECIMAL(38, 6)',
  string: 'VARCHAR',
  binary: 'BLOB',
  uuid: 'UUID',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMPTZ',
  interval: 'INTERVAL',
  null: '"NULL"',
};

/** A type in SQL. Throws a TypeError for what is none. */
export function typeName(type: ColumnType): string {
  checkType(type);
  return nameOf(type);
}

function nameOf(type: ColumnType): string {
  if (typeof type === 'string') return NAMES[type];
  if ('list' in type) return `${nameOf(type.list)}[]`;
  if ('map' in type) return `MAP(${nameOf(type.map[0])}, ${nameOf(type.map[1])})`;
  const fields = Object.entries(type.struct).map(([field, inner]) => `${quoteName(field)} ${nameOf(inner)}`);
  return `STRUCT(${fields.join(', ')})`;
}

export const isInterval = (value: unknown): value is Interval =>
  typeof value === 'object' && value !== null && 'microseconds' in value;
