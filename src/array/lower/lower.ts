import { atOnce, type Pieces, STEPS } from '../../graph/pieces.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import { scratchFor } from '../../kernels/wasm/scratch.js';
import { product } from '../nodes/chunks.js';
import { memo } from '../nodes/memo.js';
import {
  type Along,
  type ArrayNode,
  alongsOf,
  blockKey,
  boundShape,
  type CombineNode,
  type Emit,
} from '../nodes/node.js';
import { stepsOf, workOf } from '../nodes/work.js';
import type { FusedCommon, FusedParams } from '../ops/fused.js';
import { consumersFirst, storedNodes } from './cluster.js';
import { groupAt, type Leaf, type Plan, planLoop, spaceOf } from './plan.js';
import { findSiblings, type Homes, type Siblings } from './siblings.js';
import { isSliceable, type Slice, Slices, sliceOf } from './slices.js';

/** Blocks wanted of a node: all tasks behind them, and nothing else, come into the graph. */
export interface Wanted {
  readonly node: ArrayNode;
  readonly coords: readonly number[];
}

export interface Lowered {
  readonly graph: Graph;
  /** Keys of the wanted blocks, in the order asked for. */
  readonly keys: readonly Key[];
}

/** Turns nodes into tasks: fuses what one loop can do, reads slices where sources can, and adds only what is needed. */
export const lower = (wanted: readonly Wanted[]): Lowered => atOnce(lowerInPieces(wanted));

/** The same in pieces. */
export function* lowerInPieces(wanted: readonly Wanted[]): Pieces<Lowered> {
  const outputs = new Set(wanted.map((w) => w.node));
  const nodes = consumersFirst([...outputs]);
  const stored = storedNodes([...outputs], nodes);
  const lowering = new Lowering(stored, findSiblings(nodes.reverse(), stored, outputs));
  const keys = wanted.map(({ node, coords }) => lowering.request(node, coords));
  yield* lowering.all();
  return { graph: lowering.graph, keys };
}

interface Loop extends Plan {
  /** Of each leaf: whether its source can make slices. */
  readonly sliceable: readonly boolean[];
  /** Steps for each element. */
  readonly steps: number;
  /** What its tasks share, by which leaves read slices. */
  readonly commons: Map<string, FusedCommon>;
}

/** A block of nodes that one loop computes, mostly of one. */
interface Requested extends Siblings {
  readonly coords: readonly number[];
  readonly key: Key;
}

/** What such a block reads. */
interface LoopBlock extends Requested {
  readonly loop: Loop;
  readonly shape: readonly number[];
  readonly reads: readonly Read[];
}

/** The block that a leaf reads, where in it the loop starts, and the slice that would do. */
interface Read {
  readonly leaf: Leaf;
  readonly block: readonly number[];
  readonly start: readonly number[];
  readonly slice: Slice | undefined;
}

class Lowering {
  readonly graph = new Map<Key, Task>();
  private readonly loops = new Map<string, Loop>();
  private readonly pending: Requested[] = [];
  /** Blocks that may read slices: what else is asked for of their sources is to be known first. */
  private readonly undecided: LoopBlock[] = [];
  private readonly slices = new Slices();
  private readonly asked = new Set<Key>();
  private readonly emit: Emit = {
    keyOf: (node, coords) => this.request(node, coords),
    add: (task) => {
      this.asked.add(task.key);
      this.graph.set(task.key, task);
      return task.key;
    },
  };

  constructor(
    private readonly stored: Set<ArrayNode>,
    private readonly homes: Homes,
  ) {}

  /** Makes all tasks that were requested, and those behind them. */
  *all(): Pieces<void> {
    let steps = 0;
    do {
      for (let next = this.pending.pop(); next; next = this.pending.pop()) {
        if (++steps % STEPS === 0) yield;
        const { nodes, coords, key } = next;
        const [node] = nodes;
        if (node.kind === 'tasks') this.graph.set(key, node.task(coords, key, this.emit));
        else this.look(next);
      }
      for (const block of this.undecided.splice(0)) {
        if (++steps % STEPS === 0) yield;
        this.graph.set(block.key, this.fused(block));
      }
    } while (this.pending.length > 0);
  }

  /** Names a stored block and puts its task on the list of those to be made (no recursion: chains may be long). */
  request(node: ArrayNode, coords: readonly number[]): Key {
    let [at, where] = [node, coords];
    while (at.kind === 'alias') {
      const { operand, coords: inner } = at.source(where);
      if (operand.part !== 0)
        throw new Error(`${at.name}: an alias can only stand for the first part of a node`);
      [at, where] = [operand.node, inner];
    }
    if (at.kind === 'held') return at.keys(where);
    const { name, nodes } = this.homes.get(at) ?? { name: at.name, nodes: [at] };
    const key = blockKey({ name }, where);
    if (!this.asked.has(key)) {
      this.asked.add(key);
      this.pending.push({ name, nodes, coords: where, key });
    }
    return key;
  }

