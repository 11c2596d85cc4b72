import type { RecordBatch, Table } from 'apache-arrow';
import type { TileArray } from '../../array/array.js';
import type { Delayed } from '../../delayed/delayed.js';
import type { DType } from '../../kernels/dtype.js';
import { LAZY, type LazyHooks } from '../../lazy/index.js';
import { freeze } from '../expr/node.js';
import type { PersistedFrame } from '../held/persisted.js';
import type { ToArrayOptions } from '../io/to-array.js';
import { checkFrameOptions, type FrameOptions } from '../options.js';
import * as make from '../plan/make.js';
import { type Batch, concatBatches, type Int64As, type ReadOptions, rowsOf } from '../result/column.js';
import type { Names, Row, WithTextDecimals } from '../types.js';
import { LookingVerbs } from './looking.js';

/** For the compiler only: what no function takes. */
declare const FRAME: unique symbol;
interface FrameArgument {
  readonly [FRAME]: never;
}

/** Verbs that compute, and give what is computed to the program. */
export abstract class ComputingVerbs<in out S> extends LookingVerbs<S> {
  /** How `compute` and `persist` see a frame among other lazy values. Functions are called with the rows of frames, not with frames. */
  get [LAZY](): LazyHooks<Table, FrameArgument, PersistedFrame<S>> {
    return {
      family: {
        compute: (options) => this.compute(options),
        persist: (options) => this.persist(options),
      },
      input: () => {
        throw new TypeError(
          'a dataframe is no argument of a function that is sent: compute it before (rows(), toColumns()), or call the function over its rows (mapPartitions)',
        );
      },
    };
  }

  /**
   * All rows as an Arrow table.
   *
   * @example
   * (await fromRows([{ x: 1 }, { x: 2 }]).compute()).getChild('x')?.get(1); // 2n
   */
  async compute(options: FrameOptions = {}): Promise<Table> {
    checkFrameOptions('compute', options);
    const { arrowTable } = await import('../late.js');
    return arrowTable(await this.all(options));
  }

  /**
   * All rows as objects. Integers of 64 bits are numbers where those are exact, else bigints; `int64` asks for always the one or the other.
   * Decimals are the numbers nearest to them, which keep 15 digits; `decimal: 'string'` asks for text with all digits. Those in lists
   * and structs are numbers in any case: cast the column to `string` before it becomes one, where 15 digits are too few.
   *
   * @example
   * await fromRows([{ x: 1 }]).rows(); // [ { x: 1 } ]
   * await fromRows([{ x: 1 }]).rows({ int64: 'bigint' }); // [ { x: 1n } ]
   * const prices = fromRows([{ x: '0.10' }]).select({ x: col('x').cast('decimal') });
   * await prices.rows({ decimal: 'string' }); // [ { x: '0.100000' } ]
   */
  rows(
    options: FrameOptions & { readonly int64?: Int64As; readonly decimal: 'string' },
  ): Promise<Row<WithTextDecimals<S>>[]>;
  rows(options?: FrameOptions & { readonly int64?: Int64As; readonly decimal?: 'number' }): Promise<Row<S>[]>;
  async rows(options: FrameOptions & ReadOptions = {}): Promise<unknown[]> {
    const rows: Record<string, unknown>[] = [];
    checkFrameOptions('rows', options, ['int64', 'decimal']);
    for await (const batch of this.computed(options)) rowsOf(batch, rows, options);
    return rows;
  }

  /**
   * Computes the rows and keeps them in the engine: on one machine in files of its spill directory, on a cluster with its workers, each partition where it was
   * computed. The frame that it gives, and all that is made of it, reads them from there, on that engine.
   *
   * Locally there is one partition, unless `partitions` says more.
   *
   * @returns a frame of known partitions; they are given up by `using`, by `release()`, or when no frame that reads them is in use any more
   * @throws as `rows`
   * @example
   * using held = await fromRows([{ x: 1 }, { x: 2 }]).filter(col('x').gt(1)).persist();
   * await held.count(); // 1
   * await held.rows(); // [ { x: 2 } ]
   */
  async persist(options: FrameOptions = {}): Promise<PersistedFrame<S>> {
    checkFrameOptions('persist', options);
    const { persistPlan } = await import('../late.js');
    return persistPlan<S>(this.plan, options);
  }

