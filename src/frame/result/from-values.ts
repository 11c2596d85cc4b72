import { checkType } from '../column-type.js';
import type { ColumnType } from '../types.js';
import { arrayOf, type Column } from './column.js';
import { digitsOfText, nearestNumber } from './decimal.js';

/** Columns as arrays: typed arrays keep their type. */
export type ColumnInput = readonly unknown[] | Exclude<Column['values'], readonly unknown[]>;

const TYPED: readonly (readonly [new (n: number) => ArrayBufferView, ColumnType])[] = [
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Int32Array, 'int32'],
  [BigInt64Array, 'int64'],
  [Uint8Array, 'uint8'],
  [Uint16Array, 'uint16'],
  [Uint32Array, 'uint32'],
  [BigUint64Array, 'uint64'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
];

/** A column of values of JavaScript; of a type that is found where none is said. */
export function columnFrom(name: string, input: ColumnInput, declared: ColumnType | undefined): Column {
  const typed = TYPED.find(([Typed]) => input instanceof Typed);
  if (typed && (declared === undefined || declared === typed[1]))
    return { name, type: typed[1], values: input as Column['values'], valid: undefined };
  const values = (typed ? Array.from(input as ArrayLike<unknown>) : input) as readonly unknown[];
  const type = declared ?? inferType(name, values);
  checkType(type);
  const Typed = arrayOf(type);
  const missing = values.some((value) => value === null || value === undefined);
  const valid = missing
    ? Uint8Array.from(values, (value) => (value === null || value === undefined ? 0 : 1))
    : undefined;
  if (!Typed) return { name, type, values: values.map((value) => value ?? null), valid };
  const array = new Typed(values.length) as unknown as (number | bigint)[];
  for (const [row, value] of values.entries())
    if (value !== null && value !== undefined) array[row] = element(name, value, type as string, row);
  const column = { name, type, values: array as unknown as Column['values'], valid };
  if (type !== 'decimal' || !values.some((value) => typeof value === 'string' || typeof value === 'bigint'))
    return column;
  const digits = values.map((value) => digitsOfDecimal(value ?? 0) ?? 0n);
  return { ...column, decimals: { precision: 38, scale: SCALE, digits } };
}

/** Digits behind the point of decimals in memory. */
export const SCALE = 6;

/** A number, a bigint or a text of digits as a decimal of memory; undefined for what is none. */
export function digitsOfDecimal(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value * 10n ** BigInt(SCALE);
  if (typeof value === 'string') return digitsOfText(value, SCALE);
  return typeof value === 'number' && Number.isFinite(value)
    ? BigInt(Math.round(value * 10 ** SCALE))
    : undefined;
}

function element(name: string, value: unknown, type: string, row: number): number | bigint {
  const wrong = (): never => {
    throw new TypeError(
      `column ${JSON.stringify(name)}, row ${row}: ${String(value)} (${typeof value}) is no ${type}`,
    );
  };
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? Number(value) : wrong();
    case 'int64':
    case 'uint64':
      if (typeof value === 'bigint') return value;
      return Number.isInteger(value) ? BigInt(value as number) : wrong();
    case 'date':
      return value instanceof Date
        ? Math.floor(value.getTime() / 86_400_000)
        : typeof value === 'number'
          ? value
          : wrong();
    case 'timestamp':
    case 'timestamptz':
      return value instanceof Date
        ? BigInt(value.getTime()) * 1000n
        : typeof value === 'bigint'
          ? value
          : wrong();
    case 'time':
      return typeof value === 'bigint'
        ? value
        : typeof value === 'string'
          ? (timeOf(value) ?? wrong())
          : wrong();
    case 'float32':
    case 'float64':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : wrong();
    case 'decimal': {
      const digits = digitsOfDecimal(value);
      return digits === undefined
        ? wrong()
        : typeof value === 'string'
          ? nearestNumber(digits, SCALE)
          : Number(value);
    }
    default:
      return Number.isInteger(value) ? (value as number) : wrong();
  }
}

function timeOf(text: string): bigint | undefined {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return BigInt(seconds) * 1_000_000n + BigInt((match[4] ?? '').padEnd(6, '0') || '0');
}

/** The type that all values of a column have. */
function inferType(name: string, values: readonly unknown[]): ColumnType {
  let found: ColumnType | undefined;
  for (const [row, value] of values.entries()) {
    if (value === null || value === undefined) continue;
    const type = typeOfValue(name, value, row);
    if (found === undefined) found = type;
    else {
      const both = unify(found, type);
      if (both === undefined)
        throw new TypeError(
          `column ${JSON.stringify(name)}, row ${row}: ${String(value)} is ${JSON.stringify(type)}, where values before it are ${JSON.stringify(found)}; say the type by schema:`,
        );
      found = both;
    }
  }
  return found ?? 'null';
}

function typeOfValue(name: string, value: unknown, row: number): ColumnType {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'string') return 'string';
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Uint8Array) return 'binary';
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return { list: inferType(`${name}[]`, Array.from(value as ArrayLike<unknown>)) };
  if (typeof value === 'object' && value !== null) {
    if ('microseconds' in value) return 'interval';
    return {
      struct: Object.fromEntries(
        Object.entries(value).map(([field, inner]) => [
          field,
          inner === null ? 'null' : typeOfValue(`${name}.${field}`, inner, row),
        ]),
      ),
    };
  }
  throw new TypeError(
    `column ${JSON.stringify(name)}, row ${row}: a ${typeof value} has no place in a frame`,
  );
}

/** The type of both; undefined where there is none. */
function unify(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  if ((a === 'int64' && b === 'float64') || (a === 'float64' && b === 'int64')) return 'float64';
  if (typeof a === 'string' || typeof b === 'string') return undefined;
  if ('list' in a && 'list' in b) {
    const list = unify(a.list, b.list);
    return list === undefined ? undefined : { list };
  }
  if ('struct' in a && 'struct' in b) {
    const struct: Record<string, ColumnType> = { ...a.struct };
    for (const [field, type] of Object.entries(b.struct)) {
      const both = field in struct ? unify(struct[field]!, type) : type;
      if (both === undefined) return undefined;
      struct[field] = both;
    }
    return { struct };
  }
  return undefined;
}