  /** Requests what a block of a loop reads. Its task is made at once, unless it may read slices. */
  private look(block: Requested): void {
    const { nodes, coords, key } = block;
    const loop = this.loopOf(block);
    const shape = spaceOf(nodes[0]).chunks.map((sizes, axis) => sizes[coords[axis]]);
    const reads = loop.leaves.map((leaf, k): Read => {
      const { block, start } = placeOf(leaf, coords);
      const slice = loop.sliceable[k] ? sliceOf(leaf, block, start, shape) : undefined;
      if (slice === undefined) this.request(leaf.operand.node, block);
      else this.slices.ask(slice);
      return { leaf, block, start, slice };
    });
    const found = { ...block, loop, shape, reads };
    if (reads.some(({ slice }) => slice !== undefined)) this.undecided.push(found);
    else this.graph.set(key, this.fused(found));
  }

  private fused({ nodes, coords, key, loop, shape, reads }: LoopBlock): Task {
    const bound = boundShape(spaceOf(nodes[0]), coords);
    const inputs: Key[] = [];
    const numbers = new Map<Key, number>();
    const sliced: boolean[] = [];
    const operands: FusedParams['operands'][number][] = reads.map((read) => {
      const { key: input, start, isSlice } = this.read(read);
      sliced.push(isSlice);
      let input_ = numbers.get(input);
      if (input_ === undefined) {
        input_ = inputs.push(input) - 1;
        numbers.set(input, input_);
      }
      return [input_, ...start];
    });
    const scalars = loop.params.map((p) => {
      if (p.kind === 'weight')
        return p.node.weight!(
          p.member.map((m, axis) => (nodes.includes(p.node) ? m + coords[axis] * p.node.group[axis] : m)),
        );
      const i = p.map.axis < 0 ? 0 : coords[p.map.axis];
      return p.at[p.map.block[i]] + p.map.start[i];
    });
    const outShape = boundShape(nodes[0], coords);
    const out = nodes.flatMap(({ parts }) => parts.map((dtype) => ({ dtype, shape: outShape })));
    return {
      key,
      op: 'array/fused',
      inputs,
      params: { shape, operands, scalars } satisfies FusedParams,
      common: this.commonOf(loop, sliced),
      out,
      scratch: scratchFor(loop.spec, bound),
      work: workOf(product(bound), loop.steps, out),
    };
  }

  private loopOf({ name, nodes, coords }: Requested): Loop {
    const [node] = nodes;
    const members = node.kind === 'combine' ? groupAt(node as CombineNode, coords) : undefined;
    const id = members ? `${name} ${members.join()}` : name;
    let loop = this.loops.get(id);
    if (!loop) {
      const plan = planLoop(nodes, this.stored, members);
      const sliceable = plan.leaves.map(isSliceable);
      loop = { ...plan, sliceable, steps: stepsOf(plan.spec), commons: new Map() };
      this.loops.set(id, loop);
    }
    return loop;
  }

  /** The key of what a leaf reads, a block or a slice of it, and where in it the loop starts. */
  private read({ leaf, block, start, slice }: Read): {
    key: Key;
    start: readonly number[];
    isSlice: boolean;
  } {
    if (slice === undefined || this.asked.has(slice.whole) || !this.slices.areLittle(slice))
      return { key: this.request(leaf.operand.node, block), start, isSlice: false };
    const { key, node, step, shape } = slice;
    if (!this.asked.has(key)) this.emit.add(node.read!.task(block, start, step, shape, key, this.emit));
    return { key, start: start.map(() => 0), isSlice: true };
  }

  /** What tasks of a loop share whose leaves read slices where `sliced` says so. */
  private commonOf({ leaves, spec, commons }: Loop, sliced: readonly boolean[]): FusedCommon {
    return memo(commons, sliced.map(Number).join(''), () => ({
      spec,
      access: leaves.map(({ operand: { node, part }, map }, k) => ({
        part: part + (this.homes.get(node)?.part ?? 0),
        along: map.map((m) =>
          alongsOf(m).map(({ axis, step }) => ({ axis, step: sliced[k] ? Math.sign(step) : step })),
        ),
      })),
    }));
  }
}

/** The block of a leaf behind a block of the loop, and the loop's first element in it. */
function placeOf(leaf: Leaf, coords: readonly number[]) {
  const at = ({ axis }: Along) => (axis < 0 ? 0 : coords[axis]);
  return {
    block: leaf.map.map((m) => m.block[at(m)]),
    start: leaf.map.map((m) => alongsOf(m).reduce((sum, along) => sum + along.start[at(along)], 0)),
  };
}
