import type { Allocation } from '../memory/arena.js';
import type { Core } from './core.js';
import { leaveLayer } from './layers.js';
import { count } from './little.js';
import { NO_RECORDS, NOTHING_STAGED, type Place, type RunRecord, type TaskRecord } from './records.js';

/**
 * Who needs what, by counting: a task is needed while a task that is not done reads it (`waiters`) or a run or
 * the user holds it (`holds`). What is not needed is forgotten when done and dropped when not, and so, in turn, is what only it
 * needed. Blocks that a thread, a loan or the disk still uses (`pins`, place states) are freed when that ends.
 */

/** An edge to `record`, or all of a dropped task's, has gone. */
export function unwait(core: Core, record: TaskRecord): void {
  if (--record.waiters === 0 && record.holds === 0) core.trash.push(record);
}

/** A run or the user has given `record` up. */
export function unhold(core: Core, record: TaskRecord): void {
  if (--record.holds === 0 && record.waiters === 0) core.trash.push(record);
}

export function unpin(core: Core, record: TaskRecord): void {
  if (--record.pins === 0 && record.place?.forgotten) freePlace(core, record.place);
}

/** Forgets or drops everything that nobody needs. Iterative: chains may be long. */
export function sweep(core: Core): void {
  for (let record = core.trash.pop(); record !== undefined; record = core.trash.pop()) {
    if (record.waiters > 0 || record.holds > 0) continue;
    if (record.status === 'done') forget(core, record);
    else if (record.status !== 'dropped' && record.status !== 'failed') abandon(core, record, 'dropped');
  }
}

/** A task that is not done will not be: as nobody wants it, or as it failed. */
export function abandon(core: Core, record: TaskRecord, status: 'dropped' | 'failed'): void {
  const before = record.status;
  record.status = status;
  count(core, record, -1);
  leaveIndex(core, record);
  for (const input of record.inputs) unwait(core, input);
  switch (before) {
    case 'ready':
    case 'waiting':
      // Heaps pass over records whose status has changed.
      if (core.blocked === record) core.blocked = undefined;
      record.inputs = NO_RECORDS;
      break;
    case 'loading':
      if (record.loads > 0) core.loadingTasks--;
      withdraw(core, record);
      record.inputs = NO_RECORDS;
      break;
    case 'sent':
      // Its thread may be writing to its memory: that is freed when the thread has said what became of it.
      core.emit({ do: 'revoke', thread: record.thread, sequence: record.sequence, abandoned: true });
      break;
    case 'seceded':
      core.emit({ do: 'desert', thread: record.thread, sequence: record.sequence });
      break;
    case 'done':
      throw new Error(`cannot abandon the finished task ${record.task.key}`);
  }
}

/** Takes back what admission gave a task: scratch, copies, pins and, unless it finished, the memory for its outputs. */
export function withdraw(core: Core, record: TaskRecord): void {
  if (!record.admitted) return;
  record.admitted = false;
  record.loads = 0;
  if (!record.root) core.consumers--;
  if (record.scratch !== undefined) free(core, record.scratch);
  record.scratch = undefined;
  for (const { allocation } of record.staged) free(core, allocation);
  record.staged = NOTHING_STAGED;
  if (record.place?.state === 'filling') {
    free(core, record.place.allocation!);
    record.place = undefined;
  }
  if (record.heavy) for (const input of record.inputs) unpin(core, input);
}

/** A thread is done with a task that nobody wanted any more. */
export function bury(core: Core, record: TaskRecord): void {
  withdraw(core, record);
  record.inputs = NO_RECORDS;
}

/** Nobody needs the result of a finished task. */
function forget(core: Core, record: TaskRecord): void {
  leaveIndex(core, record);
  record.status = 'dropped';
  record.value = undefined;
  record.dependents = NO_RECORDS;
  const { place } = record;
  if (place === undefined) return;
  place.forgotten = true;
  if (record.pins === 0) freePlace(core, place);
}

/** Frees a place that nobody needs, unless the disk is at it: then its event does. */
export function freePlace(core: Core, place: Place): void {
  if (place.state === 'spilling' || place.state === 'loading') return;
  if (place.allocation !== undefined) {
    free(core, place.allocation);
    place.allocation = undefined;
    core.resident.delete(place.record);
  }
  if (place.onDisk) {
    place.onDisk = false;
    core.spilledBytes -= place.bytes;
    core.emit({ do: 'unlink', place });
  }
  place.record.place = undefined;
}

export function free(core: Core, allocation: Allocation): void {
  core.space.free(allocation);
}

/** Gives up everything a run holds. */
export function letGo(core: Core, run: RunRecord): void {
  for (const record of run.held.values()) unhold(core, record);
  run.held.clear();
}

function leaveIndex(core: Core, record: TaskRecord): void {
  const { key } = record.task;
  if (core.byKey.get(key) === record) core.byKey.delete(key);
  leaveLayer(core, record.layer);
}
