import { admit, bytesNeeded, frees, isAtHand } from './admission.js';
import { type Core, PAUSE, SPILL, TARGET } from './core.js';
import { expectedHere, isLittle } from './little.js';
import type { RankHeap } from './rank-heap.js';
import type { TaskRecord, ThreadRecord } from './records.js';
import { makeRoom } from './spilling.js';

/**
 * Which task goes to which thread, and when.
 *
 * A message to a thread and back costs about a hundred times what a small task does, so tasks go in batches, and a thread
 * is sent the next batch while it is at the last. A batch is put together in rank order; a task may follow its inputs
 * into the same batch, so that chains and subtrees stay on one thread.
 */

/** A thread with less work than this, in expected milliseconds, is sent more … */
const LOW_MS = 1;
/** … up to this. */
const HIGH_MS = 2.5;
const BATCH = 256;
/** Tasks at one thread; a thread's ring of claims (`control.ts`) is larger. */
const QUEUE = 512;
/** How many tasks behind one that waits for memory are looked at, for one that frees some. */
const LOOK_PAST = 16;
/** Starting a thread takes some 25 ms; it is worth it for so much work. */
const WORTH_A_THREAD_MS = 5;
/** Work worth taking back from a busy thread for an idle one. */
const WORTH_STEALING_MS = 0.3;

/** Fills threads until none has room, or nothing can be sent. */
export function dispatch(core: Core): void {
  const { threads, here } = core;
  if (here !== undefined && isLittle(core)) {
    fill(core, here);
    return;
  }
  for (const thread of threads) if (thread.started && thread.length === 0) fill(core, thread);
  for (const thread of threads) if (thread.started && thread.length > 0) fill(core, thread);
  for (const thread of threads) {
    if (thread.started) continue;
    if (!worthAThread(core)) break;
    fill(core, thread);
  }
  steal(core);
}

function worthAThread(core: Core): boolean {
  const next = top(core.admitted) ?? top(core.ready) ?? top(core.roots);
  if (next === undefined) return false;
  if (core.threads.every((thread) => !thread.started || thread.stalled)) return true;
  const { mean, count } = next.layer.estimate;
  return count === 0 || mean * core.readyCount > WORTH_A_THREAD_MS;
}

function fill(core: Core, thread: ThreadRecord): void {
  if (thread.length > 0 && (thread.stalled || thread.expected >= LOW_MS)) return;
  const batch: TaskRecord[] = [];
  core.batch++;
  core.ahead.clear();
  const among = thread === core.here ? 1 : core.threads.length;
  let share = Math.max(1, Math.ceil(core.readyCount / among));
  while (batch.length < BATCH && thread.length + batch.length < QUEUE) {
    if (thread.expected >= HIGH_MS) break;
    const record = next(core, thread, batch.length, share > 0);
    if (record === undefined) break;
    if (record.aheadBatch !== core.batch || record.ahead === 0) share--;
    send(core, thread, batch, record);
  }
  core.ahead.clear();
  if (batch.length === 0) return;
  if (!thread.started) {
    thread.started = true;
    core.emit({ do: 'start', thread: thread.index });
  }
  const sequence = thread.next;
  for (const record of batch) thread.queue.push(record);
  core.emit({ do: 'run', thread: thread.index, sequence, tasks: batch });
}

function send(core: Core, thread: ThreadRecord, batch: TaskRecord[], record: TaskRecord): void {
  record.status = 'sent';
  record.thread = thread.index;
  record.sequence = thread.next + batch.length;
  record.expected = thread === core.here ? expectedHere(record) : record.layer.estimate.mean;
  record.batchIndex = batch.length;
  thread.expected += record.expected;
  batch.push(record);
  for (const dependent of record.dependents) {
    if (dependent.status !== 'waiting') continue;
    if (dependent.aheadBatch !== core.batch) {
      dependent.aheadBatch = core.batch;
      dependent.ahead = 0;
    }
    if (++dependent.ahead === dependent.missing) core.ahead.push(dependent);
  }
}

/** The next task for a thread, taken from its heap, with memory; undefined where there is none, or it must wait. */
function next(core: Core, thread: ThreadRecord, batched: number, share: boolean): TaskRecord | undefined {
  const admitted = core.admitted.size > 0 ? popAdmitted(core) : undefined;
  if (admitted !== undefined) return admitted;
  const busy = thread.length + batched > 0;
  for (;;) {
    const heap = best(core, share, busy);
    if (heap === undefined) return undefined;
    const record = heap.peek()!;
    if (!record.heavy) {
      heap.pop();
      admit(core, record);
      return record;
    }
    if (busy && aboveTarget(core, record)) return undefined;
    if (heap === core.ahead) {
      heap.pop();
      if (isAtHand(record) && admit(core, record)) return record;
      continue;
    }
    if (!mayAllocate(core) && !frees(core, record)) return past(core);
    if (!admitHead(core, record)) return past(core);
    heap.pop();
    if (record.loads === 0) return record;
    record.status = 'loading';
    core.loadingTasks++;
  }
}

