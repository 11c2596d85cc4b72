import type { ColumnType } from '../types.js';

/** A column type as people read it. */
export function typeText(type: ColumnType): string {
  if (typeof type === 'string') return type;
  if ('list' in type) return `list<${typeText(type.list)}>`;
  if ('map' in type) return `map<${typeText(type.map[0])}, ${typeText(type.map[1])}>`;
  const fields = Object.entries(type.struct).map(([name, inner]) => `${name}: ${typeText(inner)}`);
  return `struct<${fields.join(', ')}>`;
}
