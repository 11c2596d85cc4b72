import { type ExprNode, freeze } from '../expr/node.js';
import { keyOf } from '../expr/same.js';
import * as make from '../plan/make.js';
import type { Item, JoinNode, PlanNode } from '../plan/node.js';
import type { Source } from '../plan/source.js';
import { inputsOf } from '../plan/walk.js';
import { bottomUp } from './walk.js';

/** A plan, and parts that it and each other read (`SharedSource`) which are to be computed once. */
export interface SharedPlan {
  readonly plan: PlanNode;
  readonly parts: readonly PlanNode[];
}

const MOST_PARTS = 16;
/** Larger parts are not looked for: this recurses along them. */
const DEEPEST = 200;

/**
 * What a plan does more than once, it does once: joins, groups and distinct rows that are the same but for columns that somebody does not
 * read become parts of their own, the largest first. Pure. Where filters have sunk into one and not into the other they are not the same, and stay
 * apart: to compute less twice may be less than to compute all once. None of them has an order of rows that could be lost.
 */
export function share(plan: PlanNode): SharedPlan {
  let roots: readonly PlanNode[] = [plan];
  const refused = new Set<string>();
  while (roots.length <= MOST_PARTS) {
    const twins = largestTwins(roots, refused);
    if (!twins) break;
    const merged = twins.nodes.reduce<PlanNode | undefined>((a, b) => a && merge(a, b), twins.nodes[0]);
    if (!merged) {
      refused.add(twins.key);
      continue;
    }
    const source: Source = freeze({ from: 'shared', part: roots.length - 1 });
    const replaced = new Set(twins.nodes);
    const before = (node: PlanNode): PlanNode =>
      replaced.has(node) ? make.scan(source, node.columns) : node;
    roots = [...roots.map((root) => bottomUp(root, (node) => node, before)), merged];
  }
  return { plan: roots[0]!, parts: roots.slice(1) };
}

interface Twins {
  readonly key: string;
  readonly nodes: readonly PlanNode[];
}

/** The largest plans that stand in several places and differ in columns only. */
function largestTwins(roots: readonly PlanNode[], refused: ReadonlySet<string>): Twins | undefined {
  const keys = new Keys();
  const places = new Map<string, PlanNode[]>();
  const seen = new Set<PlanNode>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (isCostly(node)) {
      const { key, depth } = keys.of(node);
      if (depth <= DEEPEST && !refused.has(key)) places.set(key, [...(places.get(key) ?? []), node]);
    }
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...inputsOf(node));
  }
  let largest: Twins | undefined;
  for (const [key, nodes] of places)
    if (nodes.length > 1 && (!largest || keys.of(nodes[0]!).size > keys.of(largest.nodes[0]!).size))
      largest = { key, nodes };
  return largest;
}

const isCostly = (node: PlanNode): boolean =>
  node.kind === 'join' || node.kind === 'aggregate' || (node.kind === 'distinct' && !node.on);

interface Key {
  /** The same for plans that do the same, whatever columns they give. */
  readonly key: string;
  readonly size: number;
  readonly depth: number;
}

class Keys {
  private readonly known = new Map<PlanNode, Key>();
  private readonly short = new Map<string, string>();
  private readonly objects = new Map<object, number>();

