import type { DType } from '../../kernels/dtype.js';
import { FrameError } from '../errors.js';
import type { Footer } from '../parquet/footer.js';
import { readRowGroup } from '../parquet/read.js';

/** Where a value is missing. */
export interface Missing {
  readonly column: string;
  readonly row: number;
}

/** The first null of a file of numbers; undefined where there is none. */
export function firstNull(
  file: string,
  { groups }: Footer,
  names: readonly string[],
  dtype: DType,
): Missing | undefined {
  let firstRow = 0;
  for (const group of groups) {
    for (const name of names) {
      if (group.chunks.get(name)?.nulls === 0) continue;
      const [column] = readRowGroup(file, group, { [name]: dtype });
      const row = column!.valid?.indexOf(0) ?? -1;
      if (row >= 0) return { column: name, row: firstRow + row };
    }
    firstRow += group.rows;
  }
  return undefined;
}

/** An array has no nulls. */
export function nullError({ column, row }: Missing): FrameError {
  const name = JSON.stringify(column);
  return new FrameError(
    `toArray: column ${name} is null in row ${row}, and an array has no nulls; use dropNulls(${name}), or fillNull({ ${name}: NaN })`,
  );
}
