import {
  type Callee,
  type Code,
  call,
  type FunctionBuilder,
  i32,
  i64,
  type Local,
  type ModuleBuilder,
  when,
  whileDo,
} from '../wasm/assembler.js';
import { leap, MULTIPLIER, type Pcg64State } from './pcg64.js';

/**
 * PCG64 as WebAssembly. One step is a 128-bit multiplication, a long chain to wait for; so LANES states, each one step
 * after the other, leap LANES steps at once, side by side. The order of outputs stays that of the one stream.
 *
 * The control block is what a fill keeps in memory: the state of the next output, the increment, and the increment of
 * a leap, 16 bytes each; then, as two i32, where the next unread number in the batch lies, and how many words a batch
 * has; then the batch: words made in advance for the distributions that take a varying number of them.
 */

const LANES = 2;
const LEAP = leap(LANES);

const STATE = 0;
const INCREMENT = 16;
const LEAP_INCREMENT = 32;
const UNREAD = 48;
const SIZE = 52;
const BATCH = 64;
const MAX_WORDS = 1024;

export const CONTROL_BYTES = BATCH + 8 * MAX_WORDS;

/** Words that a batch has room for. */
export const BATCH_WORDS = MAX_WORDS;

/** Where a control block's batch of words begins. */
export const batchOf = (control: number): number => control + BATCH;

/** Begins a stream in the control block at `address`; `words` is about how many it will be asked for. */
export function writeControl(
  buffer: ArrayBufferLike,
  address: number,
  { state, increment }: Pcg64State,
  words: number,
): void {
  const size = Math.min(MAX_WORDS, Math.ceil(words) + 8);
  const first = BigInt.asUintN(128, state * MULTIPLIER + increment);
  writeWide(buffer, address, [first, increment, increment * LEAP.sum]);
  new Uint32Array(buffer, address + UNREAD, 2).set([address + BATCH + 8 * size, size]);
}

function writeWide(buffer: ArrayBufferLike, address: number, numbers: readonly bigint[]): void {
  const halves = numbers.flatMap((wide) => [wide, wide >> 64n]);
  new BigUint64Array(buffer, address, halves.length).set(halves.map((half) => BigInt.asUintN(64, half)));
}

/** Bytes of what `writeLeap` and `writeStride` put down: one leap, and two. */
export const LEAP_BYTES = 32;

/** Puts down the leap over `steps` words, for `leap`. */
export function writeLeap(
  buffer: ArrayBufferLike,
  address: number,
  { increment }: Pcg64State,
  steps: number,
): void {
  const { multiplier, sum } = leap(steps);
  writeWide(buffer, address, [multiplier, increment * sum]);
}

/** Puts down what makes words `stride` apart, for functions that `addWords` has made for strides. */
export function writeStride(
  buffer: ArrayBufferLike,
  address: number,
  state: Pcg64State,
  stride: number,
): void {
  writeLeap(buffer, address, state, stride);
  writeLeap(buffer, address + LEAP_BYTES, state, LANES * stride);
}

/** A 128-bit number. */
interface Wide {
  readonly low: Local;
  readonly high: Local;
}

/** A 128-bit number whose low half is there in two parts of 32 bits, too. */
interface Split extends Wide {
  readonly low0: Local;
  readonly low1: Local;
}

const bits32 = i64.const(0xffffffffn);
const thirtyTwo = i64.const(32n);

function loadWide(f: FunctionBuilder, address: Code, offset: number): Wide {
  return { low: f.let('i64', i64.load(address, offset)), high: f.let('i64', i64.load(address, offset + 8)) };
}

function split(f: FunctionBuilder, low: Code, high: Code): Split {
  const whole = f.let('i64', low);
  return {
    low: whole,
    high: f.let('i64', high),
    low0: f.let('i64', i64.and(whole, bits32)),
    low1: f.let('i64', i64.shrU(whole, thirtyTwo)),
  };
}

const splitConstant = (f: FunctionBuilder, value: bigint): Split =>
  split(f, i64.const(value), i64.const(value >> 64n));

const loadSplit = (f: FunctionBuilder, address: Code, offset: number): Split =>
  split(f, i64.load(address, offset), i64.load(address, offset + 8));

/** Sets `to` to `a·x + c` modulo 2^128; `to` may be `x`. */
function advance(f: FunctionBuilder, to: Wide, x: Wide, a: Split, c: Split): void {
  f.scope(() => {
    // Products of 32-bit parts, each with what is carried into its place: none can exceed 64 bits.
    const x0 = f.let('i64', i64.and(x.low, bits32));
    const x1 = f.let('i64', i64.shrU(x.low, thirtyTwo));
    const p00 = f.let('i64', i64.add(i64.mul(x0, a.low0), c.low0));
    const p10 = f.let('i64', i64.add(i64.mul(x1, a.low0), i64.shrU(p00, thirtyTwo)));
    const p01 = f.let('i64', i64.add(i64.add(i64.mul(x0, a.low1), c.low1), i64.and(p10, bits32)));
    const carried = i64.add(i64.shrU(p10, thirtyTwo), i64.shrU(p01, thirtyTwo));
    const outer = i64.add(i64.mul(x.low, a.high), i64.mul(x.high, a.low));
    f.emit(
      to.high.set(i64.add(i64.add(i64.mul(x1, a.low1), carried), i64.add(outer, c.high))),
      to.low.set(i64.or(i64.shl(p01, thirtyTwo), i64.and(p00, bits32))),
    );
  });
}

