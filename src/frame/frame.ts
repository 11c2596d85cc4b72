import type { Table } from 'apache-arrow';
import { WritingVerbs } from './methods/writing.js';
import type { FrameOptions } from './options.js';
import type { PlanNode } from './plan/node.js';
import type { Batch } from './result/column.js';
import type { AnySchema, SchemaLike } from './types.js';

/**
 * A frame of whatever columns: what functions take that need not know them. A `DataFrame` of no schema is no such thing: to the compiler its columns
 * are unknown, not arbitrary.
 */
export interface AnyFrame {
  readonly plan: PlanNode;
  readonly columns: readonly string[];
  explain(options?: { readonly optimized?: boolean }): string;
  explainPartitions(partitions: number, options?: FrameOptions): Promise<string>;
  schema(options?: FrameOptions): Promise<object>;
  toText(rows?: number, options?: FrameOptions): Promise<string>;
  toHtml(rows?: number, options?: FrameOptions): Promise<string>;
  compute(options?: FrameOptions): Promise<Table>;
  rows(options?: FrameOptions): Promise<Readonly<Record<string, unknown>>[]>;
  toColumns(options?: FrameOptions): Promise<Batch>;
  batches(options?: FrameOptions): AsyncGenerator<Batch, void, void>;
  count(options?: FrameOptions): Promise<number>;
}

/**
 * A lazy frame: named, typed columns, and the plan that makes their rows. It holds no data and is never changed: every verb gives a new
 * one. What is wrong with names is said by the verb, what is wrong with types before the first row is computed.
 *
 * @example
 * const frame = fromRows([{ x: 1, y: 'a' }, { x: 2, y: 'b' }]);
 * await frame.filter(col('x').gt(1)).rows(); // [{ x: 2, y: 'b' }]
 */
export class DataFrame<in out S = AnySchema> extends WritingVerbs<S> {
  /**
   * The same frame, of which the program knows the types: `frame.withTypes<{ x: 'int64' }>()`. Nothing is checked or converted.
   *
   * @example
   * const frame = fromColumns({ x: [1, 2] }).withTypes<{ x: 'int64' }>();
   * await frame.filter(col('x').gt(1)).rows(); // [ { x: 2 } ]
   */
  withTypes<X extends SchemaLike<X>>(): DataFrame<X> {
    return new DataFrame(this.plan);
  }

  protected of<X>(plan: PlanNode): DataFrame<X> {
    return new DataFrame(plan);
  }
}
