import type { Engine } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import type { Key } from '../../graph/task.js';
import type { DType } from '../../kernels/dtype.js';
import { holdOf, wasReleased } from '../../lazy/index.js';
import { PersistedArray, type TileArray } from '../array.js';
import { blocksOf, type Chunks, gridOf } from '../nodes/chunks.js';
import { type HeldNode, makeNode } from '../nodes/node.js';

/** An array whose blocks an engine holds, as data: for another program. */
export interface ArrayHandle {
  readonly dtype: DType;
  readonly chunks: Chunks;
  readonly bounds?: Chunks;
  /** Of the blocks, in C order. */
  readonly keys: readonly Key[];
}

/** Undefined where the array is not persisted. */
export function handleOf({ node }: TileArray): ArrayHandle | undefined {
  if (node.kind !== 'held') return undefined;
  const { parts, chunks, bounds } = node;
  const keys = [...blocksOf(gridOf(chunks))].map((coords) => node.keys(coords));
  return { dtype: parts[0]!, chunks, ...(bounds && { bounds }), keys };
}

/** The array of blocks that an engine holds, until it is released or collected. */
export function heldArray({ dtype, chunks, bounds, keys }: ArrayHandle, engine: Engine): PersistedArray {
  const places = [...blocksOf(gridOf(chunks))];
  const byPlace = new Map(places.map((coords, i) => [coords.join(), keys[i]!]));
  const hold = holdOf(engine, keys);
  return new PersistedArray(
    makeNode<HeldNode>('persisted', [...keys], {
      kind: 'held',
      parts: [dtype],
      chunks,
      ...(bounds && { bounds }),
      inputs: [],
      engine,
      hold,
      keys: (coords) => {
        if (hold.released) throw new EngineError(wasReleased('an array'));
        return byPlace.get(coords.join())!;
      },
    }),
  );
}
