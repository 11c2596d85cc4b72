/**
 * What a thread and the main thread tell each other without a message: which task runs now, and, for each task sent, whether
 * the thread has begun it or the main thread has taken it back; whoever is first has it.
 */
const QUEUE_SLOTS = 1024;
const RUNNING = 0;
const CLAIMS = 16;
const SIZE = CLAIMS + QUEUE_SLOTS;

const FREE = 0;
const BEGUN = 1;
const REVOKED = 2;

export class Control {
  private readonly words: Int32Array;
  /** Main thread: the number of the last task offered. */
  private last = -1;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * SIZE)) {
    this.words = new Int32Array(buffer);
  }

  /** Main thread: number of the task that runs, -1 for none. A thread has fewer tasks than there are slots, so the slot tells which it is; numbers grow beyond 32 bits. */
  get running(): number {
    const running = Atomics.load(this.words, RUNNING) - CLAIMS;
    if (running < 0) return -1;
    return this.last - ((this.last - running) % QUEUE_SLOTS);
  }

  /** Main thread: tasks `first` … `first + count - 1` are about to be sent. */
  offer(first: number, count: number): void {
    for (let i = 0; i < count; i++) Atomics.store(this.words, slot(first + i), FREE);
    this.last = first + count - 1;
  }

  /** Main thread: takes a task back. False: the thread has begun it. */
  revoke(sequence: number): boolean {
    return Atomics.compareExchange(this.words, slot(sequence), FREE, REVOKED) === FREE;
  }

  /** Thread: begins a task. False: it was taken back. */
  begin(sequence: number): boolean {
    if (Atomics.compareExchange(this.words, slot(sequence), FREE, BEGUN) !== FREE) return false;
    Atomics.store(this.words, RUNNING, slot(sequence));
    return true;
  }

  /** Thread: no task runs now. */
  rest(): void {
    Atomics.store(this.words, RUNNING, 0);
  }
}

const slot = (sequence: number): number => CLAIMS + (sequence % QUEUE_SLOTS);
