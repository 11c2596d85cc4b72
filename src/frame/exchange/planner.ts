import { cull } from '../../graph/cull.js';
import type { Key, Task } from '../../graph/task.js';
import { callNode, type ExprNode, literalNode } from '../expr/node.js';
import { hasCustom } from '../map/customs.js';
import { isArray, isDelayed } from '../map/describe.js';
import * as make from '../plan/make.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import { describeNode } from '../plan/print.js';
import { planArray } from './arrays.js';
import { planDelayed } from './delayed.js';
import type { Facts } from './facts.js';
import { planCustoms, planFunction } from './functions.js';
import { planAggregate, planDistinct } from './groups.js';
import { isHeld, planHeld } from './held.js';
import { planJoin } from './join.js';
import {
  columnsOfParts,
  IN_PLACE,
  liesTogether,
  mapParts,
  NO_ORDER,
  PARTITION_OF_PLACE,
  type Parts,
  readAll,
  readTasks,
  sortedByPlace,
  type Together,
} from './parts.js';
import { planRanges, planRepartition } from './ranges.js';
import { planLimit, planProject, planSqlNode, planUnion } from './rows.js';
import { planSort } from './sort.js';
import { LEFT_EXPANSION, sizeOf, sizeText, sourceBytes, splitScan } from './split.js';
import { type Fragment, type FrameGraph, type FrameTask, fragmentTask, type Output } from './task.js';

export interface PlannerOptions {
  /** How many partitions there are to be. */
  readonly partitions: number;
  /** Bytes up to which a side of a join is given to every partition of the other. */
  readonly broadcastBytes: number;
  /** Whether the result is to be one fragment, that does nothing but read. */
  readonly gathered?: boolean;
}

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
  const wanted = [...planner.wanted];
  const read = new Set([...result.flatMap(({ inputs }) => inputs), ...wanted]);
  const tasks = cull(
    planner.tasks,
    [...read].filter((key) => planner.tasks.has(key)),
  );
  return {
    tasks: tasks as ReadonlyMap<Key, FrameTask>,
    blocks: planner.blocks,
    result,
    wanted,
    reasons: [...new Set(planner.reasons)],
  };
}

export class Planner {
  readonly tasks = new Map<Key, FrameTask>();
  /** Tasks of arrays and of delayed values. */
  readonly blocks = new Map<Key, Task>();
  /** Tasks of which it should be known what they leave, and those of which that is not known. */
  readonly wanted = new Set<Key>();
  private readonly unknown = new Set<Key>();
  /** What was chosen by size, and by what size. */
  readonly reasons: string[] = [];

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
        if (isArray(node)) return planArray(this, node);
        if (isDelayed(node)) return planDelayed(this, node);
        if (isHeld(node)) return planHeld(this, node);
        return {
          fragments: this.scans(node),
          order: IN_PLACE,
          together: undefined,
          whole: node,
        };
      case 'project':
        return planProject(this, node);
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
        return planLimit(this, node);
      case 'union':
        return planUnion(this, node);
      case 'aggregate':
        return hasCustom(node) ? planCustoms(this, node) : planAggregate(this, node);
      case 'distinct':
        return planDistinct(this, node);
      case 'sort':
        return node.ranges ? planRanges(this, node, node.ranges) : planSort(this, node);
      case 'repartition':
        return planRepartition(this, node);
      case 'join':
        return planJoin(this, node);
      case 'sql':
        return planSqlNode(this, node);
      case 'map':
        return planFunction(this, node);
    }
  }

  private scans(node: ScanNode): readonly Fragment[] {
    const scans = splitScan(node, this.partitions, this.facts);
    this.reasons.push(`${describeNode(node)}: ${sizeText(sizeOf(node, this.facts))}, in ${scans.length}`);
    return scans.map((plan) => ({ plan, inputs: [] }));
  }

  // Exchanges

  /** Adds the task that writes a fragment. */
  write(fragment: Fragment, output: Output): Key {
    return this.add(fragmentTask(fragment, output));
  }

  add(task: FrameTask): Key {
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

  /** Rows with equal values of expressions into one partition; all into one, where they turn out to be no more than one takes. */
  shuffle(parts: Parts, by: readonly ExprNode[]): Parts {
    const apart = this.apart(parts, by);
    return this.measured(apart) <= this.options.broadcastBytes ? this.rejoined(apart) : apart;
  }

  /** What shuffled rows are in memory, in bytes; infinite as long as nobody knows: then it is asked for. */
  measured({ fragments }: Parts): number {
    const { inputs } = fragments[0]!;
    const bytes = this.bytesLeft(inputs);
    if (bytes === undefined && this.options.broadcastBytes > 0) this.ask(inputs);
    return bytes ?? Infinity;
  }

  /** All shuffled rows in one partition. */
  rejoined(parts: Parts): Parts {
    const { inputs } = parts.fragments[0]!;
    const fragment = readAll(inputs, parts.fragments.length, columnsOfParts(parts));
    return { ...parts, fragments: [fragment], together: undefined };
  }

  /** What tasks left, in memory; undefined where some have not run. */
  private bytesLeft(keys: readonly Key[]): number | undefined {
    let sum = 0;
    for (const key of new Set(keys)) {
      const bytes = this.facts.written.get(key);
      if (bytes === undefined) return undefined;
      sum += bytes * LEFT_EXPANSION;
    }
    return sum;
  }

  /** Asks what tasks leave: those only that stand in any case, however it is chosen where it is not known yet either. */
  private ask(keys: readonly Key[]): void {
    const seen = new Set<Key>();
    const stack = [...keys];
    let certain = true;
    for (let key = stack.pop(); key !== undefined && certain; key = stack.pop()) {
      for (const input of this.tasks.get(key)?.inputs ?? []) {
        if (this.unknown.has(input)) certain = false;
        if (!seen.has(input)) stack.push(input);
        seen.add(input);
      }
    }
    for (const key of keys) {
      this.unknown.add(key);
      if (certain) this.wanted.add(key);
    }
  }

  /** A partition at most, in bytes, as far as is known. */
  bytesOf({ plan, inputs }: Fragment): number {
    return (this.bytesLeft(inputs) ?? Infinity) + sourceBytes(plan, this.facts);
  }

  /** Whether what plans read is no more than one partition takes. */
  isSmall(...plans: readonly PlanNode[]): boolean {
    const { broadcastBytes } = this.options;
    const bytes = plans.reduce((sum, plan) => sum + sourceBytes(plan, this.facts), 0);
    return broadcastBytes > 0 && bytes <= broadcastBytes;
  }

  /** In one partition, where what is read is no more than one takes. */
  small(parts: Parts): Parts {
    return parts.whole && this.isSmall(parts.whole) ? this.gathered(parts) : parts;
  }

  /** Rows with equal values of expressions into one of as many partitions as there are to be. */
  apart(parts: Parts, by: readonly ExprNode[]): Parts {
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
    return liesTogether(parts, by) ? parts : this.shuffle(parts, by);
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
    return { ...sortedByPlace(apart), order: IN_PLACE };
  }
}

const kept = (together: Together | undefined, stays: (name: string) => boolean): Together | undefined =>
  together?.columns.every(stays) ? together : undefined;
