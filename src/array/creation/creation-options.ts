/** What functions that make arrays from nothing are told. */
import { checkOptions } from '../../engine/known-options.js';
import { type DType, isDType } from '../../kernels/dtype.js';
import type { ChunkSpec } from '../nodes/chunks.js';

/** What creation functions take beside the shape. */
export interface CreateOptions<D extends DType = DType> {
  readonly dtype?: D;
  /** Default: `'auto'`, chunks of about 128 MiB. */
  readonly chunks?: ChunkSpec;
}

export function checkDtype(dtype: DType): DType {
  if (!isDType(dtype)) throw new TypeError(`${String(dtype)} is not a dtype`);
  return dtype;
}

const CREATE = ['dtype', 'chunks'] as const;

/** Throws a TypeError where options of a creation function are none, or more than `CREATE` and its own. */
export const checkCreate = (label: string, options: object, ...own: string[]): void =>
  checkOptions(label, options, [...CREATE, ...own]);

/** The numbers before an options object, which is the last argument however many they are. */
export function splitOptions<N, O extends object>(
  args: readonly unknown[],
  none: O,
): [numbers: N[], options: O] {
  const last = args.at(-1);
  return typeof last === 'object' && last !== null
    ? [args.slice(0, -1) as N[], last as O]
    : [[...args] as N[], none];
}
