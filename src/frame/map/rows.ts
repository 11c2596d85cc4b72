import { type Batch, type Column, exact, valueAt } from '../result/column.js';
import type { ColumnType, Schema } from '../types.js';
import { ColumnBuilder, shown } from './build.js';
import { FunctionError } from './errors.js';

/** Where a loop is, so that an error says so. */
export interface Place {
  row: number;
}

type RowFunction = (row: unknown, index: number) => unknown;
/** Calls a function for each row of some columns; fills builders with what it returns. */
export type RowLoop = (
  fn: RowFunction,
  columns: readonly Column[],
  builders: readonly ColumnBuilder[],
  rows: number,
  firstRow: number,
  place: Place,
) => void;

/**
 * The loop over rows of some types, compiled: the row is an object literal, whose properties are read from typed arrays, and which
 * the engine need not make at all where the function does not keep it.
 */
export function compileRows(input: Schema, output: Schema, label: string): RowLoop {
  const names = Object.keys(input);
  const results = Object.keys(output);
  const sole = results.length === 1;
  const before: string[] = [];
  const properties = names.map((name, i) => {
    before.push(`const c${i} = columns[${i}].values, v${i} = columns[${i}].valid;`);
    const value = readCode(input[name]!, i, before);
    const checked = value.nullable
      ? `v${i} === undefined || v${i}[i] !== 0 ? ${value.code} : null`
      : value.code;
    return `[${JSON.stringify(name)}]: ${checked}`.replace(/^\["([A-Za-z_]\w*)"\]/, (all, id: string) =>
      id === '__proto__' ? all : `"${id}"`,
    );
  });
  const stores = results.map((name, i) => {
    before.push(`const b${i} = builders[${i}], o${i} = b${i}.values;`);
    if (WORDS.has(output[name]!)) before.push(`const u${i} = new Int32Array(o${i}.buffer);`);
    const get = sole ? 'x' : `r[${JSON.stringify(name)}]`;
    return `{ const y = ${get}; ${storeCode(output[name]!, i, sole ? undefined : name)} }`;
  });
  const take = sole
    ? `const x = typeof r === "object" && r !== null && hasOwn(r, ${JSON.stringify(results[0])}) ? r[${JSON.stringify(results[0])}] : r;`
    : 'if (typeof r !== "object" || r === null) noObject(r, first + i);';
  const source = `"use strict";
return (fn, columns, builders, rows, first, place) => {
  ${before.join('\n  ')}
  for (let i = 0; i < rows; i++) {
    place.row = i;
    const r = fn({ ${properties.join(', ')} }, first + i);
    ${take}
    ${stores.join('\n    ')}
  }
};`;
  const noObject = (value: unknown, row: number): never => {
    throw new FunctionError(
      `${label}: row ${row}: the function returned ${shown(value)}; return an object with ${results.map((n) => JSON.stringify(n)).join(', ')}`,
      { row },
    );
  };
  const missing = (object: object, name: string, row: number): void => {
    if (name in object) return;
    throw new FunctionError(
      `${label}: row ${row}: the function returned an object without ${JSON.stringify(name)}; it has ${Object.keys(object).join(', ') || 'no properties'}. Return null where there is no value`,
      { row, column: name },
    );
  };
  return new Function('int64', 'time', 'valueAt', 'hasOwn', 'isSafe', 'noObject', 'missing', source)(
    int64,
    timestamp,
    valueAt,
    Object.hasOwn,
    Number.isSafeInteger,
    noObject,
    missing,
  ) as RowLoop;
}

/** Types that are stored as two words of 32 bits: a bigint for each value would take longer than all else. */
const WORDS: ReadonlySet<unknown> = new Set(['int64', 'timestamp', 'timestamptz']);

