import type { ExprNode, Fold, FusedOutput, FusedSpec } from '../../kernels/spec.js';
import { boundaries } from '../nodes/chunks.js';
import { memo } from '../nodes/memo.js';
import {
  type Along,
  type ArrayNode,
  type AxisMap,
  alongsOf,
  boundsOf,
  type CombineNode,
  type Operand,
} from '../nodes/node.js';

/** A stored array that a loop reads, and how each of its axes follows the loop's. */
export interface Leaf {
  readonly operand: Operand;
  readonly map: readonly AxisMap[];
}

/** A number that a loop is given for each block. */
export type Parameter =
  | { readonly kind: 'position'; readonly map: AxisMap; readonly at: readonly number[] }
  | { readonly kind: 'weight'; readonly node: CombineNode; readonly member: readonly number[] };

/** One loop for all blocks of a node: the expression, what it reads, and its parameters. */
export interface Plan {
  readonly spec: FusedSpec;
  readonly leaves: readonly Leaf[];
  readonly params: readonly Parameter[];
}

/** More than this in one loop and the next operand is stored instead. */
const MAX_NODES = 320;
const MAX_LEAVES = 48;
const MAX_DEPTH = 200;

/**
 * Puts nodes of one kind and blocking, and all unstored nodes behind them, into one loop. `members` is the number of blocks that combining roots
 * join along each axis (the last group may be smaller); nodes that no longer fit are added to `stored`.
 */
export function planLoop(
  roots: readonly ArrayNode[],
  stored: Set<ArrayNode>,
  members?: readonly number[],
): Plan {
  const [root] = roots;
  const loop = new LoopBuilder(roots, stored, members);
  const outputs = roots.flatMap((one) => (one.kind === 'fold' ? loop.folds(one) : loop.maps(one)));
  loop.followUnknown();
  const inputs = loop.leaves.map(({ operand }) => operand.node.parts[operand.part]);
  const spec: FusedSpec = {
    inputs,
    nodes: loop.nodes,
    rank: root.shape.length,
    outputs,
    ...(root.kind === 'fold' ? { reduce: root.axes } : {}),
  };
  return { spec, leaves: loop.leaves, params: loop.params };
}

/** What a node's loop runs over. */
export const spaceOf = (root: ArrayNode): ArrayNode => (root.kind === 'fold' ? root.inputs[0].node : root);

class LoopBuilder {
  readonly nodes: ExprNode[] = [];
  readonly leaves: Leaf[] = [];
  readonly params: Parameter[] = [];
  private readonly identity: readonly AxisMap[];
  private readonly known = new Map<string, number>();
  private readonly visited = new Map<readonly AxisMap[], Map<string, number>>();
  private readonly derived = new Map<readonly AxisMap[], Map<string, readonly AxisMap[]>>();

  constructor(
    private readonly roots: readonly ArrayNode[],
    private readonly stored: Set<ArrayNode>,
    private readonly members: readonly number[] | undefined,
  ) {
    this.identity = boundsOf(spaceOf(roots[0])).map((sizes, axis) => identityMap(axis, sizes.length));
  }

  maps(root: ArrayNode): FusedOutput[] {
    return root.parts.map((dtype, part) => ({
      kind: 'map',
      dtype,
      node: this.expand({ node: root, part }, this.identity, 0),
    }));
  }

  folds(root: ArrayNode & { kind: 'fold' }): FusedOutput[] {
    const at = (input: number) => this.visit(root.inputs[input], this.identity, 0);
    return root.folds.map(
      (fold): Fold =>
        'index' in fold
          ? { ...fold, node: at(fold.node), index: at(fold.index) }
          : { ...fold, node: at(fold.node) },
    );
  }

  /** Has a block tell each extent that only blocks know, where the expression reads none that does: `isnan` of integers reads nothing. */
  followUnknown(): void {
    const space = spaceOf(this.roots[0]);
    space.chunks.forEach((sizes, axis) => {
      if (!sizes.some(Number.isNaN) || this.leaves.some(({ map }) => follows(map, axis))) return;
      const witness = this.witness(space, this.identity, axis);
      if (witness) this.leaves.push(witness);
    });
  }

  /** A stored array behind `node` that has the loop's `axis`. */
  private witness(node: ArrayNode, map: readonly AxisMap[], axis: number): Leaf | undefined {
    const seen = new Set<ArrayNode>();
    const open: { node: ArrayNode; map: readonly AxisMap[] }[] = [{ node, map }];
    for (let at = open.pop(); at; at = open.pop()) {
      if (seen.has(at.node) || !follows(at.map, axis)) continue;
      seen.add(at.node);
      if (at.node !== node && this.stored.has(at.node))
        return { operand: { node: at.node, part: 0 }, map: at.map };
      for (const input of at.node.inputs)
        open.push({ node: input.node, map: this.mapOf(input.node, at.node, at.map) });
    }
    return undefined;
  }

