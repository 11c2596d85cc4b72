import { checkOptions } from '../../engine/known-options.js';
import { DataFrame } from '../frame.js';
import { checkByName, given } from '../given.js';
import type { FrameOptions } from '../options.js';
import * as make from '../plan/make.js';
import type { ScanNode } from '../plan/node.js';
import type { MemorySource } from '../plan/source.js';
import type { Batch } from '../result/column.js';
import { type ColumnInput, columnFrom } from '../result/from-values.js';
import type { AnySchema, ColumnType, Schema } from '../types.js';

/** The column type of values of JavaScript, where nothing else is said. */
export type TypeOfValue<V> = TypeOfPresent<Exclude<V, null | undefined>>;
type TypeOfPresent<V> = [V] extends [never]
  ? 'null'
  : [V] extends [boolean]
    ? 'bool'
    : [V] extends [bigint]
      ? 'int64'
      : [V] extends [number | bigint]
        ? 'float64' | 'int64'
        : [V] extends [string]
          ? 'string'
          : [V] extends [Date]
            ? 'timestamp'
            : [V] extends [Uint8Array]
              ? 'binary'
              : [V] extends [readonly (infer E)[]]
                ? { readonly list: TypeOfValue<E> }
                : ColumnType;

/**
 * A frame of rows that are objects. Types are found from all values (whole numbers are int64, others float64; a missing property is null)
 * unless `schema` says them.
 *
 * @throws TypeError where values of a column do not go together, or are not of the type that `schema` says
 * @throws RangeError where an integer does not fit into its type
 * @example
 * const frame = fromRows([{ name: 'Ada', age: 36 }, { name: 'Bob', age: null }]);
 * await frame.schema(); // { name: 'string', age: 'int64' }
 */
export function fromRows<
  R extends object,
  const X extends Schema = { [K in keyof R & string]: TypeOfValue<R[K]> },
>(rows: readonly R[], options: { readonly schema?: X } = {}): DataFrame<X> {
  checkOptions('fromRows', options, ['schema']);
  if (!Array.isArray(rows))
    throw new TypeError(
      `fromRows takes a list of objects, not ${given(rows)}; fromColumns takes columns by name`,
    );
  const odd = rows.findIndex((row: unknown) => typeof row !== 'object' || row === null || Array.isArray(row));
  if (odd >= 0)
    throw new TypeError(`fromRows: a row is an object, { x: 1 }, and row ${odd} is ${given(rows[odd])}`);
  const names = options.schema
    ? Object.keys(options.schema)
    : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length === 0)
    throw new TypeError("fromRows: there is no column; say which there are by schema: { x: 'int64' }");
  const columns = names.map((name) => {
    // What all objects have from their prototype is no value of a row.
    const inherited = name in Object.prototype;
    const values = rows.map((row) =>
      inherited && !Object.hasOwn(row, name)
        ? null
        : ((row as Readonly<Record<string, unknown>>)[name] ?? null),
    );
    return columnFrom(name, values, options.schema?.[name]);
  });
  return frameOf({ rows: rows.length, columns });
}

/**
 * A frame of rows that come one after another, from a stream or a generator: they are read through now, into temporary files of this process,
 * some at a time. Types are those of the first 10,000 rows unless `schema` says them.
 *
 * @throws TypeError where a value does not fit into its column
 * @example
 * async function* rows() {
 *   for (let i = 0; i < 3; i++) yield { i, square: i * i };
 * }
 * await (await fromAsync(rows())).tail(1).rows(); // [ { i: 2, square: 4 } ]
 */
export async function fromAsync<
  R extends object,
  const X extends Schema = { readonly [K in keyof R & string]: TypeOfValue<R[K]> },
>(
  rows: AsyncIterable<R> | Iterable<R>,
  options: { readonly schema?: X } & Pick<FrameOptions, 'engine' | 'signal'> = {},
): Promise<DataFrame<X>> {
  checkOptions('fromAsync', options, ['schema', 'engine', 'signal']);
  const { Database, frameOfBatches } = await import('../late.js');
  let schema: Schema | undefined = options.schema;
  const batchOf = (held: readonly R[]): Batch => {
    const { source } = fromRows(held, schema ? { schema } : {}).plan as ScanNode;
    const batch = (source as MemorySource).table;
    // What is null in all first rows may be anything behind them.
    schema ??= Object.fromEntries(
      batch.columns.map(({ name, type }) => [name, type === 'null' ? 'string' : type]),
    );
    return batch;
  };
  async function* batches(): AsyncGenerator<Batch, void, void> {
    let held: R[] = [];
    for await (const row of rows) {
      if (held.push(row) < FIRST_ROWS) continue;
      yield batchOf(held);
      held = [];
    }
    if (held.length > 0) yield batchOf(held);
  }
  return frameOfBatches(batches(), () => batchOf([]), Database.of(options.engine), options.signal);
}

const FIRST_ROWS = 10_000;

/**
 * A frame of columns that are arrays of the same length.
 *
 * @example
 * await fromColumns({ x: Float64Array.of(1.5, 2), y: ['a', null] }).rows(); // [{ x: 1.5, y: 'a' }, { x: 2, y: null }]
 */
export function fromColumns<const X extends Schema = AnySchema>(
  columns: Readonly<Record<string, ColumnInput>>,
  options: { readonly schema?: X } = {},
): DataFrame<X> {
  checkOptions('fromColumns', options, ['schema']);
  checkByName('fromColumns', columns, 'arrays by name, { x: [1, 2] }');
  for (const [name, values] of Object.entries(columns))
    if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && 'length' in values))
      throw new TypeError(`fromColumns: ${JSON.stringify(name)} is an array, not ${given(values)}`);
  const lengths = Object.entries(columns).map(([name, values]) => [name, values.length] as const);
  const rows = lengths[0]?.[1] ?? 0;
  for (const [name, length] of lengths)
    if (length !== rows)
      throw new RangeError(
        `fromColumns: ${JSON.stringify(name)} has ${length} values, where ${JSON.stringify(lengths[0]![0])} has ${rows}`,
      );
  const made = Object.entries(columns).map(([name, values]) =>
    columnFrom(name, values, options.schema?.[name]),
  );
  return frameOf({ rows, columns: made });
}

/** A frame of a batch of columns. */
export function frameOf<X>(table: Batch): DataFrame<X> {
  const schema = Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
  const source = Object.freeze({ from: 'memory', schema, table } as const);
  return new DataFrame(
    make.scan(
      source,
      table.columns.map(({ name }) => name),
    ),
  );
}
