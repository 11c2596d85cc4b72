import { randomUUID } from 'node:crypto';
import { type ArrayHandle, handleOf, heldArray } from '../array/compute/handle.js';
import { TileArray } from '../array/index.js';
import { Bag } from '../bag/bag.js';
import { heldPlan } from '../bag/compute.js';
import { nodesOf } from '../bag/nodes.js';
import { revive } from '../cluster/python/index.js';
import { Delayed, heldDelayed } from '../delayed/delayed.js';
import type { Dataset } from '../engine/datasets.js';
import type { Engine } from '../engine/engine.js';
import { DataFrame } from '../frame/frame.js';
import { type FrameHandle, frameHandleOf, heldFrame } from '../frame/held/persisted.js';
import { whyNotCloneable } from '../graph/plain-data.js';
import type { Key } from '../graph/task.js';
import { LAZY, type Lazy, type PassedAs, replaceLazies } from '../lazy/index.js';
import { Future, workOf } from './future.js';
import { AdoptedWork, EngineWork, LocalWork } from './work.js';

/** Something lazy whose results an engine holds, as data. */
type Handle =
  | { readonly kind: 'array'; readonly array: ArrayHandle }
  | { readonly kind: 'frame'; readonly frame: FrameHandle }
  | { readonly kind: 'bag'; readonly keys: readonly Key[] }
  | { readonly kind: 'delayed'; readonly key: Key; readonly as?: PassedAs | undefined }
  | {
      readonly kind: 'future';
      readonly key: Key;
      readonly as?: PassedAs | undefined;
      /** Whether Python made it, so that its values are shown as Python's are. */
      readonly python: boolean;
    };

/** A structure with lazies in it: each is an object whose only property, named by `mark`, is its place among `handles`. */
interface Description {
  readonly mark: string;
  readonly structure: unknown;
  readonly handles: readonly Handle[];
}

/**
 * What others need to use a structure in which futures and what is persisted may be; futures are waited for.
 *
 * @throws TypeError naming what is no plain data, or not held by the engine; what futures failed with
 */
export async function describeDataset(value: unknown, engine: Engine): Promise<Dataset> {
  const mark = randomUUID();
  const lazies: Lazy[] = [];
  const structure = replaceLazies(value, (lazy) => ({ [mark]: lazies.push(lazy) - 1 }));
  const why = whyNotCloneable(structure, 'what is published');
  if (why !== undefined) throw new TypeError(`${why}. Publish plain data, futures and what is persisted`);
  for (const lazy of lazies) if (lazy instanceof Future) await lazy.ready();
  const handles = lazies.map((lazy) => handleIn(lazy, engine));
  const description: Description = { mark, structure, handles };
  return { keys: [...new Set(handles.flatMap(keysOf))], description };
}

/**
 * The structure that was published, whose lazies are held by this program too.
 *
 * @throws GraphError where the cluster does not hold any more what it is made of
 */
export async function reviveDataset(dataset: Dataset, engine: Engine): Promise<unknown> {
  const { mark, structure, handles } = dataset.description as Description;
  const lazies = await Promise.all(handles.map((handle) => lazyOf(handle, engine)));
  const restored = (item: unknown): unknown => {
    if (item instanceof Map) return new Map([...item].map(([key, one]) => [restored(key), restored(one)]));
    if (item instanceof Set) return new Set([...item].map(restored));
    if (Array.isArray(item)) return item.map(restored);
    if (typeof item !== 'object' || item === null || Object.getPrototypeOf(item) !== Object.prototype)
      return item;
    if (mark in item) return lazies[(item as Record<string, number>)[mark]!]!.lazy;
    return Object.fromEntries(Object.entries(item).map(([name, one]) => [name, restored(one)]));
  };
  return restored(structure);
}

function handleIn(lazy: Lazy, engine: Engine): Handle {
  if (lazy[LAZY].engine !== undefined && lazy[LAZY].engine !== engine)
    throw new TypeError(`${String(lazy)} is held by another engine than this client's`);
  if (lazy instanceof Future) {
    const work = workOf(lazy);
    if (work instanceof LocalWork)
      throw new TypeError(
        `${String(lazy)} lies in this process, and others do not see it: publish its result`,
      );
    const python = work instanceof EngineWork && work.revive === revive;
    return { kind: 'future', key: lazy.key, as: lazy.node.as, python };
  }
  if (lazy instanceof TileArray) {
    const array = handleOf(lazy);
    if (array !== undefined) return { kind: 'array', array };
  }
  if (lazy instanceof DataFrame) {
    const frame = frameHandleOf(lazy, engine);
    if (frame !== undefined) return { kind: 'frame', frame };
  }
  if (lazy instanceof Bag) {
    const nodes = nodesOf(lazy.plan);
    if (nodes.every((node) => node.hold !== undefined))
      return { kind: 'bag', keys: nodes.map(({ key }) => key) };
  }
  if (lazy instanceof Delayed) {
    const { key, as, engine: holder } = lazy[LAZY].input();
    if (holder !== undefined) return { kind: 'delayed', key, as };
  }
  const what = lazy instanceof DataFrame ? `a dataframe of ${lazy.columns.join(', ')}` : String(lazy);
  throw new TypeError(
    `${what} is not computed yet: persist it (client.persist), and publish what that gives`,
  );
}

function keysOf(handle: Handle): readonly Key[] {
  switch (handle.kind) {
    case 'array':
      return handle.array.keys;
    case 'frame':
      return handle.frame.parts.map(({ key }) => key);
    case 'bag':
      return handle.keys;
    default:
      return [handle.key];
  }
}

/** In an object: what awaits a future has its result. */
async function lazyOf(handle: Handle, engine: Engine): Promise<{ readonly lazy: Lazy }> {
  if (handle.kind === 'future') {
    const { key, as, python } = handle;
    const node = { key, as, engine, inputs: [], tasks: () => [] };
    const lazy = new Future(
      new AdoptedWork(engine, node, {}, () => [], as, python ? revive : undefined),
      engine,
      as,
    );
    await lazy.ready();
    return { lazy };
  }
  await engine.adopt!([...new Set(keysOf(handle))]);
  switch (handle.kind) {
    case 'array':
      return { lazy: heldArray(handle.array, engine) };
    case 'frame':
      return { lazy: heldFrame(handle.frame, engine) };
    case 'bag':
      return { lazy: new Bag(heldPlan(handle.keys, engine)) };
    case 'delayed':
      return { lazy: heldDelayed(handle, engine) };
  }
}
