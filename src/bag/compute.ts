import type { Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import { passed } from '../engine/ops/call.js';
import type { Key } from '../graph/task.js';
import { type Family, holdOf, type Lazy, type LazyInput, type Output, tasksInPieces } from '../lazy/index.js';
import { lazies, listNode, nodesOf } from './nodes.js';
import { unpack } from './ops/pack.js';
import { type BagPlan, planOf } from './plan.js';

/** What computations need of a bag. */
export interface Planned extends Lazy {
  readonly plan: BagPlan;
}

/** How bags are computed together. @param make makes a bag of a plan */
export const familyOf = (make: (plan: BagPlan) => Lazy): Family => ({
  *plan(bags) {
    const nodes = bags.map((bag) => nodesOf((bag as Planned).plan));
    return {
      graph: yield* tasksInPieces(nodes.flat()),
      outputs: nodes.map((some) => new BagOutput(some, make)),
    };
  },
});

/** The engine that holds some of a bag already. */
export const engineOf = (plan: BagPlan): Engine | undefined =>
  nodesOf(plan).find(({ engine }) => engine !== undefined)?.engine;

/** A bag as an argument of a function: a list of all its elements. */
export const inputOf = (plan: BagPlan): LazyInput => listNode(nodesOf(plan));

class BagOutput implements Output {
  readonly keys: readonly Key[];
  readonly reserve = 0;
  private readonly parts = new Map<Key, unknown[]>();

  constructor(
    private readonly nodes: readonly LazyInput[],
    private readonly make: (plan: BagPlan) => Lazy,
  ) {
    this.keys = [...new Set(nodes.map(({ key }) => key))];
  }

  put(key: Key, result: Result): void {
    this.parts.set(key, unpack(passed(result)));
  }

  value(): unknown[] {
    return this.nodes.flatMap(({ key }) => this.parts.get(key)!);
  }

  held(engine: Engine): Lazy {
    return this.make(
      heldPlan(
        this.nodes.map(({ key }) => key),
        engine,
      ),
    );
  }
}

/** A bag whose partitions an engine holds, until it is collected. */
export function heldPlan(keys: readonly Key[], engine: Engine): BagPlan {
  const hold = holdOf(engine, keys);
  const held = keys.map((key): LazyInput => ({ key, engine, inputs: [], tasks: () => [], hold }));
  return planOf(
    'held',
    lazies(held).map((part) => ({ of: 'packed', parts: [part] })),
  );
}
