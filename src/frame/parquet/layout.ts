import type { ColumnType, Schema } from '../types.js';

/** Parquet's physical types, by their numbers. */
export const BOOLEAN = 0;
export const INT32 = 1;
export const INT64 = 2;
export const FLOAT = 4;
export const DOUBLE = 5;
export const BYTE_ARRAY = 6;

/** Repetition of a field. */
export const REQUIRED = 0;
export const OPTIONAL = 1;
export const REPEATED = 2;

interface Physical {
  readonly physical: number;
  /** Parquet's converted type. */
  readonly converted?: number;
}

const PHYSICAL: Readonly<Record<string, Physical>> = {
  bool: { physical: BOOLEAN },
  int8: { physical: INT32, converted: 15 },
  int16: { physical: INT32, converted: 16 },
  int32: { physical: INT32, converted: 17 },
  int64: { physical: INT64, converted: 18 },
  uint8: { physical: INT32, converted: 11 },
  uint16: { physical: INT32, converted: 12 },
  uint32: { physical: INT32, converted: 13 },
  uint64: { physical: INT64, converted: 14 },
  float32: { physical: FLOAT },
  float64: { physical: DOUBLE },
  string: { physical: BYTE_ARRAY, converted: 0 },
  binary: { physical: BYTE_ARRAY },
  date: { physical: INT32, converted: 6 },
  time: { physical: INT64, converted: 8 },
  timestamp: { physical: INT64, converted: 10 },
};

export const CONVERTED_MAP = 1;
export const CONVERTED_LIST = 3;

/** How a type is written. Throws a TypeError for what has no place in our files (`storedType` says what stands for it). */
export function physicalOf(type: ColumnType): Physical {
  const found = typeof type === 'string' && Object.hasOwn(PHYSICAL, type) ? PHYSICAL[type] : undefined;
  if (found === undefined) throw new TypeError(`a column of type ${JSON.stringify(type)} cannot be written`);
  return found;
}

/**
 * What stands for a type in our files, which know fewer: decimals are doubles, UUIDs text, instants timestamps in UTC, intervals
 * structs of their parts, columns of nothing but nulls booleans.
 */
export function storedType(type: ColumnType): ColumnType {
  if (typeof type !== 'string') {
    if ('list' in type) return { list: storedType(type.list) };
    if ('map' in type) return { map: [storedType(type.map[0]), storedType(type.map[1])] };
    return {
      struct: Object.fromEntries(
        Object.entries(type.struct).map(([name, inner]) => [name, storedType(inner)]),
      ),
    };
  }
  switch (type) {
    case 'decimal':
      return 'float64';
    case 'uuid':
      return 'string';
    case 'timestamptz':
      return 'timestamp';
    case 'null':
      return 'bool';
    case 'interval':
      return { struct: { months: 'int32', days: 'int32', microseconds: 'int64' } };
    default:
      return type;
  }
}

export const sameType = (a: ColumnType, b: ColumnType): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A leaf of a column's tree, as it lies in a file. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly type: ColumnType;
  /** Level at which there is a value. */
  readonly def: number;
  readonly rep: number;
  readonly index: number;
  readonly path: readonly string[];
}

/** A column's tree: `def` is the level at which the node itself is not null. */
export type Tree =
  | Leaf
  | {
      readonly kind: 'list';
      readonly def: number;
      readonly rep: number;
      readonly item: Tree;
      readonly first: number;
      readonly count: number;
    }
  | {
      readonly kind: 'struct';
      readonly def: number;
      readonly names: readonly string[];
      readonly fields: readonly Tree[];
      readonly first: number;
      readonly count: number;
    }
  | {
      readonly kind: 'map';
      readonly def: number;
      readonly rep: number;
      readonly key: Tree;
      readonly value: Tree;
      readonly first: number;
      readonly count: number;
    };

/** The trees of a schema's columns, as our writer and DuckDB's lay them out: everything may be null but the keys of maps. */
export function treesOf(schema: Schema): {
  readonly trees: readonly Tree[];
  readonly leaves: readonly Leaf[];
} {
  const leaves: Leaf[] = [];
  const make = (
    type: ColumnType,
    above: number,
    rep: number,
    path: readonly string[],
    required = false,
  ): Tree => {
    const def = required ? above : above + 1;
    const first = leaves.length;
    if (typeof type === 'string') {
      const leaf: Leaf = { kind: 'leaf', type, def, rep, index: first, path };
      leaves.push(leaf);
      return leaf;
    }
    if ('list' in type) {
      const item = make(type.list, def + 1, rep + 1, [...path, 'list', 'element']);
      return { kind: 'list', def, rep: rep + 1, item, first, count: leaves.length - first };
    }
    if ('map' in type) {
      const at = [...path, 'key_value'];
      const key = make(type.map[0], def + 1, rep + 1, [...at, 'key'], true);
      const value = make(type.map[1], def + 1, rep + 1, [...at, 'value']);
      return { kind: 'map', def, rep: rep + 1, key, value, first, count: leaves.length - first };
    }
    const names = Object.keys(type.struct);
    const fields = names.map((name) => make(type.struct[name]!, def, rep, [...path, name]));
    return { kind: 'struct', def, names, fields, first, count: leaves.length - first };
  };
  const trees = Object.entries(schema).map(([name, type]) => make(type, 0, 0, [name]));
  return { trees, leaves };
}