/** Reading the value of column `i` in a row. */
function readCode(type: ColumnType, i: number, before: string[]): { code: string; nullable: boolean } {
  if (typeof type === 'string')
    switch (type) {
      case 'bool':
        return { code: `c${i}[i] === 1`, nullable: true };
      case 'int8':
      case 'int16':
      case 'int32':
      case 'uint8':
      case 'uint16':
      case 'uint32':
      case 'float32':
      case 'float64':
      case 'decimal':
        return { code: `c${i}[i]`, nullable: true };
      case 'int64':
        before.push(`const w${i} = new Int32Array(c${i}.buffer, c${i}.byteOffset, c${i}.length * 2);`);
        return { code: `int64(w${i}, c${i}, i)`, nullable: true };
      case 'timestamp':
      case 'timestamptz':
        before.push(`const w${i} = new Int32Array(c${i}.buffer, c${i}.byteOffset, c${i}.length * 2);`);
        return { code: `time(w${i}, c${i}, i)`, nullable: true };
      case 'date':
        return { code: `new Date(c${i}[i] * 86400000)`, nullable: true };
      case 'string':
      case 'uuid':
      case 'binary':
        return { code: `c${i}[i]`, nullable: false };
      default:
    }
  return { code: `valueAt(columns[${i}], i)`, nullable: false };
}

/** Storing `y` in the builder of column `i`. The most common types are stored here, others, nulls and errors by the builder. */
function storeCode(type: ColumnType, i: number, name: string | undefined): string {
  const check =
    name === undefined ? '' : `if (y === undefined) missing(r, ${JSON.stringify(name)}, first + i); `;
  const rest = `${check}b${i}.set(i, y);`;
  switch (type) {
    case 'float32':
    case 'float64':
    case 'decimal':
      return `if (typeof y === "number") o${i}[i] = y; else { ${rest} }`;
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return `if (typeof y === "number") { o${i}[i] = y; if (o${i}[i] !== y) b${i}.wrong(i, y); } else { ${rest} }`;
    case 'int64':
      return `if (typeof y === "number" && isSafe(y)) { const h = Math.floor(y / 4294967296); u${i}[2 * i + 1] = h; u${i}[2 * i] = y - h * 4294967296; } else { ${rest} }`;
    case 'timestamp':
    case 'timestamptz':
      return `if (y instanceof Date && isSafe(y.getTime() * 1000)) { const z = y.getTime() * 1000, h = Math.floor(z / 4294967296); u${i}[2 * i + 1] = h; u${i}[2 * i] = z - h * 4294967296; } else { ${rest} }`;
    case 'bool':
      return `if (typeof y === "boolean") o${i}[i] = y ? 1 : 0; else { ${rest} }`;
    case 'string':
      return `if (typeof y === "string") o${i}[i] = y; else { ${rest} }`;
    default:
      return rest;
  }
}

/** An integer of 64 bits as a number where that is exact; most need no bigint on the way. */
function int64(words: Int32Array, values: BigInt64Array, i: number): number | bigint {
  const high = words[2 * i + 1]!;
  if (high >= -0x200000 && high < 0x200000) return high * 0x100000000 + (words[2 * i]! >>> 0);
  return exact(values[i]!);
}

function timestamp(words: Int32Array, values: BigInt64Array, i: number): Date {
  return new Date(Math.floor(Number(int64(words, values, i)) / 1000));
}

/** Applies a function to each row of a batch. */
export function applyRows(
  loop: RowLoop,
  fn: RowFunction,
  { rows, columns }: Batch,
  output: Schema,
  label: string,
  firstRow: number,
): Batch {
  const builders = Object.entries(output).map(
    ([name, type]) => new ColumnBuilder(name, type, rows, (row) => ({ label, row: firstRow + row })),
  );
  const place: Place = { row: -1 };
  try {
    loop(fn, columns, builders, rows, firstRow, place);
  } catch (cause) {
    throw threw(cause, label, firstRow + place.row);
  }
  return { rows, columns: builders.map((builder) => builder.finish()) };
}

/** What a user's function threw, with the row that it was given. */
export function threw(cause: unknown, label: string, row: number, last = row): unknown {
  if (cause instanceof FunctionError) return cause;
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : shown(cause);
  const where = last > row ? `rows ${row} to ${last}` : `row ${row}`;
  return new FunctionError(`${label}: the function threw in ${where}: ${what}`, { row, cause });
}