/** Which heap has the next task. */
function best(core: Core, share: boolean, busy: boolean): RankHeap | undefined {
  let heap: RankHeap | undefined;
  let rank = Number.POSITIVE_INFINITY;
  if (share) {
    const ready = top(core.ready);
    if (ready !== undefined) {
      heap = core.ready;
      rank = ready.rank;
    }
    const root = top(core.roots);
    if (root !== undefined && root.rank < rank && rootMayRun(core, root, busy)) {
      heap = core.roots;
      rank = root.rank;
    }
  }
  while (core.ahead.size > 0 && core.ahead.peek()!.status !== 'waiting') core.ahead.pop();
  const ahead = core.ahead.peek();
  return ahead !== undefined && ahead.rank < rank ? core.ahead : heap;
}

/**
 * When much of the budget is taken, tasks that only make blocks are withheld as long as there are others, ready or
 * running, which may free some: much less memory is used, and little time is lost. Where there are only such tasks, they
 * run on all threads as long as nothing needs to go to disk for it, and else one after another.
 */
function rootMayRun(core: Core, root: TaskRecord, busy: boolean): boolean {
  const { limit, used } = core.space;
  const filled = used + bytesNeeded(core, root);
  if (filled <= TARGET * limit) return true;
  if (busy || core.consumers > 0 || top(core.ready) !== undefined) return false;
  return filled <= SPILL * limit || core.runners.every((thread) => thread.length === 0);
}

/** A thread that has work is not sent a task ahead of time that would fill memory beyond the target. */
function aboveTarget(core: Core, record: TaskRecord): boolean {
  return core.space.used + bytesNeeded(core, record) > TARGET * core.space.limit;
}

/** Near the limit nothing that takes memory begins while the disk is about to free some. */
export function mayAllocate(core: Core): boolean {
  return core.spilling === 0 || core.space.used <= PAUSE * core.space.limit;
}

function admitHead(core: Core, record: TaskRecord): boolean {
  // Reading back for more tasks than can soon run would only fill memory.
  const waiting = core.loadingTasks + core.admitted.size;
  if (waiting >= core.threads.length && !isAtHand(record)) return false;
  for (;;) {
    if (admit(core, record)) {
      if (core.blocked === record) core.blocked = undefined;
      return true;
    }
    core.blocked = record;
    if (makeRoom(core, bytesNeeded(core, record), record) === 0) return false;
  }
}

/** A task behind one that waits for memory, if it frees some or takes none. */
function past(core: Core): TaskRecord | undefined {
  const { ready } = core;
  for (let i = 0; i < ready.size && i < LOOK_PAST; i++) {
    const record = ready.items[i]!;
    if (record.status !== 'ready' || !frees(core, record)) continue;
    if (!admit(core, record)) continue;
    ready.removeAt(i);
    return record;
  }
  return undefined;
}

function popAdmitted(core: Core): TaskRecord | undefined {
  for (let record = core.admitted.pop(); record !== undefined; record = core.admitted.pop())
    if (record.status === 'loading') return record;
  return undefined;
}

/** The first entry of a heap that is still ready. */
function top(heap: RankHeap): TaskRecord | undefined {
  for (;;) {
    const record = heap.peek();
    if (record === undefined || record.status === 'ready' || record.status === 'loading') return record;
    heap.pop();
  }
}

/**
 * Takes back tasks that wait at one thread while another is idle and nothing else is ready. What is taken back must go to another:
 * a thread that is not running counts as idle only for the work of a stalled one, which is sent nothing more.
 */
function steal(core: Core): void {
  if (top(core.ready) !== undefined || top(core.roots) !== undefined || core.admitted.size > 0) return;
  let idle = 0;
  let ended = 0;
  let busiest: ThreadRecord | undefined;
  for (const thread of core.threads) {
    if (!thread.started) ended++;
    else if (thread.length === 0) idle++;
    else if (thread.length > 1 && (busiest === undefined || before(thread, busiest))) busiest = thread;
  }
  if (busiest === undefined || idle + (busiest.stalled ? ended : 0) === 0) return;
  const spare: TaskRecord[] = [];
  let expected = 0;
  const { queue, head, first } = busiest;
  // The task at the head is running.
  for (let i = queue.length - 1; i > head && spare.length < Math.ceil((queue.length - head) / 2); i--) {
    const record = queue[i]!;
    const current = record.thread === busiest.index && record.sequence === first + i - head;
    if (!current || record.status !== 'sent' || record.missing > 0) continue;
    spare.push(record);
    expected += record.expected;
  }
  if (expected < WORTH_STEALING_MS && !busiest.stalled) return;
  for (const record of spare)
    core.emit({ do: 'revoke', thread: busiest.index, sequence: record.sequence, abandoned: false });
}

/** Which of two busy threads to relieve: estimates mean little for one that is stalled. */
const before = (a: ThreadRecord, b: ThreadRecord): boolean =>
  a.stalled === b.stalled ? a.length > b.length : a.stalled;
