import type { RecordBatch, Table } from 'apache-arrow';
import type { TileArray } from '../../array/array.js';
import type { DType } from '../../kernels/dtype.js';
import { arrayOfPlan, type ToArrayOptions } from '../arrays/to-array.js';
import { batchesOf, type FrameOptions } from '../execute.js';
import { freeze } from '../expr/node.js';
import * as make from '../plan/make.js';
import { arrowBatches, arrowTable } from '../result/arrow.js';
import { type Batch, concatBatches, type Int64As, rowsOf } from '../result/column.js';
import type { Names, Row } from '../types.js';
import { LookingVerbs } from './looking.js';

/** Verbs that compute, and give what is computed to the program. */
export abstract class ComputingVerbs<in out S> extends LookingVerbs<S> {
  /** All rows as an Arrow table. */
  async compute(options: FrameOptions = {}): Promise<Table> {
    const batches: Batch[] = [];
    for await (const batch of batchesOf(this.plan, options)) batches.push(batch);
    return arrowTable(batches);
  }

  /** All rows as objects. Integers of 64 bits are numbers where those are exact, else bigints; `int64` asks for always the one or the other. */
  async rows(options: FrameOptions & { readonly int64?: Int64As } = {}): Promise<Row<S>[]> {
    const rows: Record<string, unknown>[] = [];
    for await (const batch of batchesOf(this.plan, options)) rowsOf(batch, rows, options.int64);
    return rows as Row<S>[];
  }

  /**
   * Rows one after another, computed as they are taken.
   *
   * @example
   * const seen: unknown[] = [];
   * for await (const row of fromRows([{ x: 1 }, { x: 2 }])) seen.push(row.x);
   * seen; // [ 1, 2 ]
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row<S>, void, void> {
    for await (const batch of batchesOf(this.plan)) {
      const rows: Record<string, unknown>[] = [];
      rowsOf(batch, rows);
      yield* rows as Row<S>[];
    }
  }

  /** All rows by columns: numbers and times as typed arrays (dates in days, times in microseconds), others as arrays. */
  async toColumns(options: FrameOptions = {}): Promise<Batch> {
    const batches: Batch[] = [];
    for await (const batch of batchesOf(this.plan, options)) batches.push(batch);
    return concatBatches(batches, { rows: 0, columns: [] });
  }

  /**
   * Some columns as an array of numbers: a column by its name as a 1-dimensional one, several (default: all) as a 2-dimensional one. Its
   * dtype is what holds all of them. The rows are computed now, into a temporary file that the array's blocks are read from.
   *
   * @throws FrameError where a column is not of numbers, or has a null: the message says which, and what to do
   * @example
   * const array = await fromRows([{ a: 1, b: 2.5 }, { a: 3, b: 4 }]).toArray();
   * await array.sum(0).compute(); // [4. 6.5]
   */
  toArray(columns?: Names<S> | readonly Names<S>[], options: ToArrayOptions = {}): Promise<TileArray<DType>> {
    return arrayOfPlan(this.plan, columns, options);
  }

  /** Rows as they are computed, a batch of some tens of thousands at a time: what is not taken is not computed. */
  batches(options: FrameOptions = {}): AsyncGenerator<Batch, void, void> {
    return batchesOf(this.plan, options);
  }

  /** Rows as they are computed, as Arrow record batches: for what takes a stream of them. */
  arrowBatches(options: FrameOptions = {}): AsyncGenerator<RecordBatch, void, void> {
    return arrowBatches(batchesOf(this.plan, options));
  }

  /** How many rows there are. */
  async count(options: FrameOptions = {}): Promise<number> {
    const plan = make.aggregate(
      this.plan,
      [],
      [{ name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) }],
    );
    for await (const { columns } of batchesOf(plan, options)) return Number(columns[0]!.values[0]);
    return 0;
  }
}
