import type { LiteralValue } from '../expr/node.js';
import { given } from '../given.js';
import type { ColumnType, Interval } from '../types.js';

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

const NAMES: Readonly<Record<string, string>> = {
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

/** What pandas, NumPy and SQL call types that have other names here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  int: 'int64',
  integer: 'int64',
  bigint: 'int64',
  float: 'float64',
  double: 'float64',
  number: 'float64',
  str: 'string',
  text: 'string',
  varchar: 'string',
  object: 'string',
  boolean: 'bool',
  datetime: 'timestamp',
  'datetime64[ns]': 'timestamp',
};

/** A type in SQL. Throws a TypeError for what is none. */
export function typeName(type: ColumnType): string {
  if (typeof type === 'string') {
    const name = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
    if (name !== undefined) return name;
  } else if (type !== null && typeof type === 'object') {
    if ('list' in type) return `${typeName(type.list)}[]`;
    if ('map' in type) return `MAP(${typeName(type.map[0])}, ${typeName(type.map[1])})`;
    if ('struct' in type)
      return `STRUCT(${Object.entries(type.struct)
        .map(([field, inner]) => `${quoteName(field)} ${typeName(inner)}`)
        .join(', ')})`;
  }
  const meant = typeof type === 'string' && Object.hasOwn(ELSEWHERE, type) ? ELSEWHERE[type] : undefined;
  throw new TypeError(
    `no column type is called ${given(type)}; there are ${Object.keys(NAMES).join(', ')}${meant === undefined ? '' : `; you may mean ${meant}`}`,
  );
}

export const isInterval = (value: unknown): value is Interval =>
  typeof value === 'object' && value !== null && 'microseconds' in value;