/** The output of a state: its halves xored, rotated by the top 6 bits. */
const output = ({ low, high }: Wide): Code => i64.rotr(i64.xor(low, high), i64.shrU(high, i64.const(58n)));

/** Code that stores what one word of output yields. */
type Sink = (f: FunctionBuilder, word: Code, address: Code, offset: number) => Code;

/** One step as `advance` takes it: multiplier and increment. */
type Step = readonly [Split, Split];

/** Adds a function (control, address, words) that passes so many words to `sink`, each `bytes` after the last. */
export const addWords = (m: ModuleBuilder, bytes: number, sink: Sink, name?: string): Callee =>
  m.function({ params: ['i32', 'i32', 'i32'], export: name }, (f, [control, address, words]) => {
    const single: Step = [splitConstant(f, MULTIPLIER), loadSplit(f, control!, INCREMENT)];
    const leaping: Step = [splitConstant(f, LEAP.multiplier), loadSplit(f, control!, LEAP_INCREMENT)];
    passWords(f, [control!, address!, words!], single, leaping, bytes, sink);
  });

/** The same with a fourth parameter, where `writeStride` has put down how far apart the words are. */
export const addStridedWords = (m: ModuleBuilder, bytes: number, sink: Sink, name: string): Callee =>
  m.function(
    { params: ['i32', 'i32', 'i32', 'i32'], export: name },
    (f, [control, address, words, stride]) => {
      const load = (at: number): Step => [loadSplit(f, stride!, at), loadSplit(f, stride!, at + 16)];
      passWords(f, [control!, address!, words!], load(0), load(LEAP_BYTES), bytes, sink);
    },
  );

/** Adds a function (control, at) that leaps as `writeLeap` has put down at `at`. */
export const addLeap = (m: ModuleBuilder, name: string): Callee =>
  m.function({ params: ['i32', 'i32'], export: name }, (f, [control, at]) => {
    const next = loadWide(f, control!, STATE);
    advance(f, next, next, loadSplit(f, at!, 0), loadSplit(f, at!, 16));
    f.emit(i64.store(control!, next.low, STATE), i64.store(control!, next.high, STATE + 8));
  });

function passWords(
  f: FunctionBuilder,
  [control, address, words]: readonly [Local, Local, Local],
  single: Step,
  leaping: Step,
  bytes: number,
  sink: Sink,
): void {
  const next = loadWide(f, control, STATE);
  const lanes = [next];
  while (lanes.length < LANES) {
    const lane = { low: f.local('i64'), high: f.local('i64') };
    advance(f, lane, lanes.at(-1)!, ...single);
    lanes.push(lane);
  }
  const end = f.let('i32', i32.add(address, i32.mul(words, i32.const(bytes))));
  const rest = i32.remU(words, i32.const(LANES));
  const lanesEnd = f.let('i32', i32.sub(end, i32.mul(rest, i32.const(bytes))));
  f.emit(
    whileDo(
      i32.ne(address, lanesEnd),
      f.collect(() => {
        lanes.forEach((lane, i) => {
          f.emit(sink(f, output(lane), address, i * bytes));
          advance(f, lane, lane, ...leaping);
        });
        f.emit(address.set(i32.add(address, i32.const(LANES * bytes))));
      }),
    ),
    whileDo(
      i32.ne(address, end),
      f.collect(() => {
        f.emit(sink(f, output(next), address, 0));
        advance(f, next, next, ...single);
        f.emit(address.set(i32.add(address, i32.const(bytes))));
      }),
    ),
    i64.store(control, next.low, STATE),
    i64.store(control, next.high, STATE + 8),
  );
}

/** Adds a function (control) that makes a new batch. */
export function addRefill(m: ModuleBuilder): Callee {
  const words = addWords(m, 8, (_, word, address, offset) => i64.store(address, word, offset));
  return m.function({ params: ['i32'] }, (_, [control]) => {
    const start = i32.add(control!, i32.const(BATCH));
    return [call(words, control!, start, i32.load(control!, SIZE)), i32.store(control!, start, UNREAD)];
  });
}

/**
 * Reads a batch number by number. NumPy's generators hand out a word's lower bits first, buffering the rest: the order
 * of the bytes in memory.
 */
export class Reader {
  readonly #f: FunctionBuilder;
  readonly #control: Local;
  readonly #refill: Callee;
  readonly #unread: Local;
  readonly #end: Local;

  constructor(f: FunctionBuilder, control: Local, refill: Callee) {
    this.#f = f;
    this.#control = control;
    this.#refill = refill;
    this.#unread = f.let('i32', i32.load(control, UNREAD));
    const bytes = i32.mul(i32.load(control, SIZE), i32.const(8));
    this.#end = f.let('i32', i32.add(i32.add(control, i32.const(BATCH)), bytes));
  }

  /** Emits the reading of the next `bytes` bytes; `load` is given their address. */
  next(bytes: number, load: (address: Code) => Code): void {
    const unread = this.#unread;
    this.#f.emit(
      when(i32.eq(unread, this.#end), [
        call(this.#refill, this.#control),
        unread.set(i32.add(this.#control, i32.const(BATCH))),
      ]),
      load(unread),
      unread.set(i32.add(unread, i32.const(bytes))),
    );
  }

  /** Puts down in the control block how far it has read, for another reader. */
  save(): Code {
    return i32.store(this.#control, this.#unread, UNREAD);
  }

  /** Goes on where another reader has saved. */
  resume(): Code {
    return this.#unread.set(i32.load(this.#control, UNREAD));
  }
}
