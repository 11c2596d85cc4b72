import type { Engine } from '../../engine/engine.js';
import type { Key } from '../../graph/task.js';
import { type AnyFrame, DataFrame } from '../frame.js';
import { Holding } from '../plan/holding.js';
import * as make from '../plan/make.js';
import { engineOf } from '../plan/place.js';
import type { HeldSource } from '../plan/source.js';
import type { AnySchema, ColumnTypes, Schema } from '../types.js';

/**
 * A frame whose rows an engine holds, in known partitions: what is made of it reads them from there. They are given up by `release`, at the end of a block with
 * `using`, or when neither this frame nor any that is made of it is in use any more. Made by `persist`.
 */
export class PersistedFrame<in out S = AnySchema> extends DataFrame<S> implements Disposable {
  private get source(): HeldSource {
    return (this.plan as { readonly source?: HeldSource }).source!;
  }

  /**
   * How many partitions there are.
   *
   * @example
   * using held = await fromRows([{ x: 1 }, { x: 2 }]).persist({ partitions: 2 });
   * held.partitions; // 2
   */
  get partitions(): number {
    return this.source.holding.parts.length;
  }

  /**
   * The rows of one partition, as a frame.
   *
   * @throws RangeError where there is no such partition
   * @example
   * using held = await fromRows([{ x: 1 }, { x: 2 }]).persist({ partitions: 2 });
   * await held.partition(1).rows(); // [ { x: 2 } ]
   */
  partition(index: number): DataFrame<S> {
    if (!Number.isInteger(index) || index < 0 || index >= this.partitions)
      throw new RangeError(
        `partition: there are ${this.partitions} partitions, numbered from 0; there is no ${index}`,
      );
    return new DataFrame(make.scan(Object.freeze({ ...this.source, part: index }), this.columns));
  }

  /**
   * Gives the rows up. What is made of this frame and not computed yet cannot be computed any more.
   *
   * @example
   * const held = await fromRows([{ x: 1 }]).persist();
   * held.release();
   * await held.rows(); // throws FrameError: a frame that was persisted is read, and it was released
   */
  release(): void {
    this.source.holding.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** The frame of what an engine holds. */
export function persistedFrame<S>(
  holding: Holding,
  schema: Schema,
  columns: readonly string[],
): PersistedFrame<S> {
  const source: HeldSource = Object.freeze({ from: 'held', schema, holding });
  return new PersistedFrame(make.scan(source, columns));
}

/** A frame that a cluster holds, as data: for another program. */
export interface FrameHandle {
  readonly columns: readonly string[];
  readonly schema: Schema;
  readonly types: ColumnTypes;
  readonly parts: readonly { readonly key: Key; readonly bytes: number }[];
}

/**
 * Undefined where the frame is not what `persist` gave.
 *
 * @throws FrameError as `engineOf`
 */
export function frameHandleOf({ plan }: AnyFrame, engine: Engine): FrameHandle | undefined {
  if (plan.kind !== 'scan' || plan.source.from !== 'held' || plan.source.part !== undefined) return undefined;
  engineOf(plan, engine);
  const { schema, holding } = plan.source;
  const parts = holding.parts.flatMap(({ at, bytes }) => ('key' in at ? [{ key: at.key, bytes }] : []));
  return parts.length === holding.parts.length
    ? { columns: plan.columns, schema, types: holding.types, parts }
    : undefined;
}

/** The frame of partitions that an engine holds for this program. */
export function heldFrame(
  { columns, schema, types, parts }: FrameHandle,
  engine: Engine,
): PersistedFrame<Schema> {
  const keys = parts.map(({ key }) => key);
  const held = parts.map(({ key, bytes }) => ({ at: { key }, bytes }));
  return persistedFrame(new Holding(engine, types, held, () => engine.release(keys)), schema, columns);
}
