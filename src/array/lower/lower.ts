import type { Graph, Key, Task } from '../../graph/task.js';
import type { FusedSpec } from '../../kernels/spec.js';
import { scratchFor } from '../../kernels/wasm/scratch.js';
import { product } from '../chunks.js';
import { type ArrayNode, blockKey, boundShape, type CombineNode, type Emit } from '../node.js';
import type { FusedAccess, FusedParams } from '../ops/fused.js';
import { stepsOf, workOf } from '../work.js';
import { storedNodes } from './cluster.js';
import { groupAt, type Leaf, type Plan, planLoop } from './plan.js';

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
export function lower(wanted: readonly Wanted[]): Lowered {
  const lowering = new Lowering(storedNodes([...new Set(wanted.map((w) => w.node))]));
  const keys = wanted.map(({ node, coords }) => lowering.block(node, coords));
  return { graph: lowering.graph, keys };
}

interface Loop extends Plan {
  /** Of each leaf: whether the source reads just what the loop needs, instead of a whole block. */
  readonly sliced: readonly boolean[];
  /** Steps for each element. */
  readonly steps: number;
  readonly common: { readonly spec: FusedSpec; readonly access: readonly FusedAccess[] };
}

class Lowering {
  readonly graph = new Map<Key, Task>();
  private readonly loops = new Map<string, Loop>();
  private readonly pending: { node: ArrayNode; coords: readonly number[]; key: Key }[] = [];
  private readonly asked = new Set<Key>();
  private readonly emit: Emit = {
    keyOf: (node, coords) => this.request(node, coords),
    add: (task) => {
      this.asked.add(task.key);
      this.graph.set(task.key, task);
      return task.key;
    },
  };

  constructor(private readonly stored: Set<ArrayNode>) {}

  block(node: ArrayNode, coords: readonly number[]): Key {
    const key = this.request(node, coords);
    for (let next = this.pending.pop(); next; next = this.pending.pop())
      this.graph.set(next.key, this.task(next.node, next.coords, next.key));
    return key;
  }

  /** Names a stored block and puts its task on the list of those to be made (no recursion: chains may be long). */
  private request(node: ArrayNode, coords: readonly number[]): Key {
    let [at, where] = [node, coords];
    while (at.kind === 'alias') {
      const { operand, coords: inner } = at.source(where);
      if (operand.part !== 0)
        throw new Error(`${at.name}: an alias can only stand for the first part of a node`);
      [at, where] = [operand.node, inner];
    }
    if (at.kind === 'held') return at.keys(where);
    const key = blockKey(at, where);
    if (!this.asked.has(key)) {
      this.asked.add(key);
      this.pending.push({ node: at, coords: where, key });
    }
    return key;
  }

  private task(node: ArrayNode, coords: readonly number[], key: Key): Task {
    if (node.kind === 'tasks') return node.task(coords, key, this.emit);
    return this.fused(node, coords, key);
  }

  private fused(node: ArrayNode, coords: readonly number[], key: Key): Task {
    const loop = this.loopOf(node, coords);
    const space = node.kind === 'fold' ? node.inputs[0].node : node;
    const shape = space.chunks.map((sizes, axis) => sizes[coords[axis]]);
    const bound = boundShape(space, coords);
    const inputs: Key[] = [];
    const numbers = new Map<Key, number>();
    const operands: FusedParams['operands'][number][] = loop.leaves.map((leaf, k) => {
      const { key: input, start } = this.read(leaf, loop.sliced[k], coords, shape);
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
          p.member.map((m, axis) => (p.node === node ? m + coords[axis] * p.node.group[axis] : m)),
        );
      const i = p.map.axis < 0 ? 0 : coords[p.map.axis];
      return p.at[p.map.block[i]] + p.map.start[i];
    });
    const outShape = boundShape(node, coords);
    const out = node.parts.map((dtype) => ({ dtype, shape: outShape }));
    return {
      key,
      op: 'array/fused',
      inputs,
      params: { shape, operands, scalars } satisfies FusedParams,
      common: loop.common,
      out,
      scratch: scratchFor(loop.spec, bound),
      work: workOf(product(bound), loop.steps, out),
    };
  }

  private loopOf(node: ArrayNode, coords: readonly number[]): Loop {
    const members = node.kind === 'combine' ? groupAt(node as CombineNode, coords) : undefined;
    const id = members ? `${node.name} ${members.join()}` : node.name;
    let loop = this.loops.get(id);
    if (!loop) {
      const plan = planLoop(node, this.stored, members);
      const sliced = plan.leaves.map((leaf) => readsLittle(leaf, coords, node));
      const access = plan.leaves.map(({ operand, map }, k) => ({
        part: operand.part,
        axes: map.map((m) => m.axis),
        steps: map.map((m) => (sliced[k] ? Math.sign(m.step) : m.step)),
      }));
      loop = { ...plan, sliced, steps: stepsOf(plan.spec), common: { spec: plan.spec, access } };
      this.loops.set(id, loop);
    }
    return loop;
  }

  /** The block that a leaf reads for one block of the loop, and where in it the loop starts. */
  private read(
    leaf: Leaf,
    sliced: boolean,
    coords: readonly number[],
    shape: readonly number[],
  ): { key: Key; start: readonly number[] } {
    const { node } = leaf.operand;
    const { block, start } = placeOf(leaf, coords);
    if (!sliced || node.kind !== 'tasks') return { key: this.request(node, block), start };
    const count = leaf.map.map((m) => (m.axis < 0 ? 1 : shape[m.axis]));
    const step = leaf.map.map((m) => m.step || 1);
    const key = `${blockKey(node, block)}[${start.map((s, a) => `${s}:${count[a]}:${step[a]}`).join()}]`;
    if (!this.asked.has(key)) this.emit.add(node.read!(block, start, step, count, key, this.emit));
    return { key, start: start.map(() => 0) };
  }
}

/** The block of a leaf behind a block of the loop, and the loop's first element in it. */
function placeOf(leaf: Leaf, coords: readonly number[]) {
  const index = leaf.map.map((m) => (m.axis < 0 ? 0 : coords[m.axis]));
  return {
    block: leaf.map.map((m, a) => m.block[index[a]]),
    start: leaf.map.map((m, a) => m.start[index[a]]),
  };
}

/** Slice fusion: whether a source that can read slices should, because the loop needs less than half of a block. */
function readsLittle(leaf: Leaf, coords: readonly number[], root: ArrayNode): boolean {
  const { node } = leaf.operand;
  if (node.kind !== 'tasks' || !node.read || leaf.map.some((m) => m.axis >= 0 && m.step < 1)) return false;
  const space = root.kind === 'fold' ? root.inputs[0].node : root;
  const { block } = placeOf(leaf, coords);
  const used = leaf.map.map((m, a) => {
    const count = m.axis < 0 ? 1 : space.chunks[m.axis][coords[m.axis]];
    return count / Math.max(1, node.chunks[a][block[a]]);
  });
  return used.reduce((x, y) => x * y, 1) < 0.5;
}