  /** How an input of a node follows the loop, where `map` says how the node does; of combined blocks the first. */
  private mapOf(input: ArrayNode, node: ArrayNode, map: readonly AxisMap[]): readonly AxisMap[] {
    if (node.kind === 'view') return node.map.map((m) => compose(m, map));
    if (node.kind === 'combine')
      return node.group.map((size, axis) => compose(memberMap(axis, size, 0, node), map));
    return node.kind === 'map' ? this.align(node, input, map) : map;
  }

  /** The expression's index for an operand read through `map`. */
  private visit(operand: Operand, map: readonly AxisMap[], depth: number): number {
    const here = memo(this.visited, map, () => new Map<string, number>());
    return memo(here, `${operand.node.name}/${operand.part}`, () =>
      this.isLeaf(operand.node, depth) ? this.leaf(operand, map) : this.expand(operand, map, depth),
    );
  }

  private isLeaf(node: ArrayNode, depth: number): boolean {
    if (this.stored.has(node)) return true;
    const full = this.nodes.length > MAX_NODES || this.leaves.length > MAX_LEAVES || depth > MAX_DEPTH;
    if (full && node.kind !== 'iota' && node.inputs.length > 0) this.stored.add(node);
    return this.stored.has(node);
  }

  private leaf(operand: Operand, map: readonly AxisMap[]): number {
    const dtype = operand.node.parts[operand.part];
    this.leaves.push({ operand, map });
    return this.push({ op: 'input', input: this.leaves.length - 1, dtype });
  }

  private expand({ node, part }: Operand, map: readonly AxisMap[], depth: number): number {
    switch (node.kind) {
      case 'view':
        return this.visit(
          node.inputs[0],
          this.derive(map, node.name, () => node.map.map((m) => compose(m, map))),
          depth + 1,
        );
      case 'iota':
        return this.position(node.chunks[node.axis], map[node.axis]);
      case 'map': {
        const inputs = (k: number) =>
          this.visit(node.inputs[k], this.align(node, node.inputs[k].node, map), depth + 1);
        return this.inline(node.nodes, node.results[part], inputs, []);
      }
      case 'combine':
        return this.combine(node, part, map, depth);
      default:
        throw new Error(`${node.name}: a ${node.kind} node cannot be part of a loop`);
    }
  }

  /** Inlines an expression tree below `result`, its inputs read by `input`, its parameters numbered by `params`. */
  private inline(
    source: readonly ExprNode[],
    result: number,
    input: (k: number) => number,
    params: readonly Parameter[],
  ): number {
    const needed = reachable(source, result);
    const at: number[] = [];
    source.forEach((n, i) => {
      if (!needed.has(i)) return;
      if (n.op === 'input') at[i] = input(n.input);
      else if (n.op === 'param') at[i] = this.parameter(params[n.param], n.dtype);
      else if ('args' in n) at[i] = this.push({ ...n, args: n.args.map((a) => at[a]) } as ExprNode);
      else at[i] = this.push(n);
    });
    return at[result];
  }

  private combine(node: CombineNode, part: number, map: readonly AxisMap[], depth: number): number {
    const counts = this.roots.includes(node) && this.members ? this.members : lastGroup(node);
    const members = [...membersOf(counts)];
    const { nodes, results } = node.build(members.length);
    const per = node.inputs.length;
    const weights = members.map((member): Parameter => ({ kind: 'weight', node, member }));
    const input = (k: number) => {
      const member = members[Math.floor(k / per)];
      const shifted = this.derive(map, `${node.name}@${member.join(',')}`, () =>
        node.group.map((size, axis) => compose(memberMap(axis, size, member[axis], node), map)),
      );
      return this.visit(node.inputs[k % per], shifted, depth + 1);
    };
    return this.inline(nodes, results[part], input, weights);
  }

  /** The map of an input that broadcasts against `node`. */
  private align(node: ArrayNode, input: ArrayNode, map: readonly AxisMap[]): readonly AxisMap[] {
    const lead = node.shape.length - input.shape.length;
    const fixed = input.shape.map((n, axis) => n === 1 && node.shape[axis + lead] !== 1);
    if (lead === 0 && !fixed.includes(true)) return map;
    return this.derive(map, `align ${lead} ${fixed.join()}`, () =>
      input.shape.map((_, axis) => (fixed[axis] ? FIXED : map[axis + lead])),
    );
  }

