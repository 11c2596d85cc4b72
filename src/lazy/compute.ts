import type { ComputeOptions, Engine } from '../engine/engine.js';
import { checkOptions } from '../engine/known-options.js';
import { orderInPieces } from '../graph/order.js';
import { inPieces, type Pieces } from '../graph/pieces.js';
import type { Graph, Key } from '../graph/task.js';
import { engineFor, holderOf } from './holder.js';
import { type Alone, type Family, LAZY, type Lazy, type LazyHooks, type Output } from './protocol.js';
import { replaceLazies } from './structure.js';
import type { ComputedIn, PersistedIn } from './types.js';

/** What a computation takes: an engine (default: the process's own), an AbortSignal, retries, a priority, a progress callback. */
export interface LazyCompute extends Omit<ComputeOptions, 'priorities'> {
  readonly engine?: Engine;
}

/** The options that there are. */
export const COMPUTE_OPTIONS = [
  'engine',
  'signal',
  'priority',
  'resources',
  'workers',
  'allowOtherWorkers',
  'retries',
  'onProgress',
] as const satisfies readonly (keyof LazyCompute)[];

/**
 * Computes everything lazy in a structure of nested arrays, objects, Maps and Sets, in one pass: what they share is computed once. The
 * outcome has the same structure; what is not lazy stays as it is.
 *
 * @throws TaskError where a task fails, MemoryLimitError where blocks do not fit, RangeError where the result of an array is larger
 *   than 8 GiB, the signal's reason when aborted, TypeError where nothing is lazy and it is no structure, EngineError where another engine
 *   than `engine` holds some of it
 * @example
 * await compute([x.sum(), x.max(0)]); // [ 15, [3. 4. 5.] ]
 * const double = delayed((n: number) => 2 * n);
 * await compute({ total: x.sum(), twice: [double(1), double(2)] }); // { total: 15, twice: [ 2, 4 ] }
 */
export async function compute<const S>(structure: S, options: LazyCompute = {}): Promise<ComputedIn<S>> {
  checkOptions('compute', options, COMPUTE_OPTIONS);
  const { engine: chosen, ...rest } = options;
  rest.signal?.throwIfAborted();
  const planned = inPieces(planOf(structure, 'compute'), rest.signal);
  const { lazies, alone, graph, outputs, holder } = planned instanceof Promise ? await planned : planned;
  const engine = engineFor(chosen, holder);
  const places = byKey(outputs);
  const keys = [...places.keys()];
  const together = async (signal: AbortSignal | undefined): Promise<void> => {
    const ranks = inPieces(orderInPieces(graph, keys), signal);
    const run = await engine.run(graph, keys, {
      ...rest,
      ...(signal && { signal }),
      priorities: ranks instanceof Promise ? await ranks : ranks,
      reserve: outputs.reduce((bytes, output) => bytes + output.reserve, 0),
      onOutput: (key, result) => {
        for (const output of places.get(key)!) output.put(key, result);
      },
    });
    run[Symbol.dispose]();
  };
  const own = await beside(alone, rest.signal, together, (one, signal) =>
    one.compute({ ...where(chosen), ...signal }),
  );
  const values = await Promise.all(outputs.map((output) => output.value()));
  return replaceLazies(structure, (lazy) => own.get(lazy) ?? values[lazies.get(lazy)!]) as ComputedIn<S>;
}

/**
 * Computes everything lazy in a structure, in one pass, and keeps the results in the engine, in memory or on disk. The lazies of the
 * structure returned read them from there; they are given up by `release` (of arrays and frames; `using` calls it),
 * or when these are in use no more.
 *
 * @throws as `compute`
 * @example
 * const [held] = await persist([x.add(1)]);
 * await held.sum().compute(); // 21
 */
