import { typeText } from './column-type.js';
import { FrameError } from './errors.js';
import { childrenOf, columnsOf, type ExprNode, hasAggregate } from './expr/node.js';
import { printExpr, printName } from './expr/print.js';
import * as make from './plan/make.js';
import { incomparable, joinMismatch, mismatch, type Typed } from './plan/mismatch.js';
import type { PlanNode } from './plan/node.js';
import { inputsOf } from './plan/walk.js';
import type { Schema } from './types.js';

/** Finds the columns of a plan and their types, or throws what DuckDB has against it. */
type Describe = (plan: PlanNode) => Promise<Schema>;

/**
 * The error of a plan that DuckDB refuses, in the words of the plan: which expression, of columns of which types. DuckDB's own name neither; what it refuses is
 * found by asking for ever smaller parts of the plan. Other errors are as they were.
 *
 * @param typed makes the plan, with nothing in it that DuckDB does not compute
 */
export async function blamed(
  error: unknown,
  typed: () => Promise<PlanNode>,
  describe: Describe,
): Promise<unknown> {
  if (!(error instanceof FrameError)) return error;
  if (error.name !== 'FrameError' || !/\b(Binder|Conversion) Error:/.test(String(error.cause))) return error;
  try {
    const [, column] = /when casting from source column (.*)/.exec(String(error.cause)) ?? [];
    const said = await new Search(describe, column).reason(await typed());
    return said === undefined ? error : new FrameError(said, { cause: error.cause });
  } catch {
    // The search is no reason for another error.
    return error;
  }
}

class Search {
  /** @param column of whose values one could not be converted, where DuckDB says it */
  constructor(
    private readonly describe: Describe,
    private readonly column: string | undefined,
  ) {}

  async reason(plan: PlanNode): Promise<string | undefined> {
    const node = await this.refusedNode(plan);
    return node ? this.ofNode(node) : this.ofJoins(plan);
  }

  private async refuses(plan: PlanNode): Promise<boolean> {
    return this.describe(plan).then(
      () => false,
      () => true,
    );
  }

  /** The node that is refused over inputs that are not. */
  private async refusedNode(plan: PlanNode): Promise<PlanNode | undefined> {
    if (!(await this.refuses(plan))) return undefined;
    for (let node = plan; ; ) {
      let below: PlanNode | undefined;
      for (const input of inputsOf(node)) if (!below && (await this.refuses(input))) below = input;
      if (!below) return node;
      node = below;
    }
  }

  private async ofNode(node: PlanNode): Promise<string | undefined> {
    if (node.kind === 'join') return this.ofPairs(node);
    if (node.kind === 'unpivot' || node.kind === 'explode') {
      const names = node.kind === 'explode' ? node.lists : node.values;
      const types = await this.describe(make.pick(node.input, names));
      const of = names.map((name) => `${printName(name)} is ${typeText(types[name]!)}`).join(', ');
      return node.kind === 'explode'
        ? `explode takes columns of lists: ${of}`
        : `melt puts values into one column: ${of}; convert them to one type before, by cast({ … })`;
    }
    for (const [expr, input] of expressionsOf(node))
      if (await this.refusesExpr(expr, input)) return this.ofExpr(expr, input);
    return undefined;
  }

  private refusesExpr(expr: ExprNode, input: PlanNode): Promise<boolean> {
    const items = [{ name: 'r', expr }];
    return this.refuses(hasAggregate(expr) ? make.aggregate(input, [], items) : make.project(input, items));
  }

  /** Of the smallest part that is refused. */
  private async ofExpr(whole: ExprNode, input: PlanNode): Promise<string | undefined> {
    let expr = whole;
    for (let below: ExprNode | undefined = whole; below; ) {
      expr = below;
      below = undefined;
      for (const child of childrenOf(expr))
        if (!below && child.kind !== 'literal' && (await this.refusesExpr(child, input))) below = child;
    }
    const parts = childrenOf(expr).filter(({ kind }) => kind !== 'literal');
    const typed = await Promise.all(
      parts.map(async (part): Promise<Typed> => {
        const items = [{ name: 'r', expr: part }];
        const plan = hasAggregate(part) ? make.aggregate(input, [], items) : make.project(input, items);
        return [part, (await this.describe(plan)).r!];
      }),
    );
    return typed.length === 0 ? undefined : mismatch(expr, typed);
  }

  /** Of keys that a join compares, of which one is text and was converted, as DuckDB does it without being asked. */
  private async ofJoins(plan: PlanNode): Promise<string | undefined> {
    for (const stack = [plan]; stack.length > 0; ) {
      const node = stack.pop()!;
      stack.push(...inputsOf(node));
      const said = node.kind === 'join' ? await this.ofPairs(node) : undefined;
      if (said !== undefined) return said;
    }
    return undefined;
  }

  private async ofPairs({
    left,
    right,
    on,
    asof,
  }: Extract<PlanNode, { kind: 'join' }>): Promise<string | undefined> {
    const typeOf = async (expr: ExprNode, input: PlanNode) =>
      (await this.describe(make.project(input, [{ name: 'r', expr }]))).r!;
    for (const pair of asof ? [...on, asof] : on) {
      const sides = [pair.left, pair.right];
      if (this.column !== undefined && !sides.some((side) => columnsOf(side).has(this.column!))) continue;
      const [one, other] = [await typeOf(pair.left, left), await typeOf(pair.right, right)];
      if (incomparable(one, other))
        return joinMismatch(printExpr(pair.left), one, printExpr(pair.right), other);
    }
    return undefined;
  }
}

/** The expressions of a node that has one input, and over what they are. */
function expressionsOf(node: PlanNode): readonly (readonly [ExprNode, PlanNode])[] {
  switch (node.kind) {
    case 'scan':
      return node.filters.map((expr) => [expr, { ...node, filters: [] }]);
    case 'project':
      return node.items.map(({ expr }) => [expr, node.input]);
    case 'filter':
      return [[node.predicate, node.input]];
    case 'aggregate':
      return [...node.keys, ...node.items].map(({ expr }) => [expr, node.input]);
    case 'sort':
      return node.keys.map(({ expr }) => [expr, node.input]);
    default:
      return [];
  }
}
