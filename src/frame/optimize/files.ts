import { columnsOf, type ExprNode, freeze, type LiteralValue } from '../expr/node.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { Bound, ColumnStatistics, FileInfo } from '../plan/source.js';
import { type ColumnType, INTEGERS, type Schema } from '../types.js';
import { bottomUp } from './walk.js';

/**
 * Files are not opened of which statistics say that no row passes the filters: each is asked whether a value between the least and the greatest,
 * or a null, may pass. What is not certain may. Pure: `io/statistics.ts` reads the statistics before. At least one file stays, for its columns.
 */
export const pruneFiles = (plan: PlanNode): PlanNode =>
  bottomUp(plan, (node) => (node.kind === 'scan' ? pruneScan(node) : node));

function pruneScan(node: ScanNode): ScanNode {
  const { source, filters } = node;
  if (source.from !== 'files' || source.files.length < 2 || filters.length === 0) return node;
  const kept = source.files.filter((file) => filters.every((filter) => mayPass(filter, file, source.schema)));
  if (kept.length === source.files.length) return node;
  const files = kept.length > 0 ? kept : source.files.slice(0, 1);
  return freeze({ ...node, source: freeze({ ...source, files, of: source.of ?? source.files.length }) });
}

/** Which columns' statistics would tell anything of a scan's files. */
export function telling({ source, filters }: ScanNode): readonly string[] {
  if (source.from !== 'files' || source.format !== 'parquet' || source.files.length < 2) return [];
  if (source.options.union_by_name === true) return [];
  const names = new Set<string>();
  for (const filter of filters) columnsOf(filter, names);
  const fromPath = (name: string): boolean => source.files.some(({ path }) => path.includes(`${name}=`));
  return [...names].filter((name) => comparable(source.schema[name]) && !fromPath(name));
}

/** Whether some row of a file may pass a predicate. */
export function mayPass(node: ExprNode, file: FileInfo, schema: Schema): boolean {
  if (node.kind === 'literal') return node.value !== false && node.value !== null;
  if (node.kind !== 'call') return true;
  const { fn, args } = node;
  if (fn === 'and') return args.every((arg) => mayPass(arg, file, schema));
  if (fn === 'or') return args.some((arg) => mayPass(arg, file, schema));
  const [column, ...others] = args;
  if (column?.kind !== 'column') return flipped(fn, args, file, schema);
  const type = schema[column.name];
  const statistics = file.statistics?.[column.name];
  if (type === undefined || statistics === undefined) return true;
  if (fn === 'isNull') return statistics.nulls !== 0;
  if (fn === 'isNotNull') return statistics.nulls === undefined || statistics.nulls !== file.rows;
  const values = others.map((other) => (other.kind === 'literal' ? boundOf(other.value, type) : undefined));
  if (values.includes(undefined)) return true;
  return mayCompare(fn, values as Bound[], statistics, type);
}

const FLIPPED: Readonly<Record<string, string>> = { eq: 'eq', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' };

/** `1 < x` is `x > 1`. */
function flipped(fn: string, [a, b]: readonly ExprNode[], file: FileInfo, schema: Schema): boolean {
  if (FLIPPED[fn] === undefined || a?.kind !== 'literal' || b?.kind !== 'column') return true;
  return mayPass({ kind: 'call', fn: FLIPPED[fn], args: [b, a] }, file, schema);
}

function mayCompare(
  fn: string,
  values: readonly Bound[],
  { least, greatest }: ColumnStatistics,
  type: ColumnType,
): boolean {
  /** Whether a value of the column may be so; NaN, which no statistics tell of, is greater than any number. */
  const above = (value: Bound, equal: boolean): boolean =>
    type === 'float64' || greatest === undefined || order(greatest, value) > (equal ? -1 : 0);
  const below = (value: Bound, equal: boolean): boolean =>
    least === undefined || order(least, value) < (equal ? 1 : 0);
  const within = (value: Bound): boolean =>
    below(value, true) && (greatest === undefined || order(greatest, value) >= 0);
  const [value, high] = values;
  switch (fn) {
    case 'eq':
      return within(value!);
    case 'isIn':
      return values.some(within);
    case 'gt':
    case 'ge':
      return above(value!, fn === 'ge');
    case 'lt':
    case 'le':
      return below(value!, fn === 'le');
    case 'between':
      return above(value!, true) && below(high!, true);
    default:
      return true;
  }
}

const TIMES: readonly ColumnType[] = ['date', 'timestamp', 'timestamptz'];

const comparable = (type: ColumnType | undefined): boolean =>
  type === 'string' ||
  type === 'bool' ||
  type === 'float64' ||
  TIMES.includes(type!) ||
  (type !== 'uint64' && (INTEGERS as readonly unknown[]).includes(type));

/** A constant as it compares with a column's values; undefined where DuckDB would convert one of the two. */
function boundOf(value: LiteralValue, type: ColumnType): Bound | undefined {
  if (value instanceof Date) return TIMES.includes(type) ? BigInt(value.getTime()) * 1000n : undefined;
  if (typeof value === 'string') return type === 'string' ? value : undefined;
  if (typeof value === 'boolean') return type === 'bool' ? Number(value) : undefined;
  if (typeof value === 'bigint')
    return type === 'float64' ? Number(value) : comparable(type) && isInteger(type) ? value : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (type === 'float64') return value;
  // Beside a fraction integers become doubles, which are rounded from 2^53 on.
  return isInteger(type) && (Number.isSafeInteger(value) || type !== 'int64') ? value : undefined;
}

const isInteger = (type: ColumnType): boolean => (INTEGERS as readonly unknown[]).includes(type);

/** Text is in the order of its bytes in UTF-8, as it is to DuckDB. */
function order(a: Bound, b: Bound): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A bound as it stands in a file's statistics; undefined where it is none that could be compared. */
export function readBound(text: string | null, type: ColumnType): Bound | undefined {
  if (text === null) return undefined;
  if (type === 'string') return text;
  if (type === 'bool') return text === 'true' ? 1 : text === 'false' ? 0 : undefined;
  if (type === 'float64') return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (isInteger(type)) return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
  const [, day, time = '00:00:00', fraction = ''] =
    /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?)?(?:\+00)?$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  return BigInt(Date.parse(`${day}T${time}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** The bounds of two parts of a column together. */
export function joinStatistics(a: ColumnStatistics, b: ColumnStatistics): ColumnStatistics {
  const both = (x: Bound | undefined, y: Bound | undefined, sign: number): Bound | undefined =>
    x === undefined || y === undefined ? undefined : order(x, y) * sign <= 0 ? x : y;
  const least = both(a.least, b.least, 1);
  const greatest = both(a.greatest, b.greatest, -1);
  const nulls = a.nulls === undefined || b.nulls === undefined ? undefined : a.nulls + b.nulls;
  return {
    ...(least !== undefined && { least }),
    ...(greatest !== undefined && { greatest }),
    ...(nulls !== undefined && { nulls }),
  };
}
