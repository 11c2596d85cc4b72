import { given } from '../given.js';
import type { ArrowWriteOptions } from '../io/arrow.js';
import type { CsvWriteOptions, JsonWriteOptions, ParquetWriteOptions } from '../io/write.js';
import type { Names } from '../types.js';
import { ComputingVerbs } from './computing.js';

/** Verbs that compute, and write what is computed to files. */
export abstract class WritingVerbs<in out S> extends ComputingVerbs<S> {
  /**
   * Writes all rows as Parquet: one file, or a directory of them (`partitionBy`, `fileSize`, `filePerPartition`), which on a cluster its workers write. It stands at `path`
   * when it is whole, not before.
   *
   * @throws FileError where something is at `path` already, or it cannot be written
   * @example
   * const frame = fromRows([{ year: 2023, x: 1 }, { year: 2024, x: 2 }]);
   * await frame.toParquet('doc/years', { partitionBy: 'year', overwrite: true });
   * await (await readParquet('doc/years')).filter(col('year').eq(2024)).rows(); // [ { x: 2, year: 2024 } ]
   */
  async toParquet(path: string, options: ParquetWriteOptions<Names<S>> = {}): Promise<void> {
    checkPath('toParquet', path);
    const { writeParquet } = await import('../late.js');
    await writeParquet(this.plan, path, options);
  }

  /**
   * Writes all rows as CSV; packed where the path ends in `.gz` or `.zst`; with `filePerPartition` as a directory of files. It stands at `path` when it is whole, not
   * before.
   *
   * @example
   * await fromRows([{ x: 1, y: 'a' }]).toCsv('doc/one.csv.gz', { overwrite: true });
   * await (await readCsv('doc/one.csv.gz')).rows(); // [ { x: 1, y: 'a' } ]
   */
  async toCsv(path: string, options: CsvWriteOptions = {}): Promise<void> {
    checkPath('toCsv', path);
    const { writeCsv } = await import('../late.js');
    await writeCsv(this.plan, path, options);
  }

  /**
   * Writes all rows as JSON objects, one a line or in one array; with `filePerPartition` as a directory of files. It stands at `path` when it is whole, not before.
   *
   * @example
   * await fromRows([{ x: 1, y: [2] }]).toJson('doc/one.json', { format: 'array', overwrite: true });
   * await (await readJson('doc/one.json')).rows(); // [ { x: 1, y: [ 2 ] } ]
   */
  async toJson(path: string, options: JsonWriteOptions = {}): Promise<void> {
    checkPath('toJson', path);
    const { writeJson } = await import('../late.js');
    await writeJson(this.plan, path, options);
  }

  /**
   * Writes all rows as Arrow IPC: a file (Feather) or a stream. It stands at `path` when it is whole, not before.
   *
   * @example
   * await fromRows([{ x: 1 }]).toArrow('doc/one.arrows', { format: 'stream', overwrite: true });
   * await (await readArrow('doc/one.arrows')).rows(); // [ { x: 1 } ]
   */
  async toArrow(path: string, options: ArrowWriteOptions = {}): Promise<void> {
    checkPath('toArrow', path);
    const { writeArrow } = await import('../late.js');
    await writeArrow(this.plan, path, options);
  }
}

function checkPath(where: string, path: unknown): void {
  if (typeof path !== 'string' || path === '')
    throw new TypeError(`${where} takes a path, not ${given(path)}`);
}
