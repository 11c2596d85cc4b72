import type { ChainCommon, ChainParams } from './ops/chain.js';
import type { Graph, Key, Task } from './task.js';

/** The operation that runs the steps of a fused chain. */
export const CHAIN = 'graph/chain';

/**
 * Joins linear chains of tasks into one `graph/chain` task each: a message, a decision and a stored value less for each
 * link. Two tasks are linked where the second reads nothing but the first, nobody else does, the first is no output,
 * and its result is a plain value (blocks lie in memory that the engine hands out before a task runs). A chain has the key
 * of its last task, so readers and outputs find what they found before.
 */
export function fuse(graph: Graph, outputs: Iterable<Key>): Graph {
  const kept = new Set(outputs);
  const readers = countReaders(graph);
  const linked = (task: Task): Task | undefined => {
    const input = task.inputs[0];
    if (input === undefined || task.inputs.some((key) => key !== input)) return undefined;
    const first = graph.get(input);
    if (!first || first.out || kept.has(input) || readers.get(input) !== 1) return undefined;
    // A graph that was fused before has no links left but those its readers made since: not worth a chain in a chain.
    return first.op === CHAIN || task.op === CHAIN ? undefined : first;
  };

  const inner = new Set<Key>();
  for (const task of graph.values()) {
    const first = linked(task);
    if (first) inner.add(first.key);
  }
  if (inner.size === 0) return graph;

  const shared = new CommonTable();
  const fused = new Map<Key, Task>();
  for (const [key, task] of graph) {
    if (inner.has(key)) continue;
    const steps = [task];
    for (let first = linked(task); first; first = linked(first)) steps.push(first);
    fused.set(key, steps.length === 1 ? task : chain(steps.reverse(), shared));
  }
  return fused;
}

/** How many tasks read each key. */
function countReaders(graph: Graph): Map<Key, number> {
  const readers = new Map<Key, number>();
  for (const task of graph.values()) {
    for (const key of task.inputs.length > 1 ? new Set(task.inputs) : task.inputs) {
      readers.set(key, (readers.get(key) ?? 0) + 1);
    }
  }
  return readers;
}

function chain(steps: readonly Task[], shared: CommonTable): Task {
  const last = steps.at(-1)!;
  const params: ChainParams = { keys: steps.map(({ key }) => key), params: steps.map((step) => step.params) };
  const scratch = Math.max(...steps.map((step) => step.scratch ?? 0));
  return Object.freeze({
    key: last.key,
    op: CHAIN,
    inputs: steps[0]!.inputs,
    params,
    common: shared.of(steps),
    ...(last.out && { out: last.out }),
    ...(scratch > 0 && { scratch }),
  });
}

/** One object for all chains whose steps have the same operations and common parts, as all chains of a layer have. */
class CommonTable {
  private readonly numbers = new Map<unknown, number>();
  private readonly table = new Map<string, ChainCommon>();

  of(steps: readonly Task[]): ChainCommon {
    const shape = steps.map(({ op, common, inputs }) => ({ op, common, reads: inputs.length }));
    const id = shape.map(({ op, common, reads }) => `${op} ${this.numberOf(common)} ${reads}`).join('\n');
    let found = this.table.get(id);
    if (!found) {
      found = Object.freeze({ steps: Object.freeze(shape) });
      this.table.set(id, found);
    }
    return found;
  }

  private numberOf(common: unknown): number {
    const number = this.numbers.get(common) ?? this.numbers.size;
    this.numbers.set(common, number);
    return number;
  }
}
