/** Reads recorded cases of frames, and compares answers with them. */
import { type Batch, type ColumnType, type DataFrame, fromColumns, type Interval } from '../../src/index.js';

/** A column: its name, its type or kind, and values as JSON has them. */
export type RecordedColumn = readonly [name: string, kind: ColumnType, values: readonly unknown[]];

export interface Case {
  /** The frame that an expression is over; without it the text is a frame. */
  readonly f?: string;
  readonly t: string;
  readonly r?: readonly RecordedColumn[];
  /** Rows come in any order. */
  readonly o?: 1;
  /** How far a float may lie from the one recorded, as a share of it. */
  readonly n?: number;
  /** A piece of the message of the error that it is. */
  readonly e?: string;
}

export interface Cases {
  readonly versions: Readonly<Record<string, string>>;
  readonly frames: Readonly<Record<string, readonly RecordedColumn[]>>;
  readonly groups: Readonly<Record<string, readonly Case[]>>;
}

export type Answer = readonly (readonly [name: string, kind: string, values: readonly unknown[]])[];

/** A recorded frame in memory. */
export function frameOf(columns: readonly RecordedColumn[]): DataFrame {
  const schema = Object.fromEntries(columns.map(([name, type]) => [name, type]));
  const values = columns.map(([name, type, recorded]) => [name, recorded.map((v) => input(v, type))]);
  return fromColumns(Object.fromEntries(values), { schema });
}

function input(value: unknown, type: ColumnType): unknown {
  const plain = fromJson(value);
  return plain !== null && /^timestamp/.test(String(type)) ? BigInt(plain as number) : plain;
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  const special = value as { x?: string; i?: string; s?: Readonly<Record<string, unknown>> };
  if (special.x !== undefined)
    return special.x === 'nan'
      ? Number.NaN
      : special.x === 'inf'
        ? Number.POSITIVE_INFINITY
        : Number.NEGATIVE_INFINITY;
  if (special.i !== undefined) return BigInt(special.i);
  return Object.fromEntries(Object.entries(special.s ?? {}).map(([name, inner]) => [name, fromJson(inner)]));
}

const KINDS: Readonly<Record<string, string>> = {
  float32: 'float',
  float64: 'float',
  decimal: 'float',
  interval: 'span',
};

/** What was computed, as cases have it. */
export const answerOf = ({ columns }: Batch): Answer =>
  columns.map(({ name, type, values, valid }) => {
    const kind =
      typeof type === 'string' ? (/^u?int\d/.test(type) ? 'int' : (KINDS[type] ?? type)) : 'nested';
    const plain = Array.from(values as ArrayLike<unknown>, (value, row) =>
      valid && valid[row] === 0 ? null : output(value, kind),
    );
    return [name, kind, plain] as const;
  });

/** A number where that is exact. */
const small = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

function output(value: unknown, kind: string): unknown {
  if (typeof value === 'bigint') return small(value);
  if (kind === 'bool') return value === null ? null : value === 1 || value === true;
  if (kind === 'span' && value !== null) {
    const { months, days, microseconds } = value as Interval;
    return small(BigInt(months * 30 + days) * 86_400_000_000n + BigInt(microseconds));
  }
  return value ?? null;
}

/** Says in what an answer differs from a case's; '' where it does not. */
export function difference(answer: Answer, { r: wanted = [], o, n = 1e-12 }: Case): string {
  const names = (columns: readonly (readonly unknown[])[]): string =>
    columns.map(([name]) => name).join(', ');
  if (names(answer) !== names(wanted)) return `columns ${names(answer)}, not ${names(wanted)}`;
  let [found, expected] = [
    rowsOf(answer),
    rowsOf(wanted.map((c) => [c[0], String(c[1]), c[2].map(fromJson)])),
  ];
  if (o) [found, expected] = [sorted(found), sorted(expected)];
  for (const [i, [name, kind]] of wanted.entries()) {
    const own = answer[i]![1];
    const nothing = kind === 'null' && wanted[i]![2].every((value) => value === null);
    if (own !== kind && !nothing) return `${name} is of kind ${own}, not ${kind}`;
  }
  if (found.length !== expected.length)
    return `${found.length} rows, not ${expected.length}: ${text(found)}, not ${text(expected)}`;
  const at = found.findIndex((row, i) => !equal(row, expected[i], n));
  return at < 0 ? '' : `row ${at}: ${text(found[at])}, not ${text(expected[at])}; all: ${text(found)}`;
}

const rowsOf = (columns: Answer): unknown[][] =>
  Array.from({ length: columns[0]?.[2].length ?? 0 }, (_, row) => columns.map(([, , values]) => values[row]));

const text = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'number' || typeof v === 'bigint' ? String(v) : v)) ?? '';

const sorted = (rows: unknown[][]): unknown[][] =>
  [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
const key = (row: unknown): string =>
  JSON.stringify(row, (_, v) =>
    typeof v === 'number' ? v.toPrecision(9) : typeof v === 'bigint' ? String(v) : v,
  );

function equal(a: unknown, b: unknown, near: number): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Object.is(a, b) || a === b || Math.abs(a - b) <= near * Math.abs(b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, i) => equal(value, b[i], near));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [x, y] = [a, b] as Readonly<Record<string, unknown>>[];
    return (
      Object.keys(x!).join() === Object.keys(y!).join() &&
      Object.keys(x!).every((k) => equal(x![k], y![k], near))
    );
  }
  return a === b;
}
