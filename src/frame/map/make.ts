import type { Table } from 'apache-arrow';
import { checkOptions } from '../../engine/known-options.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import { type FunctionOptions, specOf } from '../../graph/given-function.js';
import { checkByName } from '../given.js';
import { checkNames } from '../plan/check.js';
import * as make from '../plan/make.js';
import type { Item, MapNode, PlanNode } from '../plan/node.js';
import type { Row, Schema, ValueOf } from '../types.js';
import type { MapBatch, ValuesOf } from './batch.js';
import { checkDeclared } from './declared.js';
import { columnsRead } from './used.js';

/** One column of a result: a typed array of its type, any array of values and nulls, or values with their validity. */
export type ResultColumn<T> =
  | ValuesOf<T>
  | ArrayLike<ValueOf<T> | null | undefined>
  | { readonly values: ArrayLike<unknown>; readonly valid?: ArrayLike<number | boolean> | undefined };

/** What a function over batches returns: columns by name, or an Arrow table. */
export type BatchResult<X> = { readonly [K in keyof X]: ResultColumn<X[K]> } | Table;

/** A function over batches of rows, run in a thread. */
export type BatchFunction<S, X> = (batch: MapBatch<S>) => BatchResult<X> | Promise<BatchResult<X>>;
/** A function over Arrow tables of some rows, run in a thread. */
export type ArrowFunction<X> = (table: Table) => BatchResult<X> | Promise<BatchResult<X>>;

/** What a function over rows returns: an object of values, or the value itself where its schema has one column. */
export type RowResult<X> =
  | { readonly [K in keyof X]: ValueOf<X[K]> | null | undefined }
  | (IsUnion<keyof X> extends true ? never : ValueOf<X[keyof X]> | null | undefined);
type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never;

/** A function over rows, run in a thread. */
export type RowFunction<S, X> = (row: Row<S>, index: number) => RowResult<X>;

interface CommonOptions<X> extends FunctionOptions {
  /** Names and types of the columns that the function gives. What it returns is checked against them. */
  readonly schema: X;
  /** How often a batch whose function threw is tried again; default: what the engine has. */
  readonly retries?: number;
}

/** How `mapPartitions` calls a function of batches, and what columns it gives. */
export interface MapOptions<X> extends CommonOptions<X> {
  /** Rows of a batch at most; default 65,536. */
  readonly batchRows?: number;
  /** Whether the function takes Arrow tables. */
  readonly arrow?: boolean;
}

/** How `apply` calls a function of rows, and what columns it gives. */
export interface ApplyOptions<X> extends CommonOptions<X> {
  /** Whether the columns of the frame stay beside the new ones. */
  readonly keep?: boolean;
}

const BATCH_ROWS = 65_536;

export function mapPlan(input: PlanNode, fn: unknown, given: MapOptions<Schema>): MapNode {
  const label = labelOf('mapPartitions', fn);
  checkGiven(label, given, ['batchRows', 'arrow']);
  const { schema, batchRows = BATCH_ROWS, arrow = false, retries, ...options } = given;
  if (!Number.isInteger(batchRows) || batchRows < 1)
    throw new RangeError(`${label}: batchRows is a whole number from 1, not ${batchRows}`);
  return node(input, specOf(fn, options), label, schema, { per: 'batch', batchRows, arrow, retries });
}

export function applyPlan(input: PlanNode, fn: unknown, given: ApplyOptions<Schema>): MapNode {
  const label = labelOf('apply', fn);
  checkGiven(label, given, ['keep']);
  const { schema, keep = false, retries, ...options } = given;
  const spec = specOf(fn, options);
  const read = columnsRead(label, sourceOf(spec), input.columns);
  if (keep) return node(input, spec, label, schema, { per: 'row', keep: input.columns, retries });
  return node(make.pick(input, read.length > 0 ? read : input.columns.slice(0, 1)), spec, label, schema, {
    per: 'row',
    retries,
  });
}

export function groupApplyPlan(
  input: PlanNode,
  keys: readonly Item[],
  fn: unknown,
  given: CommonOptions<Schema>,
): MapNode {
  const label = labelOf('groupBy().apply', fn);
  checkGiven(label, given, []);
  const { schema, retries, ...options } = given;
  for (const { name } of keys)
    if (Object.hasOwn(schema, name))
      throw new TypeError(
        `${label}: ${JSON.stringify(name)} is a key, and stands beside what the function gives; leave it out of schema`,
      );
  return node(input, specOf(fn, options), label, schema, { per: 'group', keys, retries });
}

/** How `apply` calls a function of groups, and what columns it gives. */
export type GroupApplyOptions<X> = CommonOptions<X>;

function checkGiven(label: string, options: CommonOptions<Schema>, more: readonly string[]): void {
  checkByName(label, options, "options behind the function, such as { schema: { y: 'float64' } }");
  checkOptions(label, options, ['schema', ...more, 'captured', 'retries']);
  const { schema, retries } = options;
  checkDeclared(label, schema);
  if (retries !== undefined && (!Number.isInteger(retries) || retries < 0))
    throw new RangeError(`${label}: retries is a whole number from 0, not ${retries}`);
}

function node(
  input: PlanNode,
  fn: FunctionSpec,
  name: string,
  schema: Schema,
  rest: {
    readonly per: MapNode['per'];
    readonly batchRows?: number;
    readonly arrow?: boolean;
    readonly keep?: readonly string[];
    readonly keys?: readonly Item[];
    readonly retries?: number | undefined;
  },
): MapNode {
  const { per, batchRows = BATCH_ROWS, arrow = false, keep = [], keys = [], retries } = rest;
  const given = Object.keys(schema);
  const before = [...keep, ...keys.map((key) => key.name)].filter((column) => !given.includes(column));
  checkNames(name, keep, input.columns);
  return Object.freeze({
    kind: 'map',
    input,
    fn,
    name,
    schema,
    batchRows,
    per,
    arrow,
    keep,
    keys,
    ...(retries !== undefined && { retries }),
    columns: [...before, ...given],
  });
}

const sourceOf = (spec: FunctionSpec): string | undefined =>
  spec.kind === 'source' ? spec.source : undefined;

function labelOf(where: string, fn: unknown): string {
  const name = typeof fn === 'function' ? fn.name : ((fn as { name?: unknown } | null)?.name ?? '');
  return typeof name === 'string' && name !== '' ? `${where}(${name})` : where;
}
