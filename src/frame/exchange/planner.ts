import { tokenize } from '../../graph/key.js';
import type { Key } from '../../graph/task.js';
import {
  callNode,
  columnNode,
  columnsOf,
  type ExprNode,
  hasWindow,
  literalNode,
  mapChildren,
  some,
  type WindowNode,
} from '../expr/node.js';
import * as make from '../plan/make.js';
import type {
  AggregatePlan,
  DistinctNode,
  LimitNode,
  PlanNode,
  ProjectNode,
  SortNode,
  SqlNode,
  UnionNode,
} from '../plan/node.js';
import { AGGREGATE } from '../sql/functions.js';
import { partialPlans } from './aggregate.js';
import { aggregatesOf, type Facts } from './facts.js';
import { planJoin } from './join.js';
import {
  carried,
  columnsOfParts,
  forgetOrder,
  IN_PLACE,
  itself,
  mapParts,
  NO_ORDER,
  ORDER,
  PARTITION_OF_PLACE,
  type Parts,
  pickParts,
  readTasks,
  shift,
  type Together,
  withPlaces,
} from './parts.js';
import { sizeOf, splitScan } from './split.js';
import {
  boundariesTask,
  type Fragment,
  type FrameGraph,
  type FrameTask,
  fragmentTask,
  type Output,
} from './task.js';

export interface PlannerOptions {
  /** How many partitions there are to be. */
  readonly partitions: number;
  /** Bytes up to which a side of a join is given to every partition of the other. */
  readonly broadcastBytes: number;
  /** Whether the result is to be one fragment, that does nothing but read. */
  readonly gathered?: boolean;
}

/** With more rows than this, the first of a sorted relation are found by sorting it. */
const MOST_TOP_ROWS = 1e6;
/** So many values of a partition are looked at to find the ranges of a sort. */
const SAMPLES = 4000;
/** What a sample is of where nobody knows how many rows there are. */
const UNKNOWN_SHARE = 0.05;
/** Partials of so many partitions are put together by one task. */
const FAN_IN = 16;

/**
 * Cuts a plan into fragments and the exchanges between them. Pure: what it must know of data is in `facts`. The rules are those of Volcano's
 * exchange (Graefe 1990): operators stay as they are, and see the rows that they need together.
 */
export function planPartitions(plan: PlanNode, facts: Facts, options: PlannerOptions): FrameGraph {
  const planner = new Planner(facts, options);
  const parts = planner.restored(planner.parts(plan));
  const result =
    options.gathered && parts.fragments.length > 1
      ? [readTasks(planner.written(parts), 0, columnsOfParts(parts))]
      : parts.fragments;
  return { tasks: planner.tasks, result };
}

export class Planner {
  readonly tasks = new Map<Key, FrameTask>();

  constructor(
    readonly facts: Facts,
    readonly options: PlannerOptions,
  ) {}

  get partitions(): number {
    return this.options.partitions;
  }

  /** A relation in partitions. */
  parts(node: PlanNode): Parts {
    switch (node.kind) {
      case 'scan':
        return {
          fragments: splitScan(node, this.partitions, this.facts).map((plan) => ({ plan, inputs: [] })),
          order: IN_PLACE,
          together: undefined,
          whole: node,
        };
      case 'project':
        return this.project(node);
      case 'filter':
        return mapParts(this.parts(node.input), (plan) => make.filter(plan, node.predicate));
      case 'explode': {
        const input = this.restored(this.parts(node.input));
        return mapParts(input, (plan) => make.explode(plan, node.lists), {
          together: kept(input.together, (name) => !node.lists.includes(name)),
        });
      }
      case 'unpivot': {
        const input = this.restored(this.parts(node.input));
        const ids = node.columns.slice(0, -2);
        return mapParts(input, (plan) => make.unpivot(plan, ids, node.values, node.variable, node.value), {
          together: kept(input.together, (name) => ids.includes(name)),
        });
      }
      case 'sample': {
        const input = this.parts(node.input);
        return {
          ...mapParts(input, (plan, i) => make.sample(plan, node.fraction, node.seed + i)),
          whole: undefined,
        };
      }
      case 'limit':
        return this.limit(node);
      case 'union':
        return this.union(node);
      case 'aggregate':
        return this.aggregate(node);
      case 'distinct':
        return this.distinct(node);
      case 'sort':
        return this.sort(node);
      case 'join':
        return planJoin(this, node);
      case 'sql':
        return this.sql(node);
      case 'map':
        throw new TypeError('a function over rows is no part of a fragment');
    }
  }

