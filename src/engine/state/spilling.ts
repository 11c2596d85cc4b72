import type { Core } from './core.js';
import { free, freePlace } from './lifetimes.js';
import type { Place, TaskRecord } from './records.js';
import { isPending } from './submit.js';

/** Places written at once: the system's thread pool has four threads by default. */
const AT_ONCE = 4;

/**
 * Moves blocks to disk until `bytes` are, or will be, free. What is read last in the order of execution goes first, results
 * that only wait for the user before all, and among equals what was not used for longest. Copies that are on disk
 * already are simply dropped.
 * @returns bytes freed at once
 */
export function makeRoom(core: Core, bytes: number, keep: TaskRecord | undefined): number {
  if (core.spilling >= AT_ONCE && core.spillingBytes >= bytes) return 0;
  const kept = new Set(keep?.inputs);
  const victims: TaskRecord[] = [];
  const reading = new Map<TaskRecord, number>();
  for (const record of core.resident) {
    if (record.pins > 0 || record.place!.state !== 'memory' || kept.has(record)) continue;
    reading.set(record, nextUse(record));
    victims.push(record);
  }
  victims.sort((a, b) => reading.get(b)! - reading.get(a)! || a.lastUse - b.lastUse);
  let freed = 0;
  for (const { place } of victims) {
    if (freed + core.spillingBytes >= bytes) break;
    if (place!.onDisk) {
      freed += place!.bytes;
      evict(core, place!);
    } else if (core.spilling < AT_ONCE && core.spillFailure === undefined) {
      startSpill(core, place!);
    }
  }
  return freed;
}

/** A place is on disk as a whole; its memory is freed unless a task has begun to read it. */
export function spilled(core: Core, place: Place): void {
  endSpill(core, place);
  place.onDisk = true;
  core.spilledBytes += place.bytes;
  core.spilledTotal += place.bytes;
  core.spillCount++;
  if (place.forgotten && place.record.pins === 0) freePlace(core, place);
  else if (place.record.pins === 0) evict(core, place);
}

export function spillFailed(core: Core, place: Place, error: Error): void {
  endSpill(core, place);
  core.spillFailure = error;
  if (place.forgotten && place.record.pins === 0) freePlace(core, place);
}

/** The rank of the next task that reads a result; infinite where only the user waits for it. */
function nextUse(record: TaskRecord): number {
  let rank = Number.POSITIVE_INFINITY;
  for (const dependent of record.dependents)
    if (dependent.rank < rank && isPending(dependent)) rank = dependent.rank;
  return rank;
}

function startSpill(core: Core, place: Place): void {
  place.state = 'spilling';
  core.spilling++;
  core.spillingBytes += place.bytes;
  core.emit({ do: 'spill', place });
}

function endSpill(core: Core, place: Place): void {
  place.state = 'memory';
  core.spilling--;
  core.spillingBytes -= place.bytes;
}

function evict(core: Core, place: Place): void {
  free(core, place.allocation!);
  place.allocation = undefined;
  place.state = 'disk';
  core.resident.delete(place.record);
}
