import { columnNode, type ExprNode, hasAggregate, mapChildren } from './expr/node.js';
import { DataFrame, itemsOf, type Named, type SchemaOfNamed } from './frame.js';
import {
  type BatchFunction,
  type GroupApplyOptions,
  groupApplyPlan,
  type ModuleFunction,
} from './map/make.js';
import { checkExpr, checkUnique } from './plan/check.js';
import * as make from './plan/make.js';
import type { Item, PlanNode } from './plan/node.js';
import type { Names, Schema, Simplify } from './types.js';

/** Groups of rows, to be aggregated. */
export class GroupBy<S, K> {
  constructor(
    private readonly plan: PlanNode,
    private readonly keys: readonly Item[],
  ) {}

  /**
   * A row for each group: its keys, and aggregates by name. Groups come in no order: sort them.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'a', x: 2 }, { g: 'b', x: 3 }]);
   * await frame.groupBy('g').agg({ n: count(), sum: col('x').sum() }).sort('g').rows(); // [{ g: 'a', n: 2, sum: 3 }, { g: 'b', n: 1, sum: 3 }]
   */
  agg<const A extends Named<Names<S>>>(aggregates: A): DataFrame<Simplify<K & SchemaOfNamed<A, S>>> {
    const items = itemsOf(aggregates as Named<string>);
    for (const { name, expr } of items) {
      checkExpr('agg', expr, this.plan.columns);
      this.checkGrouped(name, expr);
    }
    checkUnique(
      'agg',
      [...this.keys, ...items].map(({ name }) => name),
    );
    return new DataFrame(make.aggregate(this.plan, this.keys, items));
  }

  /**
   * A function of yours over the rows of each group, in their order, run in the engine's threads: it gets columns as typed arrays and
   * returns the columns that `schema` declares. Its rows stand beside the keys of their group; groups come in the order of their keys.
   *
   * @example
   * const frame = fromRows([{ g: 'a', x: 1 }, { g: 'b', x: 5 }, { g: 'a', x: 4 }]);
   * const spread = frame.groupBy('g').apply(({ columns: { x } }) => ({ spread: [x.get(x.length - 1) - x.get(0)] }), { schema: { spread: 'float64' } });
   * await spread.rows(); // [{ g: 'a', spread: 3 }, { g: 'b', spread: 0 }]
   */
  apply<const X extends Schema>(
    fn: BatchFunction<S, X> | ModuleFunction,
    options: GroupApplyOptions<X>,
  ): DataFrame<Simplify<K & X>> {
    return new DataFrame(groupApplyPlan(this.plan, this.keys, fn, options));
  }

  /** How many rows each group has, as column `count`. */
  count(): DataFrame<Simplify<K & { readonly count: 'int64' }>> {
    const items: Item[] = [{ name: 'count', expr: { kind: 'aggregate', fn: 'size', args: [] } }];
    checkUnique(
      'count',
      [...this.keys, ...items].map(({ name }) => name),
    );
    return new DataFrame(make.aggregate(this.plan, this.keys, items));
  }

  sum(...names: readonly Names<S>[]): DataFrame {
    return this.each('sum', names);
  }
  mean(...names: readonly Names<S>[]): DataFrame {
    return this.each('mean', names);
  }
  min(...names: readonly Names<S>[]): DataFrame {
    return this.each('min', names);
  }
  max(...names: readonly Names<S>[]): DataFrame {
    return this.each('max', names);
  }
  median(...names: readonly Names<S>[]): DataFrame {
    return this.each('median', names);
  }
  std(...names: readonly Names<S>[]): DataFrame {
    return this.each('std', names);
  }
  nunique(...names: readonly Names<S>[]): DataFrame {
    return this.each('nunique', names);
  }

  /** The same aggregate of some columns, or of all that are no keys, under their own names. */
  private each(fn: string, names: readonly string[]): DataFrame {
    const keys = this.keys.map(({ name }) => name);
    const columns = names.length > 0 ? names : this.plan.columns.filter((name) => !keys.includes(name));
    const items = columns.map((name): Item => {
      const expr: ExprNode = { kind: 'aggregate', fn, args: [columnNode(name)] };
      checkExpr(fn, expr, this.plan.columns);
      return { name, expr };
    });
    return new DataFrame(make.aggregate(this.plan, this.keys, items));
  }

  private checkGrouped(name: string, expr: ExprNode): void {
    const loose = looseColumn(expr);
    if (loose !== undefined || !hasAggregate(expr))
      throw new TypeError(
        `agg: ${JSON.stringify(name)} has ${loose === undefined ? 'no aggregate' : `the column ${JSON.stringify(loose)} outside of an aggregate`}; say which value of a group is meant: sum(), mean(), first(), …`,
      );
  }
}

/** A column that stands outside of an aggregate. */
function looseColumn(node: ExprNode): string | undefined {
  if (node.kind === 'column') return node.name;
  if (node.kind === 'aggregate') return undefined;
  let found: string | undefined;
  mapChildren(node, (child) => {
    found ??= looseColumn(child);
    return child;
  });
  return found;
}
