/**
 * NumPy's SeedSequence: turns seeds of any quality into well-mixed initial states, and derives independent child
 * sequences by a spawn key. The same numbers give the same words as `numpy.random.SeedSequence`, so that NumPy can
 * check every block of a random array. The mixing is M. E. O'Neill's `seed_seq_fe` (https://www.pcg-random.org).
 */

/** What a sequence starts from: a non-negative integer of any size, or several, least significant first. */
export type Entropy = number | bigint | readonly (number | bigint)[];

const POOL_SIZE = 4;
const INIT_A = 0x43b0d7e5;
const MULT_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULT_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;

export class SeedSequence {
  readonly entropy: Entropy;
  readonly spawnKey: readonly number[];
  readonly #pool: Uint32Array;

  /**
   * @param entropy non-negative integers; the seed
   * @param spawnKey which descendant of the seed this is: `[i]` is its i-th child, `[i, j]` that one's j-th
   * @throws RangeError for a negative, fractional or unsafe number (use a bigint above 2^53)
   */
  constructor(entropy: Entropy, spawnKey: readonly number[] = []) {
    this.entropy = entropy;
    this.spawnKey = spawnKey;
    this.#pool = mixEntropy(assemble(entropy, spawnKey));
  }

  /** The child `index`, equal to NumPy's `spawn(n)[index]` of a fresh sequence with n > index. */
  child(index: number): SeedSequence {
    return new SeedSequence(this.entropy, [...this.spawnKey, index]);
  }

  /** Children `first` to `first + count - 1`. Nothing is remembered: NumPy's count of children is `first` here. */
  spawn(count: number, first = 0): SeedSequence[] {
    return Array.from({ length: count }, (_, i) => this.child(first + i));
  }

  /** `count` words to seed a generator with, as NumPy's `generate_state(count, uint32 | uint64)`. */
  generateState(count: number, dtype?: 'uint32'): Uint32Array;
  generateState(count: number, dtype: 'uint64'): BigUint64Array;
  generateState(count: number, dtype: 'uint32' | 'uint64' = 'uint32'): Uint32Array | BigUint64Array {
    const words = dtype === 'uint64' ? count * 2 : count;
    const state = new Uint32Array(words);
    let hash = INIT_B;
    for (let i = 0; i < words; i++) {
      let value = this.#pool[i % POOL_SIZE]! ^ hash;
      hash = Math.imul(hash, MULT_B);
      value = Math.imul(value, hash);
      state[i] = value ^ (value >>> 16);
    }
    if (dtype === 'uint32') return state;
    return BigUint64Array.from({ length: count }, (_, i) => joined(state[2 * i]!, state[2 * i + 1]!));
  }
}

const joined = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

/** 128 bits from the system's source of randomness: the seed when the user gives none. */
export function freshEntropy(): bigint {
  const words = globalThis.crypto.getRandomValues(new BigUint64Array(2));
  return (words[1]! << 64n) | words[0]!;
}

function assemble(entropy: Entropy, spawnKey: readonly number[]): number[] {
  const words = wordsOf(entropy, 'seed');
  // Zeros up to the pool's size keep a long seed apart from a short one with a spawn key.
  if (spawnKey.length > 0) while (words.length < POOL_SIZE) words.push(0);
  words.push(...wordsOf(spawnKey, 'spawn key'));
  return words;
}

/** The 32-bit words of integers, least significant first; 0 is one word. */
function wordsOf(entropy: Entropy, what: string): number[] {
  const words: number[] = [];
  for (const value of Array.isArray(entropy) ? entropy : [entropy]) {
    if (typeof value === 'number' && value >= 0 && value <= 0xffffffff && Number.isInteger(value)) {
      words.push(value);
      continue;
    }
    if (value < 0 || (typeof value === 'number' && !Number.isSafeInteger(value)))
      throw new RangeError(
        `a ${what} is made of non-negative integers, got ${value}${value > 0 ? '; above 2^53 give a bigint' : ''}`,
      );
    let rest = BigInt(value);
    do {
      words.push(Number(rest & 0xffffffffn));
      rest >>= 32n;
    } while (rest > 0n);
  }
  return words;
}

function mixEntropy(entropy: readonly number[]): Uint32Array {
  const pool = new Uint32Array(POOL_SIZE);
  let hash = INIT_A;
  const hashed = (input: number): number => {
    let value = input ^ hash;
    hash = Math.imul(hash, MULT_A);
    value = Math.imul(value, hash);
    return value ^ (value >>> 16);
  };
  const mixed = (x: number, y: number): number => {
    const value = (Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y)) | 0;
    return value ^ (value >>> 16);
  };
  for (let i = 0; i < POOL_SIZE; i++) pool[i] = hashed(entropy[i] ?? 0);
  for (let source = 0; source < POOL_SIZE; source++)
    for (let i = 0; i < POOL_SIZE; i++) if (i !== source) pool[i] = mixed(pool[i]!, hashed(pool[source]!));
  for (let source = POOL_SIZE; source < entropy.length; source++)
    for (let i = 0; i < POOL_SIZE; i++) pool[i] = mixed(pool[i]!, hashed(entropy[source]!));
  return pool;
}
