import type { ColumnType } from '../types.js';
import { quoteName } from './writer.js';

/** Whether values of a type have floats in them. */
export function hasFloats(type: ColumnType): boolean {
  if (typeof type === 'string') return type === 'float64' || type === 'float32';
  if ('list' in type) return hasFloats(type.list);
  if ('map' in type) return hasFloats(type.map[1]);
  return Object.values(type.struct).some(hasFloats);
}

/** A value whose floats, however deep in it, are null where they are no finite numbers. */
export function finiteSql(x: string, type: ColumnType, depth = 0): string {
  if (!hasFloats(type)) return x;
  if (typeof type === 'string') return `CASE WHEN isfinite(${x}) THEN ${x} END`;
  const element = `e${depth}`;
  if ('list' in type)
    return `list_transform(${x}, lambda ${element}: ${finiteSql(element, type.list, depth + 1)})`;
  if ('map' in type) {
    const value = finiteSql(`${element}."value"`, type.map[1], depth + 1);
    return `map_from_entries(list_transform(map_entries(${x}), lambda ${element}: struct_pack("key" := ${element}."key", "value" := ${value})))`;
  }
  const fields = Object.entries(type.struct).map(([name, inner]) => {
    const field = `struct_extract(${x}, '${name.replaceAll("'", "''")}')`;
    return `${quoteName(name)} := ${finiteSql(field, inner, depth)}`;
  });
  return `CASE WHEN ${x} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
}
