import { MULTIPLIER, seedPcg64 } from './pcg64.js';
import type { SeedSequence } from './seed-sequence.js';

const MASK = (1n << 64n) - 1n;

/** Numbers from 0 to 1, as NumPy's `Generator(PCG64(sequence)).random()` draws them, one a call. */
export function uniform(sequence: SeedSequence): () => number {
  const { increment, ...seeded } = seedPcg64(sequence);
  let { state } = seeded;
  return () => {
    state = BigInt.asUintN(128, state * MULTIPLIER + increment);
    const folded = ((state >> 64n) ^ state) & MASK;
    const turn = state >> 122n;
    const word = ((folded >> turn) | (folded << (64n - turn))) & MASK;
    return Number(word >> 11n) / 2 ** 53;
  };
}
