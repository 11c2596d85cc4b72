/** How much scratch memory a loop needs: known from its spec alone, so that who plans work need not load the compiler. */

import { type DType, itemsize } from '../dtype.js';
import type { Fold, FusedSpec } from '../spec.js';
import { frameBytes, SLOT_BYTES } from './frame.js';

/** Elements in a packed tile, so that a few of them fit in the first-level cache. */
export const PACKED_TILE = 4096;

/** Partials and states of a fold, at most, and how many blocks it yields. */
const FOLDS: Readonly<Record<Fold['fold'], readonly [slots: number, outputs: number]>> = {
  sum: [3, 1],
  prod: [2, 1],
  min: [3, 1],
  max: [3, 1],
  fmin: [3, 1],
  fmax: [3, 1],
  any: [2, 1],
  all: [2, 1],
  argmin: [4, 2],
  argmax: [4, 2],
  nanargmin: [4, 2],
  nanargmax: [4, 2],
  moments: [7, 2],
  nanmoments: [8, 3],
};

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/**
 * Bytes of scratch memory that a run over `shape` needs: an upper bound whatever the strides, and, with NaN in it, whatever
 * the extents.
 */
export function scratchFor(spec: FusedSpec, shape: readonly number[]): number {
  const elements = shape.reduce((product, extent) => product * extent, 1);
  return tileSizes(spec.inputs, elements).reduce((sum, bytes) => sum + bytes, fixedBytes(spec));
}

const known = new WeakMap<FusedSpec, number>();

/** Bytes of the frame and of the folds' cells. */
function fixedBytes(spec: FusedSpec): number {
  let bytes = known.get(spec);
  if (bytes === undefined) {
    bytes = measure(spec);
    known.set(spec, bytes);
  }
  return bytes;
}

function measure({ inputs, nodes, outputs }: FusedSpec): number {
  const axes = new Set<number>();
  let params = 0;
  for (const node of nodes) {
    if (node.op === 'index') axes.add(node.axis);
    else if (node.op === 'param') params = Math.max(params, node.param + 1);
  }
  let slots = 0;
  let blocks = 0;
  for (const output of outputs) {
    const [more, yields] = output.kind === 'map' ? [0, 1] : FOLDS[output.fold];
    slots += more;
    blocks += yields;
  }
  const frame = frameBytes({ inputs: inputs.length, axes: axes.size, outputs: blocks, params });
  return aligned(frame) + aligned(slots * SLOT_BYTES);
}

/** Bytes of scratch for each input's tile, where a loop has `elements` elements (NaN: not known yet). */
export function tileSizes(inputs: readonly DType[], elements: number): number[] {
  const tile = Number.isNaN(elements) ? PACKED_TILE : Math.min(elements, PACKED_TILE);
  return inputs.map((dtype) => aligned(tile * itemsize(dtype)));
}
