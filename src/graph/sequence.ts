import type { IndexedGraph } from './indexed.js';
import { type Pieces, STEPS } from './pieces.js';

/** A detour has at most so many tasks … */
const DETOUR_TASKS = 4;
/** … for a result with at most so many readers left, none of which reads more than so much. */
const DETOUR_READERS = 2;
const DETOUR_INPUTS = 32;
/** Results with so many readers left or more are all equally far from being dropped. */
const MANY_READERS = 64;
/** So many readers of a result are looked at for the next goal. */
const GOAL_READERS = 32;
/** Stands for the reader that never comes: the caller, who holds outputs to the end. */
const CALLER = 2 ** 30;

/** Runs a graph in thought, one task at a time, by the rules that `order.ts` explains. A sequencer is used once. */
export class Sequencer {
  private readonly sequence: Int32Array;
  private count = 0;
  private readonly done: Uint8Array;
  /** Inputs not made yet, for each task. */
  private readonly missing: Int32Array;
  /** Readers not run yet, for each result; `CALLER` more where it is held to the end. */
  private readonly left: Int32Array;
  /** The one reader left of a result: what it drops when it runs, summed over such results. */
  private readonly drops: Float64Array;
  /** Readers that are not ready yet, for each result, and what those not run yet will make. */
  private readonly waiting: Int32Array;
  private readonly spread: Float64Array;
  /** Edges before these are known to lead to tasks done. */
  private readonly nextInput: Int32Array;
  private readonly nextReader: Int32Array;
  /** What is being made, innermost last. */
  private readonly stack: number[] = [];
  /** Free steps to take before the walk goes on. */
  private readonly free: number[] = [];
  /** Held results by number of readers left, touched last on top; entries may be out of date. */
  private readonly held: number[][] = Array.from({ length: MANY_READERS + 1 }, () => []);
  private readonly reads: Int32Array;