export async function persist<const S>(structure: S, options: LazyCompute = {}): Promise<PersistedIn<S>> {
  checkOptions('persist', options, COMPUTE_OPTIONS);
  const { engine: chosen, ...rest } = options;
  rest.signal?.throwIfAborted();
  const planned = inPieces(planOf(structure, 'persist'), rest.signal);
  const { lazies, alone, graph, outputs, holder } = planned instanceof Promise ? await planned : planned;
  const engine = engineFor(chosen, holder);
  const places = byKey(outputs);
  const together = async (signal: AbortSignal | undefined): Promise<void> => {
    // Each of several that share a result holds it.
    for (let round = 0, keys = [...places.keys()]; round === 0 || keys.length > 0; round++) {
      const ranks = inPieces(orderInPieces(graph, keys), signal);
      await engine.persist(graph, keys, {
        ...rest,
        ...(signal && { signal }),
        priorities: ranks instanceof Promise ? await ranks : ranks,
      });
      keys = keys.filter((key) => places.get(key)!.length > round + 1);
    }
  };
  const own = await beside(alone, rest.signal, together, (one, signal) =>
    one.persist({ ...where(chosen), ...signal }),
  );
  const held = outputs.map((output) => output.held(engine));
  return replaceLazies(structure, (lazy) => own.get(lazy) ?? held[lazies.get(lazy)!]) as never;
}

const where = (engine: Engine | undefined): { readonly engine?: Engine } =>
  engine === undefined ? {} : { engine };

/** Does what lazies share, and beside it what stands alone; the first error ends all of it. */
async function beside<T>(
  alone: ReadonlyMap<Lazy, Alone>,
  signal: AbortSignal | undefined,
  together: (signal: AbortSignal | undefined) => Promise<void>,
  each: (one: Alone, signal: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<ReadonlyMap<Lazy, T>> {
  const made = new Map<Lazy, T>();
  if (alone.size === 0) {
    await together(signal);
    return made;
  }
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const work = [...alone].map(async ([lazy, one]) => {
    made.set(lazy, await each(one, { signal: either }));
  });
  const all = [together(either), ...work];
  try {
    await Promise.all(all);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
  return made;
}

interface Planned {
  /** Index of each lazy's output. */
  readonly lazies: ReadonlyMap<Lazy, number>;
  /** What is no part of the graph. */
  readonly alone: ReadonlyMap<Lazy, Alone>;
  readonly graph: Graph;
  readonly outputs: readonly Output[];
  /** The engine that holds some of it already. */
  readonly holder: Engine | undefined;
}

function* planOf(structure: unknown, label: string): Pieces<Planned> {
  if (typeof structure !== 'object' || structure === null)
    throw new TypeError(
      `${label} takes arrays, frames, delayed values and futures, or lists, objects and Maps of them, not ${structure === null ? 'null' : typeof structure}`,
    );
  const together: LazyHooks[] = [];
  const alone = new Map<Lazy, Alone>();
  const families = new Map<Family, Set<Lazy>>();
  replaceLazies(structure, (lazy) => {
    const { family } = lazy[LAZY];
    // What stands alone finds its engine itself.
    if (!('plan' in family)) {
      alone.set(lazy, family);
      return lazy;
    }
    together.push(lazy[LAZY]);
    const members = families.get(family);
    if (members === undefined) families.set(family, new Set([lazy]));
    else members.add(lazy);
    return lazy;
  });
  const lazies = new Map<Lazy, number>();
  const outputs: Output[] = [];
  let graph: Graph = new Map();
  for (const [family, members] of families) {
    const plan = yield* family.plan([...members]);
    for (const lazy of members) lazies.set(lazy, lazies.size);
    for (const output of plan.outputs) outputs.push(output);
    graph = graph.size === 0 ? plan.graph : new Map([...graph, ...plan.graph]);
    yield;
  }
  return { lazies, alone, graph, outputs, holder: holderOf(together) };
}

function byKey(outputs: readonly Output[]): Map<Key, Output[]> {
  const places = new Map<Key, Output[]>();
  for (const output of outputs)
    for (const key of new Set(output.keys)) {
      const list = places.get(key);
      if (list) list.push(output);
      else places.set(key, [output]);
    }
  return places;
}
