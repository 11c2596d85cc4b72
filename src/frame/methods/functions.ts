import type { ModuleFunction } from '../../graph/given-function.js';
import type { DataFrame } from '../frame.js';
import {
  type ApplyOptions,
  type ArrowFunction,
  applyPlan,
  type BatchFunction,
  type MapOptions,
  mapPlan,
  type RowFunction,
} from '../map/make.js';
import type { With } from '../schemas.js';
import type { Schema } from '../types.js';
import { ShapeVerbs } from './shape.js';

/** Functions of the user over batches and rows. */
export abstract class FunctionVerbs<in out S> extends ShapeVerbs<S> {
  /**
   * A function of yours over batches of rows, run in the engine's threads: it gets columns as typed arrays, and returns the columns that
   * `schema` declares, as many rows as it likes. Batches come in the order of rows, and so do results. The function travels as source text:
   * what it uses from outside of itself is named in `captured`. Decimals, also in lists and structs, are the float64 nearest to them; a column that is cast to
   * `string` before keeps all digits.
   *
   * @throws UnshippableFunctionError naming what the function uses and nothing provides. When computed: FunctionError where it threw (with
   *   its stack and the rows) or returned what `schema` does not say
   * @example
   * const frame = fromColumns({ x: Float64Array.of(1, 4, 9) }, { schema: { x: 'float64' } });
   * const roots = frame.mapPartitions(({ columns: { x } }) => ({ root: x.values.map(Math.sqrt) }), { schema: { root: 'float64' } });
   * await roots.rows(); // [{ root: 1 }, { root: 2 }, { root: 3 }]
   */
  mapPartitions<const X extends Schema>(
    fn: ArrowFunction<X>,
    options: MapOptions<X> & { readonly arrow: true },
  ): DataFrame<X>;
  mapPartitions<const X extends Schema>(
    fn: BatchFunction<S, X> | ModuleFunction,
    options: MapOptions<X> & { readonly arrow?: false },
  ): DataFrame<X>;
  mapPartitions<const X extends Schema>(fn: unknown, options: MapOptions<X>): DataFrame<X> {
    return this.of(mapPlan(this.plan, fn, options));
  }

  /**
   * A function of yours for each row, run in the engine's threads: it gets the row as an object and returns an object of the columns that
   * `schema` declares, or the value itself where that is one. Only the columns that the function reads are given to it. With `keep` the
   * frame's columns stay beside the new ones. Decimals are the numbers nearest to them, as in `mapPartitions`.
   *
   * @throws as `mapPartitions`; ColumnError where the function reads a column that is none
   * @example
   * const frame = fromRows([{ name: 'Ada', age: 36 }, { name: 'Bob', age: null }]);
   * await frame.apply((row) => row.age === null ? null : (row.name ?? '').length * 100, { schema: { n: 'int32' } }).rows(); // [{ n: 300 }, { n: null }]
   */
  apply<const X extends Schema>(
    fn: RowFunction<S, X> | ModuleFunction,
    options: ApplyOptions<X> & { readonly keep: true },
  ): DataFrame<With<S, X>>;
  apply<const X extends Schema>(
    fn: RowFunction<S, X> | ModuleFunction,
    options: ApplyOptions<X>,
  ): DataFrame<X>;
  apply<const X extends Schema>(fn: unknown, options: ApplyOptions<X>): DataFrame {
    return this.of(applyPlan(this.plan, fn, options));
  }
}