  // Exchanges

  /** Adds the task that writes a fragment. */
  write(fragment: Fragment, output: Output): Key {
    const task = fragmentTask(fragment, output);
    this.tasks.set(task.key, task);
    return task.key;
  }

  /** Every partition written, as one file each. */
  written(parts: Parts): readonly Key[] {
    return parts.fragments.map((fragment) => this.write(fragment, { by: 'one' }));
  }

  /** All rows go to the partition that an expression says. */
  exchange(
    parts: Parts,
    count: number,
    output: (fragment: Fragment) => [Fragment, Output],
    changes: Pick<Parts, 'order' | 'together'>,
  ): Parts {
    const columns = columnsOfParts(parts);
    const keys = parts.fragments.map((fragment) => this.write(...output(fragment)));
    const fragments = Array.from({ length: count }, (_, part) => readTasks(keys, part, columns));
    return { fragments, whole: undefined, ...changes };
  }

  /** Rows with equal values of expressions into one partition. */
  shuffle(parts: Parts, by: readonly ExprNode[]): Parts {
    const count = this.partitions;
    // Hashed twice: tables of hashes within a partition use the bits of the first.
    const part = callNode('mod', callNode('hash', callNode('hash', ...by)), literalNode(count));
    const output: Output = { by: 'expression', parts: count, part };
    const names = by.map((expr) => (expr.kind === 'column' ? expr.name : undefined));
    const together = names.every((name) => name !== undefined)
      ? { columns: names as readonly string[], hashed: true }
      : undefined;
    return this.exchange(parts, count, (fragment) => [fragment, output], {
      order: parts.order.kind === 'place' ? NO_ORDER : parts.order,
      together,
    });
  }

  /** Together by some of these expressions already, or shuffled. */
  colocated(parts: Parts, by: readonly ExprNode[]): Parts {
    if (parts.fragments.length === 1) return parts;
    const names = by.flatMap((expr) => (expr.kind === 'column' ? [expr.name] : []));
    if (parts.together?.columns.every((name) => names.includes(name))) return parts;
    return this.shuffle(parts, by);
  }

  /** All rows in one partition. */
  gathered(parts: Parts): Parts {
    if (parts.fragments.length === 1) return parts;
    if (parts.whole) return { ...parts, fragments: [{ plan: parts.whole, inputs: [] }], together: undefined };
    const columns = columnsOfParts(parts);
    const fragment = readTasks(this.written(parts), 0, columns);
    return { fragments: [fragment], order: parts.order, together: undefined, whole: undefined };
  }

  /** Rows in their places again. */
  restored(parts: Parts): Parts {
    if (parts.order.kind !== 'column') return parts;
    const count = parts.order.parts;
    const output: Output = { by: 'expression', parts: count, part: PARTITION_OF_PLACE };
    const apart =
      parts.fragments.length === 1
        ? parts
        : this.exchange(parts, count, (fragment) => [fragment, output], {
            order: parts.order,
            together: undefined,
          });
    const key = { expr: columnNode(ORDER), descending: false, nulls: 'last' } as const;
    const names = columnsOfParts(parts).filter((name) => name !== ORDER);
    return mapParts(apart, (plan) => make.pick(make.sort(plan, [key]), names), { order: IN_PLACE });
  }

  // Operators

