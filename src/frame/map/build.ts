import { typeText } from '../column-type.js';
import { arrayOf, type Column } from '../result/column.js';
import type { ColumnType } from '../types.js';
import { FunctionError } from './errors.js';

/** Says where a value stands that is not what its column's type says. */
export type Where = (row: number) => { readonly label: string; readonly row: number };

/** Takes the values of one column of a result, each checked against the column's type. */
export class ColumnBuilder {
  values: unknown[] | Float64Array;
  valid: Uint8Array | undefined;
  private readonly store: (value: unknown) => unknown;
  private readonly typed: boolean;

  constructor(
    readonly column: string,
    readonly type: ColumnType,
    private readonly rows: number,
    private readonly where: Where,
  ) {
    const Typed = arrayOf(storage(type));
    this.typed = Typed !== undefined;
    this.values = Typed ? (new Typed(rows) as Float64Array) : new Array<unknown>(rows).fill(null);
    this.store = storeOf(type);
  }

  set(row: number, value: unknown): void {
    if (value === null || value === undefined) {
      this.nothing(row);
      return;
    }
    const stored = this.store(value);
    if (stored === undefined) this.wrong(row, value);
    (this.values as unknown[])[row] = stored;
  }

  nothing(row: number): void {
    if (!this.typed) return;
    this.valid ??= new Uint8Array(this.rows).fill(1);
    this.valid[row] = 0;
  }

  wrong(row: number, value: unknown): never {
    const { label, row: at } = this.where(row);
    throw new FunctionError(
      `${label}: column ${JSON.stringify(this.column)}, row ${at}: ${shown(value)} is no ${typeText(this.type)}; ${remedy(this.type, value)}`,
      { row: at, column: this.column },
    );
  }

  finish(): Column {
    return {
      name: this.column,
      type: this.type,
      values: this.values as Column['values'],
      valid: this.valid,
    };
  }
}

/** What decimals are stored as is what they are in JavaScript. */
const storage = (type: ColumnType): ColumnType => (type === 'decimal' ? 'float64' : type);

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65_535],
  uint32: [0, 2 ** 32 - 1],
};

/** How a value, which is not null, is stored in a column of a type; undefined where it cannot be. */
function storeOf(type: ColumnType): (value: unknown) => unknown {
  if (typeof type !== 'string') return nestedStore(type);
  const range = RANGES[type];
  if (range) {
    const [least, most] = range;
    return (value) =>
      typeof value === 'bigint'
        ? value >= least && value <= most
          ? Number(value)
          : undefined
        : Number.isInteger(value) && (value as number) >= least && (value as number) <= most
          ? value
          : undefined;
  }
  switch (type) {
    case 'bool':
      return (value) => (value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined);
    case 'int64':
      return (value) => whole(value, -(2n ** 63n), 2n ** 63n - 1n);
    case 'uint64':
      return (value) => whole(value, 0n, 2n ** 64n - 1n);
    case 'float32':
    case 'float64':
    case 'decimal':
      return (value) =>
        typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
    case 'string':
      return (value) => (typeof value === 'string' ? value : undefined);
    case 'uuid':
      return (value) =>
        typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
          ? value
          : undefined;
    case 'binary':
      return (value) => (value instanceof Uint8Array ? value : undefined);
    case 'date':
      return (value) =>
        value instanceof Date
          ? Number.isNaN(value.getTime())
            ? undefined
            : Math.floor(value.getTime() / 86_400_000)
          : Number.isInteger(value)
            ? value
            : undefined;
    case 'timestamp':
    case 'timestamptz':
      return (value) =>
        value instanceof Date
          ? Number.isNaN(value.getTime())
            ? undefined
            : BigInt(value.getTime()) * 1000n
          : typeof value === 'bigint'
            ? value
            : undefined;
    case 'time':
      return (value) =>
        typeof value === 'bigint' ? value : typeof value === 'string' ? timeOf(value) : undefined;
    case 'interval':
      return (value) => {
        const { months, days, microseconds } = value as Readonly<Record<string, unknown>>;
        // As it lies in files, where microseconds have 64 bits.
        const fine = whole(microseconds, -(2n ** 63n), 2n ** 63n - 1n);
        return isInt32(months) && isInt32(days) && fine !== undefined
          ? { months, days, microseconds: fine }
          : undefined;
      };
    default:
      return () => undefined;
  }
}

function nestedStore(type: Exclude<ColumnType, string>): (value: unknown) => unknown {
  const inside = (inner: ColumnType): ((value: unknown) => unknown) => {
    const store = storeOf(inner);
    return (value) => (value === null || value === undefined ? null : store(value));
  };
  if ('list' in type) {
    const store = inside(type.list);
    return (value) => {
      if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return undefined;
      const items = Array.from(value as ArrayLike<unknown>, store);
      return items.includes(undefined) ? undefined : items;
    };
  }
  if ('map' in type) {
    const [key, item] = [storeOf(type.map[0]), inside(type.map[1])];
    return (value) => {
      if (!(value instanceof Map)) return undefined;
      const entries = [...(value as ReadonlyMap<unknown, unknown>)].map(
        ([k, v]) => [key(k), item(v)] as const,
      );
      return entries.some(([k, v]) => k === undefined || v === undefined) ? undefined : new Map(entries);
    };
  }
  const fields = Object.entries(type.struct).map(([name, inner]) => [name, inside(inner)] as const);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const made: Record<string, unknown> = {};
    for (const [name, store] of fields) {
      const stored = store((value as Readonly<Record<string, unknown>>)[name]);
      if (stored === undefined) return undefined;
      made[name] = stored;
    }
    return made;
  };
}

const isInt32 = (value: unknown): boolean => Number.isInteger(value) && value === (value as number) >> 0;

function whole(value: unknown, least: bigint, most: bigint): bigint | undefined {
  if (typeof value === 'bigint') return value >= least && value <= most ? value : undefined;
  if (!Number.isSafeInteger(value)) return undefined;
  return least < 0n || (value as number) >= 0 ? BigInt(value as number) : undefined;
}

function timeOf(text: string): bigint | undefined {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return BigInt(seconds) * 1_000_000n + BigInt((match[4] ?? '').padEnd(6, '0') || '0');
}

/** A value in an error's message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null)
    return value instanceof Date
      ? `a Date (${String(value)})`
      : `a value of ${value.constructor?.name ?? 'no class'}`;
  return `${String(value)} (${typeof value})`;
}

function remedy(type: ColumnType, value: unknown): string {
  if (value instanceof Promise) return 'await what is asynchronous in a function of mapPartitions';
  if (typeof type === 'string' && /int/.test(type) && typeof value === 'number')
    return Number.isInteger(value)
      ? `it is out of the range of ${type}: declare a larger type in schema`
      : `round it, or declare 'float64' in schema`;
  if (typeof value === 'number' && Number.isNaN(value)) return `return null where there is no value`;
  if (type === 'string') return 'return String(value), or declare its type in schema';
  if (type === 'null')
    return 'a column of type null holds nothing but nulls: declare the type of its values in schema';
  return `return a value of that type or null, or declare another type in schema`;
}
