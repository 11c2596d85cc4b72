import type { Op, TaskContext } from '../../engine/op.js';
import {
  type Entropy,
  fillRandom,
  type RandomSpec,
  SeedSequence,
  seedPcg64,
} from '../../kernels/random/index.js';

/** What a block of a random array is made of, beside its seed: which child of the seed's sequence draws it. */
export interface RandomParams {
  readonly spawnKey: readonly number[];
}

/** What all blocks share. The tasks ask for `randomScratch(spec)` bytes of scratch memory. */
export interface RandomCommon {
  readonly spec: RandomSpec;
  readonly entropy: Entropy;
}

/**
 * Fills a block with random numbers, those that NumPy's
 * `Generator(PCG64(SeedSequence(entropy, spawn_key=spawnKey)))` draws, in C order.
 */
export const random: Op<RandomParams, RandomCommon> = ({
  params,
  common,
  out,
  scratch,
  memory,
}: TaskContext<RandomParams, RandomCommon>) => {
  const { data } = out[0]!;
  fillRandom(memory, common.spec, seedPcg64(new SeedSequence(common.entropy, params.spawnKey)), {
    address: data.byteOffset,
    count: data.length,
    scratch: { address: scratch.byteOffset, bytes: scratch.length },
  });
};