  private project(node: ProjectNode): Parts {
    const input = this.parts(node.input);
    const windows: WindowNode[] = [];
    for (const { expr } of node.items)
      some(expr, (inner) => {
        if (inner.kind === 'window') windows.push(inner);
        return false;
      });
    const renamed = (together: Together | undefined): Together | undefined => {
      const columns = together?.columns.map(
        (column) => node.items.find(({ expr }) => expr.kind === 'column' && expr.name === column)?.name,
      );
      return columns?.every((name) => name !== undefined)
        ? { columns: columns as readonly string[], hashed: together!.hashed }
        : undefined;
    };
    if (windows.length === 0)
      return mapParts(input, (plan) => make.project(plan, carried(input, node.items)), {
        together: renamed(input.together),
      });
    const by = commonPartition(windows);
    if (input.fragments.length === 1 || by.length === 0) {
      const one = this.restored(this.gathered(input));
      return mapParts(one, (plan) => make.project(plan, node.items), { together: undefined });
    }
    const parts = this.colocated(withPlaces(input), by);
    const placed = parts.order.kind === 'column';
    const items = node.items.map(({ name, expr }) => ({ name, expr: placed ? byPlace(expr) : expr }));
    return mapParts(parts, (plan) => make.project(plan, carried(parts, items)), {
      together: renamed(parts.together),
    });
  }

  private limit(node: LimitNode): Parts {
    const { count, offset } = node;
    const most = count === undefined ? Infinity : count + offset;
    if (node.input.kind === 'sort' && most <= MOST_TOP_ROWS) {
      const { input, keys } = node.input;
      const top = mapParts(forgetOrder(this.parts(input)), (plan) => make.limit(make.sort(plan, keys), most));
      const one = top.fragments.length === 1 ? top : this.gathered({ ...top, whole: undefined });
      return mapParts(one, (plan) => make.limit(make.sort(plan, keys), count, offset), { order: IN_PLACE });
    }
    const input = this.restored(this.parts(node.input));
    const first =
      input.fragments.length === 1 || most === Infinity
        ? input
        : { ...mapParts(input, (plan) => make.limit(plan, most)), whole: undefined };
    return mapParts(this.gathered(first), (plan) => make.limit(plan, count, offset));
  }

  private union(node: UnionNode): Parts {
    const inputs = node.inputs.map((input) => this.restored(this.parts(input)));
    const types = this.facts.unionTypes.get(node) ?? [];
    const same = types.every((columns) => sameTypes(columns, types[0]!));
    const fragments = inputs.flatMap(({ fragments: own }, i) =>
      own.map((fragment) =>
        same
          ? { ...fragment, plan: make.pick(fragment.plan, node.columns) }
          : besideEmpty(fragment, i, inputs, node),
      ),
    );
    const wholes = inputs.flatMap(({ whole }) => whole ?? []);
    return {
      fragments,
      order: inputs.every(({ order }) => order.kind === 'place') ? IN_PLACE : NO_ORDER,
      together: undefined,
      whole: wholes.length === inputs.length ? make.union(wholes, node.columns) : undefined,
    };
  }

  private aggregate(node: AggregatePlan): Parts {
    const input = this.parts(node.input);
    const keys = node.keys.map(({ expr }) => expr);
    const names = keys.flatMap((expr) => (expr.kind === 'column' ? [expr.name] : []));
    const together =
      input.fragments.length === 1 ||
      (keys.length > 0 && input.together?.columns.every((name) => names.includes(name)));
    const partial = together || this.facts.whole.has(node) ? undefined : partialPlans(node);
    if (partial) return this.aggregateByPartials(node, input, partial);
    // The rows themselves come together, with their places where an aggregate asks for the order.
    const read = new Set<string>();
    for (const { expr } of [...node.keys, ...node.items]) columnsOf(expr, read);
    const ordered = aggregatesOf(node).some(needsPlaces);
    const rows = together ? input : ordered ? withPlaces(input) : forgetOrder(input);
    const needed = together
      ? rows
      : pickParts(
          rows,
          node.input.columns.filter((name) => read.has(name)),
        );
    const apart = together ? needed : keys.length === 0 ? this.gathered(needed) : this.shuffle(needed, keys);
    const placed = apart.order.kind === 'column';
    const items = node.items.map(({ name, expr }) => ({ name, expr: placed ? byPlace(expr) : expr }));
    return mapParts(apart, (plan) => make.aggregate(plan, node.keys, items), {
      order: NO_ORDER,
      together: groupsTogether(node, apart.together),
    });
  }

