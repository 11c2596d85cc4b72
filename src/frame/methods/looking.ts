import { checkOptions } from '../../engine/known-options.js';
import { pictureToSvg } from '../../watch/visualize.js';
import type { DataFrame } from '../frame.js';
import { explainPlan, optimize } from '../optimize/index.js';
import { checkFrameOptions, type FrameOptions } from '../options.js';
import * as make from '../plan/make.js';
import { pictureOfPlan } from '../plan/picture.js';
import { type Batch, concatBatches } from '../result/column.js';
import type { Correlated, Described, NumericNames } from '../schemas.js';
import type { Names } from '../types.js';
import { wholeNumber } from './core.js';
import { FunctionVerbs } from './functions.js';

/** What a frame says of itself. */
export abstract class LookingVerbs<in out S> extends FunctionVerbs<S> {
  /**
   * Statistics of the columns: how many values and nulls, mean, standard deviation, extremes and quartiles. Types are looked for, nothing else is
   * computed.
   *
   * @example
   * const frame = await fromRows([{ x: 1 }, { x: 4 }]).describe();
   * await frame.filter(col('statistic').isIn(['mean', 'max'])).rows(); // [{ statistic: 'mean', x: 2.5 }, { statistic: 'max', x: 4 }]
   */
  async describe(options: FrameOptions = {}): Promise<DataFrame<Described<S>>> {
    checkFrameOptions('describe', options);
    const { describePlan } = await import('../late.js');
    return this.of(await describePlan(this.plan, options));
  }

  /**
   * Pearson's correlations of some columns, or of all of numbers: a row and a column for each.
   *
   * @throws TypeError where there is no column of numbers
   * @example
   * const frame = fromRows([{ x: 1, y: 2 }, { x: 2, y: 4 }, { x: 3, y: 6 }]);
   * await (await frame.corr('x', 'y')).rows(); // [{ column: 'x', x: 1, y: 1 }, { column: 'y', x: 1, y: 1 }]
   */
  async corr<const N extends Names<S> = NumericNames<S> & Names<S>>(
    ...names: readonly N[]
  ): Promise<DataFrame<Correlated<N>>> {
    const { pairsPlan } = await import('../late.js');
    return this.of(await pairsPlan('corr', this.plan, names, {}));
  }

  /**
   * Covariances of the sample of some columns, or of all of numbers: a row and a column for each.
   *
   * @throws TypeError where there is no column of numbers
   * @example
   * const frame = fromRows([{ x: 1, y: 2 }, { x: 2, y: 4 }, { x: 3, y: 6 }]);
   * await (await frame.cov('x', 'y')).rows(); // [{ column: 'x', x: 1, y: 2 }, { column: 'y', x: 2, y: 4 }]
   */
  async cov<const N extends Names<S> = NumericNames<S> & Names<S>>(
    ...names: readonly N[]
  ): Promise<DataFrame<Correlated<N>>> {
    const { pairsPlan } = await import('../late.js');
    return this.of(await pairsPlan('cov', this.plan, names, {}));
  }

  /**
   * The plan as text, as it was written and as it is computed: the last step first, what it is made from below it. With `optimized`
   * only one of the two.
   *
   * @example
   * const frame = fromRows([{ x: 1, y: 2, z: 3 }]).select('x', 'y').filter(col('x').gt(1)).select('y');
   * frame.explain({ optimized: true }); // 'scan memory (1 rows) [y] where (x > 1)'
   */
  explain(options: { readonly optimized?: boolean } = {}): string {
    checkOptions('explain', options, ['optimized']);
    return explainPlan(this.plan, options.optimized);
  }

  /**
   * How the plan is computed in partitions (`compute({ partitions })`): the fragments, and the exchanges between them. What is little is in one; `broadcastBytes: 0`
   * shows it as if it were much.
   *
   * @throws RangeError where `partitions` is no whole number from 1
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 2 }]).groupBy('g').agg({ n: count() });
   * const text = await frame.explainPartitions(4, { broadcastBytes: 0 });
   * text.split('\n')[0]; // '1: 4 tasks'
   */
  async explainPartitions(partitions: number, options: FrameOptions = {}): Promise<string> {
    checkFrameOptions('explainPartitions', options);
    const { partitionsText } = await import('../late.js');
    return partitionsText(this.plan, partitions, options);
  }

  /**
   * The plan as a picture (SVG), from left to right: as it is computed, or as it was written with `optimized: false`.
   *
   * @example
   * fromRows([{ x: 1 }]).filter(col('x').gt(0)).visualize().startsWith('<svg'); // true
   */
  visualize(options: { readonly optimized?: boolean } = {}): string {
    checkOptions('visualize', options, ['optimized']);
    const plan = options.optimized === false ? this.plan : optimize(this.plan);
    const picture = pictureOfPlan(plan);
    const steps = picture.boxes.length === 1 ? '1 step' : `${picture.boxes.length} steps`;
    return pictureToSvg(picture, `${steps} to ${plan.columns.join(', ')}`);
  }

  /**
   * Names and types of the columns. What cannot be computed, for its types, is said here.
   *
   * @example
   * await fromRows([{ x: 1, y: 'a' }]).select({ z: col('x').div(2) }).schema(); // { z: 'float64' }
   */
  async schema(options: FrameOptions = {}): Promise<S> {
    checkFrameOptions('schema', options);
    const { schemaOf } = await import('../late.js');
    return (await schemaOf(this.plan, options)) as S;
  }

  /**
   * As it is printed: the first rows.
   *
   * @example
   * const text = await fromRows([{ x: 1, y: 'a' }]).toText();
   * text.split('\n')[0]; // '    x  y'
   */
  async toText(rows = 10, options: FrameOptions = {}): Promise<string> {
    wholeNumber('toText', rows);
    checkFrameOptions('toText', options);
    const batch = await this.firstRows(rows + 1, options);
    const { tableText } = await import('../late.js');
    return tableText(cut(batch, rows), batch.rows > rows);
  }

  /**
   * The first rows as HTML.
   *
   * @example
   * (await fromRows([{ x: 1 }]).toHtml()).startsWith('<table'); // true
   */
  async toHtml(rows = 10, options: FrameOptions = {}): Promise<string> {
    wholeNumber('toHtml', rows);
    checkFrameOptions('toHtml', options);
    const batch = await this.firstRows(rows + 1, options);
    const { tableHtml } = await import('../late.js');
    return tableHtml(cut(batch, rows), batch.rows > rows);
  }

  private async firstRows(count: number, options: FrameOptions): Promise<Batch> {
    const batches: Batch[] = [];
    const { batchesOf } = await import('../late.js');
    for await (const batch of batchesOf(make.limit(this.plan, count), options)) batches.push(batch);
    return concatBatches(batches, { rows: 0, columns: [] });
  }
}

const cut = (batch: Batch, rows: number): Batch => (batch.rows > rows ? { ...batch, rows } : batch);