  /**
   * Computes the rows and keeps them in the engine, as `persist` does; the rows of each partition, a list of objects, are a delayed value, for functions that are called with a
   * whole partition. What functions take a batch at a time, as typed arrays, `mapPartitions` gives them without such objects.
   *
   * @returns a delayed value for each partition, in order; they are given up when they are in use no more
   * @throws as `rows`
   * @example
   * const parts = await fromRows([{ x: 1 }, { x: 2 }, { x: 3 }]).toDelayed({ partitions: 2 });
   * const size = delayed((rows: readonly unknown[]) => rows.length);
   * await compute(parts.map((part) => size(part))); // [ 1, 2 ]
   */
  async toDelayed(options: FrameOptions = {}): Promise<Delayed<Row<S>[]>[]> {
    checkFrameOptions('toDelayed', options);
    const { delayedOfPlan } = await import('../late.js');
    return delayedOfPlan<S>(this.plan, options);
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
    for await (const batch of this.batches()) {
      const rows: Record<string, unknown>[] = [];
      rowsOf(batch, rows);
      yield* rows as Row<S>[];
    }
  }

  /**
   * All rows by columns: numbers and times as typed arrays (dates in days, times in microseconds), others as arrays.
   *
   * @example
   * const { columns } = await fromColumns({ x: Float64Array.of(1, 2) }).toColumns();
   * columns[0]?.values; // Float64Array(2) [ 1, 2 ]
   */
  async toColumns(options: FrameOptions = {}): Promise<Batch> {
    checkFrameOptions('toColumns', options);
    return concatBatches(await this.all(options), { rows: 0, columns: [] });
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
  async toArray(
    columns?: Names<S> | readonly Names<S>[],
    options: ToArrayOptions = {},
  ): Promise<TileArray<DType>> {
    checkFrameOptions('toArray', options, ['chunkRows']);
    const { arrayOfPlan } = await import('../late.js');
    return arrayOfPlan(this.plan, columns, options);
  }

  /**
   * Rows as they are computed, a batch of some tens of thousands at a time: what is not taken is not computed.
   *
   * @example
   * let seen = 0;
   * for await (const { rows } of fromRows([{ x: 1 }, { x: 2 }]).batches()) seen += rows;
   * seen; // 2
   */
  async *batches(options: FrameOptions = {}): AsyncGenerator<Batch, void, void> {
    checkFrameOptions('batches', options);
    yield* this.computed(options);
  }

  /**
   * Rows as they are computed, as Arrow record batches: for what takes a stream of them.
   *
   * @example
   * let seen = 0;
   * for await (const batch of fromRows([{ x: 1 }, { x: 2 }]).arrowBatches()) seen += batch.numRows;
   * seen; // 2
   */
  async *arrowBatches(options: FrameOptions = {}): AsyncGenerator<RecordBatch, void, void> {
    checkFrameOptions('arrowBatches', options);
    const { arrowBatches } = await import('../late.js');
    yield* arrowBatches(this.computed(options));
  }

  /**
   * How many rows there are.
   *
   * @example
   * await fromRows([{ x: 1 }, { x: 2 }]).filter(col('x').gt(1)).count(); // 1
   */
  async count(options: FrameOptions = {}): Promise<number> {
    checkFrameOptions('count', options);
    const plan = make.aggregate(
      this.plan,
      [],
      [{ name: 'count', expr: freeze({ kind: 'aggregate', fn: 'size', args: [] }) }],
    );
    for await (const { columns } of this.of(plan).batches(options)) return Number(columns[0]!.values[0]);
    return 0;
  }

  private async *computed(options: FrameOptions): AsyncGenerator<Batch, void, void> {
    const { batchesOf } = await import('../late.js');
    yield* batchesOf(this.plan, options);
  }

  private async all(options: FrameOptions): Promise<Batch[]> {
    const batches: Batch[] = [];
    for await (const batch of this.computed(options)) batches.push(batch);
    return batches;
  }
}