  private derive(map: readonly AxisMap[], by: string, make: () => AxisMap[]): readonly AxisMap[] {
    return memo(
      memo(this.derived, map, () => new Map<string, readonly AxisMap[]>()),
      by,
      make,
    );
  }

  /** The global position along an axis of an unstored array, where `map` leads the loop. */
  private position(chunks: readonly number[], map: AxisMap): number {
    const start = this.parameter({ kind: 'position', map, at: boundaries(chunks) }, 'int64');
    if (map.axis < 0 || map.step === 0) return start;
    let local = this.push({ op: 'index', axis: map.axis, dtype: 'int64' });
    if (map.step !== 1) {
      const step = this.push({ op: 'const', value: BigInt(map.step), dtype: 'int64' });
      local = this.push({ op: 'multiply', args: [local, step], dtype: 'int64' });
    }
    return this.push({ op: 'add', args: [start, local], dtype: 'int64' });
  }

  private parameter(parameter: Parameter, dtype: 'float64' | 'int64'): number {
    this.params.push(parameter);
    return this.push({ op: 'param', param: this.params.length - 1, dtype });
  }

  private push(node: ExprNode): number {
    const id = expressionId(node);
    let at = this.known.get(id);
    if (at === undefined) {
      at = this.nodes.push(node) - 1;
      this.known.set(id, at);
    }
    return at;
  }
}

const follows = (map: readonly AxisMap[], axis: number): boolean =>
  map.some((m) => alongsOf(m).some((a) => a.axis === axis && a.step !== 0));

function expressionId(n: ExprNode): string {
  const own =
    'args' in n
      ? n.args.join()
      : n.op === 'const'
        ? constantId(n.value)
        : n.op === 'input'
          ? n.input
          : n.op === 'param'
            ? n.param
            : n.axis;
  return `${n.op} ${n.dtype} ${own}`;
}

const constantId = (value: number | bigint | boolean): string =>
  Object.is(value, -0) ? '-0' : String(value);

function reachable(nodes: readonly ExprNode[], result: number): Set<number> {
  const needed = new Set([result]);
  for (let i = result; i >= 0; i--) {
    const n = nodes[i];
    if (needed.has(i) && 'args' in n) for (const a of n.args) needed.add(a);
  }
  return needed;
}

const FIXED: AxisMap = { axis: -1, block: [0], start: [0], step: 0 };

function identityMap(axis: number, blocks: number): AxisMap {
  return {
    axis,
    block: Array.from({ length: blocks }, (_, i) => i),
    start: new Array(blocks).fill(0),
    step: 1,
  };
}

/** Reads `inner`'s axis through the map of the array whose axes it names. */
function compose(inner: AxisMap, outer: readonly AxisMap[]): AxisMap {
  const first = inner.axis < 0 ? [inner] : through(inner, outer[inner.axis]);
  const further = (inner.also ?? []).flatMap((along) =>
    along.axis < 0 ? [along] : through(along, outer[along.axis]),
  );
  const block = inner.axis < 0 ? inner.block : outer[inner.axis].block.map((b) => inner.block[b]);
  const also = [...first.slice(1), ...further];
  return { ...first[0], block, ...(also.length > 0 && { also }) };
}

/** Reads along an axis that is itself read as `by` says. */
const through = ({ start, step }: Along, by: AxisMap): Along[] =>
  alongsOf(by).map((along, k) => ({
    axis: along.axis,
    start:
      k === 0 ? by.block.map((b, i) => start[b] + step * along.start[i]) : along.start.map((at) => step * at),
    step: step * along.step,
  }));

/** Block `member` of each group of `size` blocks. A group that has fewer is never asked for the missing ones. */
function memberMap(axis: number, size: number, member: number, node: CombineNode): AxisMap {
  const groups = node.chunks[axis].length;
  return {
    axis,
    block: Array.from({ length: groups }, (_, g) => g * size + member),
    start: new Array(groups).fill(0),
    step: 1,
  };
}

/** Blocks that a group at `coords` joins along each axis: the last group may be smaller. */
export function groupAt(node: CombineNode, coords: readonly number[]): number[] {
  const blocks = node.inputs[0].node.chunks;
  return node.group.map((size, axis) => Math.min(size, blocks[axis].length - size * coords[axis]));
}

const lastGroup = (node: CombineNode): number[] =>
  groupAt(
    node,
    node.group.map(() => 0),
  );

function* membersOf(counts: readonly number[]): Generator<number[]> {
  const at = counts.map(() => 0);
  for (;;) {
    yield [...at];
    let axis = counts.length - 1;
    while (axis >= 0 && ++at[axis] === counts[axis]) at[axis--] = 0;
    if (axis < 0) return;
  }
}