  private aggregateByPartials(
    node: AggregatePlan,
    input: Parts,
    plans: NonNullable<ReturnType<typeof partialPlans>>,
  ): Parts {
    let partials: Parts = {
      ...mapParts(input, plans.partial, { order: NO_ORDER, together: undefined }),
      whole: undefined,
    };
    if (node.keys.length > 0) {
      const by = node.keys.map(({ name }) => columnNode(name));
      const merged = this.shuffle(partials, by);
      return mapParts(merged, (plan) => plans.finish(plans.merge(plan)), { order: NO_ORDER });
    }
    // A tree: no task reads what too many others wrote.
    while (partials.fragments.length > FAN_IN) {
      const columns = columnsOfParts(partials);
      const written = this.written(partials);
      const fragments: Fragment[] = [];
      for (let i = 0; i < written.length; i += FAN_IN) {
        const { plan, inputs } = readTasks(written.slice(i, i + FAN_IN), 0, columns);
        fragments.push({ plan: plans.merge(plan), inputs });
      }
      partials = { ...partials, fragments };
    }
    return mapParts(this.gathered(partials), (plan) => plans.finish(plans.merge(plan)));
  }

  private distinct(node: DistinctNode): Parts {
    const input = this.parts(node.input);
    const { on } = node;
    if (!on) {
      const apart = mapParts(forgetOrder(input), (plan) => make.distinct(plan), {
        order: NO_ORDER,
      });
      if (apart.fragments.length === 1) return apart;
      const rows = this.colocated({ ...apart, whole: undefined }, node.columns.map(columnNode));
      return rows.fragments === apart.fragments ? rows : mapParts(rows, (plan) => make.distinct(plan));
    }
    if (input.fragments.length === 1)
      return mapParts(this.restored(input), (plan) => make.distinct(plan, on));
    // The first row of each partition, then of all.
    const firsts =
      input.order.kind === 'column'
        ? input
        : { ...mapParts(input, (plan) => make.distinct(plan, on)), whole: undefined };
    const parts = this.colocated(withPlaces(firsts), on.map(columnNode));
    if (parts.order.kind !== 'column') return mapParts(parts, (plan) => make.distinct(plan, on));
    return mapParts(parts, (plan) => firstOf(plan, on));
  }

  private sort(node: SortNode): Parts {
    const { keys } = node;
    const input = forgetOrder(this.parts(node.input));
    if (input.fragments.length === 1 || this.partitions === 1)
      return mapParts(this.gathered(input), (plan) => make.sort(plan, keys), {
        order: IN_PLACE,
      });
    // Rows are read twice, once for a sample: what is more than reading is done once.
    const columns = columnsOfParts(input);
    const rows = input.fragments.every(({ plan }) => isCheap(plan))
      ? input
      : { ...input, fragments: this.written(input).map((key) => readTasks([key], 0, columns)) };
    const size = sizeOf(node.input, this.facts);
    const fraction = size ? Math.min(1, (SAMPLES * this.partitions) / Math.max(1, size.rows)) : UNKNOWN_SHARE;
    const named = keys.map((key, i) => ({ ...key, expr: columnNode(`k${i}`) }));
    const samples = rows.fragments.map(({ plan, inputs }, i) =>
      this.write(
        {
          plan: make.sample(
            make.project(
              plan,
              keys.map(({ expr }, k) => ({ name: `k${k}`, expr })),
            ),
            fraction,
            i + 1,
          ),
          inputs,
        },
        { by: 'one' },
      ),
    );
    const boundaries = boundariesTask(samples, named, this.partitions);
    this.tasks.set(boundaries.key, boundaries);
    const apart = this.exchange(
      rows,
      this.partitions,
      ({ plan, inputs }) => [
        { plan, inputs: [...inputs, boundaries.key] },
        { by: 'range', parts: this.partitions, keys, boundaries: inputs.length },
      ],
      {
        order: IN_PLACE,
        together: keys.every(({ expr }) => expr.kind === 'column')
          ? {
              columns: keys.flatMap(({ expr }) => (expr.kind === 'column' ? [expr.name] : [])),
              hashed: false,
            }
          : undefined,
      },
    );
    return mapParts(apart, (plan) => make.sort(plan, keys));
  }

