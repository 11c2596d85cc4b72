import type { Key } from '../graph/task.js';
import { compute, type LazyCompute, type LazyInput, tasksOf } from '../lazy/index.js';
import type { Bag } from './bag.js';
import { whole } from './given.js';
import { lazies, nodesOf } from './nodes.js';
import { type BagPlan, planOf, withStep } from './plan.js';

/** Where elements are looked for. */
export interface TakeOptions extends LazyCompute {
  /** In how many partitions at most, from the first (default: all). */
  readonly partitions?: number;
}

type Make<T> = (plan: BagPlan) => Bag<T>;

/** The first elements: of one partition, then of two more, then of four more, until there are as many. */
export async function takeFrom<T>(
  plan: BagPlan,
  count: number,
  { partitions = plan.sources.length, ...options }: TakeOptions = {},
  make: Make<T>,
): Promise<T[]> {
  whole('take', 'a count', count, 0);
  const end = Math.min(whole('take', 'partitions', partitions, 1), plan.sources.length);
  const taken: T[] = [];
  for (let from = 0, size = 1; from < end && taken.length < count; from += size, size *= 2) {
    const missing = count - taken.length;
    const some = someOf(plan, from, Math.min(end, from + size));
    const limited = withStep(some, () => ({ do: 'limit', count: missing }));
    taken.push(...(await make(limited).compute(options)).slice(0, missing));
  }
  return taken;
}

/** The partitions of a bag from one to another. */
function someOf(plan: BagPlan, from: number, to: number): BagPlan {
  const args = plan.args.map((arg) => ('each' in arg ? { each: arg.each.slice(from, to) } : arg));
  return Object.freeze({ ...plan, sources: plan.sources.slice(from, to), args });
}

/** One partition after another, of which the next is computed while one is looked at. */
export async function* partsOf<T>(bag: Bag<T>, make: Make<T>): AsyncGenerator<T[], void, void> {
  const held = sharesWork(nodesOf(bag.plan)) ? await bag.persist() : bag;
  const stop = new AbortController();
  const parts = nodesOf(held.plan).map((node) =>
    make(planOf('part', [{ of: 'packed', parts: lazies([node]) }])),
  );
  const begin = (i: number): Promise<T[]> | undefined => {
    const computing = parts[i] && (compute(parts[i], { signal: stop.signal }) as Promise<T[]>);
    // Nobody waits for it where the loop is left.
    computing?.catch(() => {});
    return computing;
  };
  try {
    for (let i = 0, next = begin(0); next !== undefined; i++) {
      const part = await next;
      next = begin(i + 1);
      yield part;
    }
  } finally {
    stop.abort();
  }
}

/** Whether a task is needed by several partitions. */
function sharesWork(nodes: readonly LazyInput[]): boolean {
  const met = new Set<Key>();
  return nodes.some((node) =>
    [...tasksOf([node]).keys()].some((key) => {
      const again = met.has(key);
      met.add(key);
      return again;
    }),
  );
}
