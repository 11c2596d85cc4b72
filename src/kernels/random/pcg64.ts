import type { SeedSequence } from './seed-sequence.js';

/**
 * PCG64 (XSL-RR 128/64): a 128-bit linear congruential generator s → A·s + c, whose output is a scrambled half of the
 * state. See M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms" (2014).
 */
export interface Pcg64State {
  /** 128 bits; the next output comes of the state after this one */
  readonly state: bigint;
  /** 128 bits, odd: selects the stream */
  readonly increment: bigint;
}

export const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

/** The state NumPy's `PCG64(sequence)` starts in. */
export function seedPcg64(sequence: SeedSequence): Pcg64State {
  const words = sequence.generateState(4, 'uint64');
  const increment = BigInt.asUintN(128, (((words[2]! << 64n) | words[3]!) << 1n) | 1n);
  const initial = (words[0]! << 64n) | words[1]!;
  return { state: BigInt.asUintN(128, (increment + initial) * MULTIPLIER + increment), increment };
}

/** The one step s → multiplier·s + increment that leaps over `steps` steps of PCG64. */
export interface Leap {
  readonly multiplier: bigint;
  /** What the generator's increment is multiplied with: 1 + A + … + A^(steps-1). */
  readonly sum: bigint;
}

/** By squaring (F. Brown, "Random Number Generation with Arbitrary Strides", 1994); backwards too, the period being 2^128. */
export function leap(steps: number): Leap {
  let [multiplier, sum] = [1n, 0n];
  let [power, powerSum] = [MULTIPLIER, 1n];
  for (let left = BigInt.asUintN(128, BigInt(steps)); left > 0n; left >>= 1n) {
    if (left & 1n) {
      multiplier = BigInt.asUintN(128, multiplier * power);
      sum = BigInt.asUintN(128, sum * power + powerSum);
    }
    powerSum = BigInt.asUintN(128, powerSum * (power + 1n));
    power = BigInt.asUintN(128, power * power);
  }
  return { multiplier, sum };
}

/** The state `steps` steps on. */
export function leapt({ state, increment }: Pcg64State, steps: number): Pcg64State {
  const { multiplier, sum } = leap(steps);
  return { state: BigInt.asUintN(128, state * multiplier + increment * sum), increment };
}
