import type { Table } from 'apache-arrow';
import { kindOf } from '../../engine/errors.js';
import { isPlainObject } from '../../graph/plain-data.js';
import { isLazy } from '../../lazy/index.js';

/** Throws a TypeError where the arguments of a function of Python are no list, or its keyword arguments no object. */
export function checkArguments(name: string, args: unknown, kwargs: unknown): void {
  const where = `python(${JSON.stringify(name)})`;
  if (!Array.isArray(args))
    throw new TypeError(
      `${where}: its arguments are one list, as in python("math:pow", [2, 10]), not ${kindOf(args)}`,
    );
  if (typeof kwargs !== 'object' || kwargs === null || !isPlainObject(kwargs) || isLazy(kwargs))
    throw new TypeError(
      `${where}: its keyword arguments are one object, as in python("builtins:sorted", [list], { reverse: true }), not ${kindOf(kwargs)}; all others are in the list`,
    );
}

/**
 * Arguments for Python as plain data and lazy values: arrays of numpy-ts as blocks, dataframes and Arrow tables as what `later` makes of the
 * promise of their bytes.
 */
export function pythonArguments(
  args: readonly unknown[],
  later: (make: () => Promise<unknown>) => unknown,
): unknown[] {
  const prepare = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isFrame(value)) return later(async () => arrowBytes(await value.compute()));
    if (isLazy(value)) return value;
    if (Array.isArray(value)) return value.map(prepare);
    if (isPlainObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, prepare(item)]));
    if (isTable(value)) return later(async () => arrowBytes(value));
    return isNdarray(value) ? { dtype: value.dtype, shape: value.shape, data: value.flatten().data } : value;
  };
  return args.map(prepare);
}

/** What stands for a frame between the languages: the bytes of an Arrow stream. */
interface ArrowBytes {
  readonly $arrow: Uint8Array;
}

const arrow = async () => (await import('../../frame/result/arrow.js')).arrow();

async function arrowBytes(table: Table): Promise<ArrowBytes> {
  const { tableToIPC } = await arrow();
  return { $arrow: tableToIPC(table, 'stream') };
}

/** A result of Python with Arrow tables where frames were; a promise where there are any. */
export function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isArrowBytes(value)) return arrow().then(({ tableFromIPC }) => tableFromIPC(value.$arrow));
  const parts = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : [];
  const revived = parts.map(revive);
  if (revived.every((part, i) => Object.is(part, parts[i]))) return value;
  return Promise.all(revived).then((parts) =>
    Array.isArray(value) ? parts : Object.fromEntries(Object.keys(value).map((name, i) => [name, parts[i]])),
  );
}

const isArrowBytes = (value: object): value is ArrowBytes =>
  '$arrow' in value && value.$arrow instanceof Uint8Array;

/** By what they can do: their classes are loaded by programs that have any. */
const isTable = (value: object): value is Table => 'getChild' in value && 'batches' in value;

const isFrame = (value: object): value is { compute(): Promise<Table> } =>
  'toColumns' in value && 'compute' in value;

const isNdarray = (
  value: object,
): value is { dtype: string; shape: readonly number[]; flatten(): { data: ArrayBufferView } } =>
  'dtype' in value && 'shape' in value && 'flatten' in value;
