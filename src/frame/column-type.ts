import { given } from './given.js';
import { onlyInCase, sameName } from './same-name.js';
import { type ColumnType, SCALAR_TYPES } from './types.js';

/** A column type as people read it. */
export function typeText(type: ColumnType): string {
  if (typeof type === 'string') return type;
  if ('list' in type) return `list<${typeText(type.list)}>`;
  if ('map' in type) return `map<${typeText(type.map[0])}, ${typeText(type.map[1])}>`;
  const fields = Object.entries(type.struct).map(([name, inner]) => `${name}: ${typeText(inner)}`);
  return `struct<${fields.join(', ')}>`;
}

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

/** Throws a TypeError for what is no type of columns. */
export function checkType(type: ColumnType): void {
  if (typeof type === 'string') {
    if (SCALAR_TYPES.includes(type)) return;
  } else if (type !== null && typeof type === 'object') {
    const parts = partsOf(type);
    if (parts) {
      if ('struct' in type) checkFields(Object.keys(type.struct));
      for (const part of parts) checkType(part);
      return;
    }
  }
  const meant = typeof type === 'string' && Object.hasOwn(ELSEWHERE, type) ? ELSEWHERE[type] : undefined;
  throw new TypeError(
    `no column type is called ${given(type)}; there are ${SCALAR_TYPES.join(', ')}${meant === undefined ? '' : `; you may mean ${meant}`}`,
  );
}

/** Throws a TypeError for fields of a struct that DuckDB would not tell apart. */
export function checkFields(names: readonly string[]): void {
  const same = sameName(names);
  if (same) throw new TypeError(`a struct: the fields ${onlyInCase(same)}; rename one of them`);
}

function partsOf(type: Exclude<ColumnType, string>): readonly ColumnType[] | undefined {
  if ('list' in type) return [type.list];
  if ('map' in type) return type.map;
  return 'struct' in type ? Object.values(type.struct) : undefined;
}
