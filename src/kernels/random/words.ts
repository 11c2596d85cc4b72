import type { WasmMemory } from '../wasm-memory.js';
import type { RandomKernels } from './module.js';
import { BATCH_WORDS, batchOf } from './stream.js';

const TO_UNIT = 2 ** -53;

/** A stream's words one by one, for distributions that take a varying number of them and are no kernels. */
export class Words {
  /** The halves of the word that was read last. */
  low = 0;
  high = 0;
  readonly #batch: Uint32Array;
  readonly #refill: () => void;
  #at: number;
  #upper: number | undefined;

  constructor(kernels: RandomKernels, memory: WasmMemory, control: number) {
    const batch = batchOf(control);
    this.#batch = new Uint32Array(memory.buffer, batch, 2 * BATCH_WORDS);
    this.#at = this.#batch.length;
    this.#refill = () => kernels.words(control, batch, BATCH_WORDS);
  }

  /** Reads a word. */
  next(): void {
    if (this.#at === this.#batch.length) {
      this.#refill();
      this.#at = 0;
    }
    this.low = this.#batch[this.#at]!;
    this.high = this.#batch[this.#at + 1]!;
    this.#at += 2;
  }

  /** The upper 53 bits of the word that was read last. */
  upper53(): number {
    return this.high * 0x200000 + (this.low >>> 11);
  }

  /** Uniform over [0, 1), of the next word. */
  unit(): number {
    this.next();
    return this.upper53() * TO_UNIT;
  }

  /** The next 32 bits: of a word the lower half, then the upper, which waits while others read words. */
  half(): number {
    const waiting = this.#upper;
    if (waiting !== undefined) {
      this.#upper = undefined;
      return waiting;
    }
    this.next();
    this.#upper = this.high;
    return this.low;
  }
}
