import { checkOptions } from '../../engine/known-options.js';
import {
  type DataFrame,
  type FrameFromDelayedOptions,
  frameFromDelayed,
  type Schema,
} from '../../frame/index.js';
import { COMPUTE_OPTIONS } from '../../lazy/index.js';
import { type WriteTextOptions, writeText } from '../write-text.js';
import { GroupMethods } from './groups.js';

/** Where bags go to. */
export abstract class WritingMethods<T> extends GroupMethods<T> {
  /**
   * Writes the elements, which are texts, as lines: a file for each partition, gzip where its name ends in `.gz`. On a cluster workers write them, and must
   * see the same directories as the program. Nothing is at any path before all are written, and of a write that fails nothing is left.
   *
   * @param path a pattern with one `*`, which stands for the number of the partition, or a list of paths
   * @returns the paths
   * @throws TypeError where the path is none of these, RangeError where paths are not as many as partitions; Error where one exists, unless `overwrite`, or
   *   cannot be written; TaskError where an element is no text
   * @example
   * await bag.fromSequence(['a', 'b', 'c'], { partitions: 2 }).toTextFiles('letters-*.txt'); // [ 'letters-0.txt', 'letters-1.txt' ]
   * await bag.readText('letters-*.txt').compute(); // [ 'a', 'b', 'c' ]
   */
  toTextFiles(
    this: WritingMethods<string>,
    path: string | readonly string[],
    options: WriteTextOptions = {},
  ): Promise<string[]> {
    checkOptions('toTextFiles', options, ['overwrite', ...COMPUTE_OPTIONS]);
    return writeText(this.plan, path, options);
  }

  /**
   * A dataframe of the elements, which are objects: a partition each.
   *
   * @throws TypeError where a type of the schema is none; when computed FunctionError where an element is something else than `schema` says
   * @example
   * const people = bag.fromSequence([{ name: 'Ada', age: 36 }, { name: 'Bob', age: 41 }]);
   * await people.toFrame({ schema: { name: 'string', age: 'int32' } }).filter(col('age').gt(40)).rows(); // [ { name: 'Bob', age: 41 } ]
   */
  toFrame<const X extends Schema>(options: FrameFromDelayedOptions<X>): DataFrame<X> {
    return frameFromDelayed(this.toDelayed(), options);
  }
}