  /** A user's SQL sees whole relations. */
  private sql(node: SqlNode): Parts {
    const inputs: Key[] = [];
    const plans = node.inputs.map(({ name, plan }) => {
      const { fragments } = this.restored(this.gathered(this.parts(plan)));
      const shifted = shift(fragments[0]!.plan, inputs.length);
      inputs.push(...fragments[0]!.inputs);
      return { name, plan: shifted };
    });
    const plan = Object.freeze({ ...node, inputs: plans });
    const whole = inputs.length === 0 ? plan : undefined;
    return { fragments: [{ plan, inputs }], order: IN_PLACE, together: undefined, whole };
  }
}

const kept = (together: Together | undefined, stays: (name: string) => boolean): Together | undefined =>
  together?.columns.every(stays) ? together : undefined;

/** What all windows are partitioned by. */
function commonPartition(windows: readonly WindowNode[]): readonly ExprNode[] {
  const [first, ...others] = windows;
  const tokens = others.map(({ partitionBy }) => new Set(partitionBy.map(tokenize)));
  return first!.partitionBy.filter((expr) => tokens.every((set) => set.has(tokenize(expr))));
}

const needsPlaces = (node: ExprNode): boolean =>
  (node.kind === 'window' && node.ordered && node.orderBy.length === 0) ||
  (node.kind === 'aggregate' && node.orderBy === undefined && AGGREGATE[node.fn]?.ordered === true);

/** What depends on the order of rows depends on their places. */
function byPlace(node: ExprNode): ExprNode {
  const inner = mapChildren(node, byPlace);
  if (!needsPlaces(inner)) return inner;
  return Object.freeze({
    ...inner,
    orderBy: [{ expr: columnNode(ORDER), descending: false, nulls: 'last' }],
  }) as ExprNode;
}

/** Where groups are together: by the names of the keys that rows were together by. */
function groupsTogether(node: AggregatePlan, together: Together | undefined): Together | undefined {
  const columns = together?.columns.map(
    (column) => node.keys.find(({ expr }) => expr.kind === 'column' && expr.name === column)?.name,
  );
  return columns?.every((name) => name !== undefined)
    ? { columns: columns as readonly string[], hashed: together!.hashed }
    : undefined;
}

/** The row of least place for each combination of values. */
function firstOf(plan: PlanNode, on: readonly string[]): PlanNode {
  const rank = '__tilework_rank';
  const expr: ExprNode = {
    kind: 'window',
    fn: 'rowNumber',
    args: [],
    partitionBy: on.map(columnNode),
    orderBy: [{ expr: columnNode(ORDER), descending: false, nulls: 'last' }],
    ordered: true,
  };
  const ranked = make.project(plan, [...plan.columns.map(itself), { name: rank, expr }]);
  return make.pick(make.filter(ranked, callNode('eq', columnNode(rank), literalNode(1))), plan.columns);
}

/** Whether a plan does little more than read files or memory. */
function isCheap(plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'scan':
      return true;
    case 'filter':
      return isCheap(plan.input);
    case 'project':
      return !plan.items.some(({ expr }) => hasWindow(expr)) && isCheap(plan.input);
    default:
      return false;
  }
}

const sameTypes = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, type]) => b[name] === type);

/** A partition of a union among the other inputs, empty: it gets the columns and the types of the whole. */
function besideEmpty(fragment: Fragment, at: number, inputs: readonly Parts[], node: UnionNode): Fragment {
  const keys: Key[] = [];
  const plans = inputs.map(({ fragments }, i) => {
    const { plan, inputs: own } = i === at ? fragment : fragments[0]!;
    const shifted = shift(plan, keys.length);
    keys.push(...own);
    return i === at ? shifted : make.limit(shifted, 0);
  });
  return { plan: make.union(plans, node.columns), inputs: keys };
}
