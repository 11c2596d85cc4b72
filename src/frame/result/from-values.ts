import { checkType, typeText } from '../column-type.js';
import { given } from '../given.js';
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
  if (!Typed) {
    for (const [row, value] of values.entries()) checkValue(placeOf(name, row), value, type);
    return { name, type, values: values.map((value) => value ?? null), valid };
  }
  const array = new Typed(values.length) as unknown as (number | bigint)[];
  for (const [row, value] of values.entries())
    if (value !== null && value !== undefined)
      array[row] = element(placeOf(name, row), value, type as string);
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

/** The least and the greatest of integer types: arrays of such take others for what is left of their bits. */
const RANGES: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = Object.fromEntries(
  [8, 16, 32, 64].flatMap((bits) => [
    [`int${bits}`, [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]],
    [`uint${bits}`, [0n, 2n ** BigInt(bits) - 1n]],
  ]),
);

/** Where a value is, as errors say it: made where there is one. */
type Place = () => string;
const placeOf =
  (name: string, row: number): Place =>
  () =>
    `column ${JSON.stringify(name)}, row ${row}`;

const wrongType = (place: Place, value: unknown, type: ColumnType): TypeError =>
  new TypeError(`${place()}: ${shownAs(value)} is no ${typeText(type)}`);

const shownAs = (value: unknown): string =>
  typeof value === 'object' ? given(value) : `${String(value)} (${typeof value})`;

/** Throws a TypeError for what is no value of a type; nothing is one of any. */
function checkValue(place: Place, value: unknown, type: ColumnType): void {
  if (value === null || value === undefined) return;
  if (typeof type === 'string') {
    if (arrayOf(type)) element(place, value, type);
    else if (!IS_VALUE[type]?.(value)) throw wrongType(place, value, type);
  } else if ('list' in type) {
    if (!Array.isArray(value) && !ArrayBuffer.isView(value)) throw wrongType(place, value, type);
    if (!ofItsType(value, type.list))
      for (const item of value as Iterable<unknown>) checkValue(place, item, type.list);
  } else if ('map' in type) {
    if (!(value instanceof Map)) throw wrongType(place, value, type);
    for (const [key, item] of value) {
      checkValue(place, key, type.map[0]);
      checkValue(place, item, type.map[1]);
    }
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(place, value, type);
    for (const [field, inner] of Object.entries(type.struct))
      if (Object.hasOwn(value, field)) checkValue(place, (value as Record<string, unknown>)[field], inner);
  }
}

/** Whether a list is a typed array of exactly the type of its elements. */
const ofItsType = (value: object, type: ColumnType): boolean =>
  TYPED.some(([Typed, name]) => name === type && value instanceof Typed);

/** What are values of types that no typed array has. */
const IS_VALUE: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  uuid: (value) => typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value),
  binary: (value) => value instanceof Uint8Array,
  interval: (value) => typeof value === 'object' && 'microseconds' in value!,
};

function element(place: Place, value: unknown, type: string): number | bigint {
  const wrong = (): never => {
    throw wrongType(place, value, type as ColumnType);
  };
  if (value instanceof Date && Number.isNaN(value.getTime()))
    throw new TypeError(`${place()}: an invalid Date; null is a value that is missing`);
  const range = RANGES[type];
  if (range) {
    const whole = typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value as bigint) : wrong();
    if (whole < range[0] || whole > range[1])
      throw new RangeError(
        `${place()}: ${whole} is out of the range of ${type}; say by schema a type that has it, such as 'uint64' or 'float64'`,
      );
    return type.endsWith('64') ? whole : Number(whole);
  }
  switch (type) {
    case 'bool':
      return typeof value === 'boolean' ? Number(value) : wrong();
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

/** The microseconds of a time of day; undefined for what is none. */
export function timeOf(text: string): bigint | undefined {
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
  if (typeof found === 'object' && 'struct' in found && Object.keys(found.struct).length === 0)
    throw new TypeError(
      `column ${JSON.stringify(name)}: its objects have no field, and a struct has one at least; leave the column out, or say its fields by schema:`,
    );
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
  if (value instanceof Map)
    return { map: [inferType(`${name}[]`, [...value.keys()]), inferType(`${name}[]`, [...value.values()])] };
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
  if ('map' in a && 'map' in b) {
    const [key, value] = [unify(a.map[0], b.map[0]), unify(a.map[1], b.map[1])];
    return key === undefined || value === undefined ? undefined : { map: [key, value] };
  }
  if ('struct' in a && 'struct' in b) {
    const struct = new Map(Object.entries(a.struct));
    for (const [field, type] of Object.entries(b.struct)) {
      const both = struct.has(field) ? unify(struct.get(field)!, type) : type;
      if (both === undefined) return undefined;
      struct.set(field, both);
    }
    return { struct: Object.fromEntries(struct) };
  }
  return undefined;
}