  /** @param graph its inputs in the order in which to make them */
  constructor(
    private readonly graph: IndexedGraph,
    private readonly weights: Float64Array,
    heldToEnd: Uint8Array,
  ) {
    const { inputStart, readerStart } = graph;
    const n = weights.length;
    this.sequence = new Int32Array(n);
    this.done = new Uint8Array(n);
    this.missing = new Int32Array(n);
    this.left = new Int32Array(n);
    this.drops = new Float64Array(n);
    this.waiting = new Int32Array(n);
    this.spread = new Float64Array(n);
    this.reads = new Int32Array(n);
    this.nextInput = inputStart.slice();
    this.nextReader = readerStart.slice();
    for (let t = 0; t < n; t++) {
      this.missing[t] = inputStart[t + 1]! - inputStart[t]!;
      this.waiting[t] = readerStart[t + 1]! - readerStart[t]!;
      this.left[t] = this.waiting[t]! + (heldToEnd[t] ? CALLER : 0);
      for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) this.spread[graph.inputs[e]!]! += weights[t]!;
    }
  }

  /** The order of all tasks that the goals need. */
  *run(goals: readonly number[]): Pieces<Int32Array> {
    const { stack } = this;
    let next = 0;
    let steps = 0;
    for (;;) {
      let goal = this.goalNearby();
      while (goal < 0 && next < goals.length) {
        if (!this.done[goals[next]!]) goal = goals[next]!;
        next += 1;
      }
      if (goal < 0) return this.sequence.subarray(0, this.count);
      stack.push(goal);
      while (stack.length > 0) {
        const t = stack[stack.length - 1]!;
        if (++steps % STEPS === 0) yield;
        if (this.done[t]) stack.pop();
        else if (this.missing[t]! > 0) stack.push(this.firstMissing(t));
        else {
          stack.pop();
          this.step(t);
          this.takeFreeSteps();
        }
      }
    }
  }

  private takeFreeSteps(): void {
    for (let t = this.free.pop(); t !== undefined; t = this.free.pop()) if (!this.done[t]) this.step(t);
  }

  private firstMissing(t: number): number {
    const { inputs } = this.graph;
    let e = this.nextInput[t]!;
    while (this.done[inputs[e]!]) e += 1;
    this.nextInput[t] = e;
    return inputs[e]!;
  }

  /** Runs a ready task: drops what it read last, finds the free steps and the detours that it opens. */
  private step(t: number): void {
    const { inputStart, inputs, readerStart, readers } = this.graph;
    const { missing, left } = this;
    this.done[t] = 1;
    this.sequence[this.count++] = t;
    const from = inputStart[t]!;
    const to = inputStart[t + 1]!;
    for (let e = from; e < to; e++) {
      left[inputs[e]!]! -= 1;
      this.spread[inputs[e]!]! -= this.weights[t]!;
      this.touch(inputs[e]!);
    }
    // Backwards, so that the first one comes out of the stack of free steps first.
    for (let e = readerStart[t + 1]! - 1; e >= readerStart[t]!; e--) {
      const reader = readers[e]!;
      missing[reader]! -= 1;
      if (missing[reader] === 0) this.becomesReady(reader);
    }
    this.touch(t);
    this.considerDetour(t);
    for (let e = from; e < to; e++) this.considerDetour(inputs[e]!);
  }

  /** A result that is new or lost a reader. */
  private touch(result: number): void {
    const left = this.left[result]!;
    if (left === 0 || left >= CALLER) return;
    this.held[Math.min(left, MANY_READERS)]!.push(result);
    if (left === 1) {
      const last = this.graph.readers[this.firstReader(result)]!;
      this.drops[last]! += this.weights[result]!;
      this.offer(last);
    } else this.offerReaders(result);
  }

  private becomesReady(t: number): void {
    const { inputStart, inputs } = this.graph;
    for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) {
      const input = inputs[e]!;
      this.waiting[input]! -= 1;
      if (this.waiting[input] === 0) this.offerReaders(input);
    }
    this.offer(t);
  }

  /** A task that drops no less than it makes is a free step. */
  private offer(t: number): void {
    if (this.missing[t] === 0 && this.drops[t]! >= this.weights[t]!) this.free.push(t);
  }

  /** So are all readers of a result together, if they are ready and what they make is no more than the result that they drop. */
  private offerReaders(result: number): void {
    if (this.waiting[result]! > 0 || this.left[result]! >= CALLER) return;
    if (this.spread[result]! > this.weights[result]!) return;
    const { readerStart, readers } = this.graph;
    for (let e = readerStart[result + 1]! - 1; e >= this.nextReader[result]!; e--) {
      if (!this.done[readers[e]!]) this.free.push(readers[e]!);
    }
    this.spread[result] = Number.POSITIVE_INFINITY; // offered once
  }

  /** Edge to the first reader not run yet; there is one. */
  private firstReader(result: number): number {
    const { readers } = this.graph;
    let e = this.nextReader[result]!;
    while (this.done[readers[e]!]) e += 1;
    this.nextReader[result] = e;
    return e;
  }

  /** Puts all readers left of a result on the stack, if that and what they miss is small and leaves no more than there was. */
  private considerDetour(result: number): void {
    const left = this.left[result]!;
    if (left === 0 || left > DETOUR_READERS) return;
    const { inputStart, inputs, readers } = this.graph;
    const tasks: number[] = [];
    for (let e = this.firstReader(result); tasks.length < left; e++) {
      if (!this.done[readers[e]!]) tasks.push(readers[e]!);
    }
    for (let i = 0; i < tasks.length; i++) {
      const t = tasks[i]!;
      const end = inputStart[t + 1]!;
      if (end - inputStart[t]! > DETOUR_INPUTS) return;
      if (this.missing[t] === 0) continue;
      for (let e = this.nextInput[t]!; e < end; e++) {
        const input = inputs[e]!;
        if (this.done[input] || tasks.includes(input)) continue;
        if (tasks.length === DETOUR_TASKS) return;
        tasks.push(input);
      }
    }
    if (this.growth(tasks) > 0) return;
    for (let i = left - 1; i >= 0; i--) this.stack.push(tasks[i]!);
  }

  /** How much more is held once these tasks have run than before. */
  private growth(tasks: readonly number[]): number {
    const { inputStart, inputs } = this.graph;
    const { reads, weights } = this;
    let growth = 0;
    for (const t of tasks) {
      growth += weights[t]!;
      for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) reads[inputs[e]!]! += 1;
    }
    for (const t of tasks) {
      for (let e = inputStart[t]!; e < inputStart[t + 1]!; e++) {
        const input = inputs[e]!;
        if (reads[input] === 0) continue;
        if (reads[input] === this.left[input]) growth -= weights[input]!;
        reads[input] = 0;
      }
    }
    return growth;
  }

  /** The reader to finish next of the result that is closest to being dropped, or -1 when nothing is held that waits for readers. */
  private goalNearby(): number {
    const { readerStart, readers } = this.graph;
    for (let left = 1; left <= MANY_READERS; left++) {
      const results = this.held[left]!;
      for (let result = results.at(-1); result !== undefined; result = results.at(-1)) {
        if (Math.min(this.left[result]!, MANY_READERS) !== left) {
          results.pop();
          continue;
        }
        const from = this.firstReader(result);
        const to = Math.min(readerStart[result + 1]!, from + GOAL_READERS);
        let best = readers[from]!;
        for (let e = from; e < to; e++) {
          const reader = readers[e]!;
          if (!this.done[reader] && this.missing[reader]! < this.missing[best]!) best = reader;
        }
        return best;
      }
    }
    return -1;
  }
}
