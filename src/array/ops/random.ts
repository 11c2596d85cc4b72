import type { Op, TaskContext } from '../../engine/op.js';
import {
  type Entropy,
  fillPart,
  fillRandom,
  isLeapable,
  type Part,
  type RandomSpec,
  SeedSequence,
  seedPcg64,
} from '../../kernels/random/index.js';

/** What a block of a random array is made of, beside its seed: which child of the seed's sequence draws it. */
export interface RandomParams {
  readonly spawnKey: readonly number[];
  /** Where not all of the block is wanted. */
  readonly part?: Part;
}

/** What all blocks share. The tasks ask for `randomScratch(spec)` bytes of scratch memory. */
export interface RandomCommon {
  readonly spec: RandomSpec;
  readonly entropy: Entropy;
}

/**
 * Fills a block with random numbers, those that NumPy's
 * `Generator(PCG64(SeedSequence(entropy, spawn_key=spawnKey)))` draws, in C order; or only a part of it.
 */
export const random: Op<RandomParams, RandomCommon> = ({
  params,
  common,
  out,
  scratch,
  memory,
}: TaskContext<RandomParams, RandomCommon>) => {
  const { data, shape } = out[0]!;
  const { spec, entropy } = common;
  const { spawnKey, part } = params;
  const state = seedPcg64(new SeedSequence(entropy, spawnKey));
  const target = {
    address: data.byteOffset,
    count: data.length,
    scratch: { address: scratch.byteOffset, bytes: scratch.length },
  };
  if (part === undefined) fillRandom(memory, spec, state, target);
  else if (isLeapable(spec)) fillPart(memory, spec, state, target, part, shape);
  else throw new TypeError(`${spec.kind} of ${spec.dtype} cannot be drawn in parts`);
};
