import { isLazy, LAZY, type Lazy } from '../../lazy/index.js';
import { DataFrame } from '../frame.js';
import { checkDeclared } from '../map/declared.js';
import * as make from '../plan/make.js';
import type { DelayedSource } from '../plan/source.js';
import type { Schema } from '../types.js';

/** What the parts of a frame of delayed values will be. */
export interface FrameFromDelayedOptions<X> {
  /** Names and types of the columns of every part: what it turns out to be is checked against them. */
  readonly schema: X;
}

/**
 * A frame whose partitions are what delayed values, or futures, will be: columns by their names (typed arrays, arrays of values with nulls, `{ values, valid }`), rows as a
 * list of objects, or the bytes of an Arrow stream (`tableToIPC(table)`; what a function of Python returns of pandas). They are computed when the frame is, where the
 * engine computes: on a cluster they do not come to the program.
 *
 * @param parts one for each partition, in the order of the rows
 * @throws TypeError where a part is not lazy, or a type is none; where a part turns out to be something else, the computation fails with a FunctionError that
 *   says which, and what is wrong
 * @example
 * const load = delayed((day: number) => [{ day, n: 2 * day }, { day, n: null }]);
 * const days = frameFromDelayed([1, 2].map((day) => load(day)), { schema: { day: 'int32', n: 'float64' } });
 * await days.filter(col('n').isNotNull()).rows(); // [ { day: 1, n: 2 }, { day: 2, n: 4 } ]
 */
export function frameFromDelayed<const X extends Schema>(
  parts: Iterable<Lazy>,
  { schema }: FrameFromDelayedOptions<X>,
): DataFrame<X> {
  checkDeclared('frameFromDelayed', schema);
  const inputs = [...parts].map((part, i) => {
    if (!isLazy(part))
      throw new TypeError(
        `frameFromDelayed: part ${i} is no delayed value and no future; of rows that are there fromRows makes a frame`,
      );
    return part[LAZY].input();
  });
  if (inputs.length === 0)
    throw new TypeError(
      'frameFromDelayed: there is no part; a frame without rows is fromRows([], { schema })',
    );
  const source: DelayedSource = Object.freeze({ from: 'delayed', schema, parts: Object.freeze(inputs) });
  return new DataFrame(make.scan(source, Object.keys(schema)));
}