  of(plan: PlanNode): Key {
    const stack = [plan];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const missing = inputsOf(node).filter((input) => !this.known.has(input));
      if (this.known.has(node) || missing.length === 0) {
        stack.pop();
        if (!this.known.has(node)) this.known.set(node, this.make(node));
      } else {
        stack.push(...missing);
      }
    }
    return this.known.get(plan)!;
  }

  private make(node: PlanNode): Key {
    const inputs = inputsOf(node).map((input) => this.known.get(input)!);
    const text = `${node.kind} ${this.what(node)} (${inputs.map(({ key }) => key).join(' ')})`;
    // Short, since it becomes part of the keys above.
    const key = this.short.get(text) ?? String(this.short.size);
    this.short.set(text, key);
    return {
      key,
      size: inputs.reduce((sum, { size }) => sum + size, 1),
      depth: inputs.reduce((most, { depth }) => Math.max(most, depth + 1), 0),
    };
  }

  private what(node: PlanNode): string {
    const list = (nodes: readonly ExprNode[]): string => nodes.map(keyOf).join(' ');
    switch (node.kind) {
      case 'scan':
        return `${this.source(node.source)} ${list(node.filters)}`;
      case 'project':
      case 'union':
        return '';
      case 'filter':
        return keyOf(node.predicate);
      case 'aggregate':
        return node.keys.map(({ name, expr }) => `${JSON.stringify(name)} ${keyOf(expr)}`).join(' ');
      case 'join': {
        const pairs = node.on.map(({ left, right }) => `${keyOf(left)} ${keyOf(right)}`).join(' ');
        const { asof } = node;
        return `${node.how} ${pairs} ${asof ? `${keyOf(asof.left)} ${keyOf(asof.right)} ${asof.direction} ${asof.strict ?? false}` : ''}`;
      }
      case 'distinct':
        return JSON.stringify(node.on ?? []);
      default:
        return this.identity(node);
    }
  }

  private source(source: Source): string {
    switch (source.from) {
      case 'memory':
        return `${this.identity(source.table)} ${JSON.stringify(source.range ?? [])}`;
      case 'array':
        return this.identity(source.array);
      case 'delayed':
        return this.identity(source.parts);
      case 'held':
        return `${this.identity(source.holding)} ${source.part ?? ''}`;
      default:
        return JSON.stringify(source, (name, value: unknown) => (name === 'statistics' ? undefined : value));
    }
  }

  private identity(object: object): string {
    const number = this.objects.get(object) ?? this.objects.size;
    this.objects.set(object, number);
    return `#${number}`;
  }
}

/** Two plans of the same key as one that has the columns of both; undefined where a name means different things. */
function merge(a: PlanNode, b: PlanNode): PlanNode | undefined {
  if (a === b) return a;
  const inputs: PlanNode[] = [];
  for (const [i, input] of inputsOf(a).entries()) {
    const merged = merge(input, inputsOf(b)[i]!);
    if (!merged) return undefined;
    inputs.push(merged);
  }
  const [input] = inputs;
  const both = [...new Set([...a.columns, ...b.columns])];
  switch (a.kind) {
    case 'scan':
      return make.scan(a.source, both, a.filters);
    case 'project': {
      const items = itemsOf(a.items, (b as typeof a).items);
      return items && make.project(input!, items);
    }
    case 'filter':
      return make.filter(input!, a.predicate);
    case 'aggregate': {
      const items = itemsOf(a.items, (b as typeof a).items);
      return items && make.aggregate(input!, a.keys, items);
    }
    case 'join': {
      const output = outputOf(a.output, (b as typeof a).output);
      return (
        output &&
        freeze({
          ...a,
          left: inputs[0]!,
          right: inputs[1]!,
          output,
          columns: output.map(({ name }) => name),
        })
      );
    }
    case 'distinct':
      return a.on || input!.columns.length === a.columns.length ? make.distinct(input!, a.on) : undefined;
    case 'union': {
      const same = both.length === a.columns.length && both.length === b.columns.length;
      const exact = inputs.every(({ columns }, i) => columns.length === a.inputs[i]!.columns.length);
      return same && exact ? make.union(inputs, a.columns) : undefined;
    }
    default:
      return undefined;
  }
}

const itemsOf = (a: readonly Item[], b: readonly Item[]): readonly Item[] | undefined =>
  united(a, b, ({ expr }) => keyOf(expr));

const outputOf = (a: JoinNode['output'], b: JoinNode['output']): JoinNode['output'] | undefined =>
  united(a, b, ({ side, column, other }) => JSON.stringify([side, column, other ?? column]));

/** Named things of both; undefined where two of a name are not the same. */
function united<T extends { readonly name: string }>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (one: T) => string,
): readonly T[] | undefined {
  const all = new Map(a.map((one) => [one.name, one]));
  for (const one of b) {
    const other = all.get(one.name);
    if (other && keyOf(other) !== keyOf(one)) return undefined;
    if (!other) all.set(one.name, one);
  }
  return [...all.values()];
}
