import { itemsize } from '../../kernels/dtype.js';
import type { Core } from './core.js';
import type { Report } from './instructions.js';
import { learn } from './layers.js';
import { abandon, bury, letGo, sweep, unhold, unwait, withdraw } from './lifetimes.js';
import { count } from './little.js';
import { type BlockPlace, NO_RECORDS, type Place, type RunRecord, type TaskRecord } from './records.js';
import { isPending, makeReady } from './submit.js';

/** A thread is done with a task, whatever became of it. */
export function takeReport(core: Core, record: TaskRecord, report: Report): void {
  if (report.outcome === 'seceded') {
    secede(core, record);
    return;
  }
  record.thread = -1;
  if (record.status !== 'sent') {
    bury(core, record);
    return;
  }
  if (report.outcome === 'finished') {
    core.collected = false;
    if (!Number.isNaN(report.milliseconds)) learn(record.layer, report.milliseconds);
    finish(core, record, report.value, report.shapes);
    return;
  }
  putBack(core, record);
  if (report.outcome !== 'failed') return;
  if (record.retries > 0) record.retries--;
  else fail(core, record, report.error);
}

/**
 * A running task has asked for something: its thread goes on with others. It keeps its memory, but is not counted among those that will
 * free some soon.
 */
function secede(core: Core, record: TaskRecord): void {
  const { thread, sequence } = record;
  core.runners[thread]!.seceded.set(sequence, record);
  if (record.admitted && !record.root) core.consumers--;
  if (record.status === 'sent') record.status = 'seceded';
  else core.emit({ do: 'desert', thread, sequence });
}

/** A task that had seceded is as it was before. */
export function rejoin(core: Core, record: TaskRecord): void {
  core.runners[record.thread]!.seceded.delete(record.sequence);
  if (record.admitted && !record.root) core.consumers++;
  if (record.status === 'seceded') record.status = 'sent';
}

/** A task that was sent comes back undone, to be sent again. */
export function putBack(core: Core, record: TaskRecord): void {
  withdraw(core, record);
  record.thread = -1;
  if (record.missing === 0) makeReady(core, record);
  else record.status = 'waiting';
}

function finish(
  core: Core,
  record: TaskRecord,
  value: unknown,
  shapes: readonly (readonly number[])[] | undefined,
): void {
  const { inputs, place } = record;
  record.status = 'done';
  record.lastUse = ++core.clock;
  core.tasksDone++;
  count(core, record, -1);
  record.owner.done++;
  if (place === undefined) {
    record.value = value;
  } else {
    place.state = 'memory';
    if (shapes !== undefined) shrink(place, shapes);
    core.resident.add(record);
  }
  withdraw(core, record);
  record.inputs = NO_RECORDS;
  for (const input of inputs) {
    if (place !== undefined) input.lastUse = core.clock;
    unwait(core, input);
  }
  for (const dependent of record.dependents)
    if (--dependent.missing === 0 && dependent.status === 'waiting') makeReady(core, dependent);
  if (record.wantedBy !== undefined) {
    for (const run of record.wantedBy) if (!run.settled) arrived(core, run, record);
    record.wantedBy = undefined;
  }
}

/** An output of a run is done. */
function arrived(core: Core, run: RunRecord, record: TaskRecord): void {
  if (run.streamed) core.fetches.push({ record, token: 0, run });
  else if (--run.pending === 0) resolve(core, run);
}

/** Nothing is missing any more. */
export function resolve(core: Core, run: RunRecord): void {
  run.settled = true;
  core.runs.delete(run.id);
  core.emit({ do: 'resolve', run });
}

/** A task cannot be done: neither can what reads it, and runs that want any of these are rejected. */
export function fail(core: Core, record: TaskRecord, error: unknown): void {
  const doomed = [record];
  const losers = new Set<RunRecord>();
  for (let task = doomed.pop(); task !== undefined; task = doomed.pop()) {
    if (!isPending(task)) continue;
    for (const run of task.wantedBy ?? []) losers.add(run);
    for (const dependent of task.dependents) doomed.push(dependent);
    abandon(core, task, 'failed');
  }
  for (const run of losers) reject(core, run, error);
  sweep(core);
}

/** Ends a run; what only it needed is dropped. */
export function reject(core: Core, run: RunRecord, error: unknown): void {
  if (run.settled) return;
  run.settled = true;
  core.runs.delete(run.id);
  core.emit({ do: 'reject', run, error });
  letGo(core, run);
  sweep(core);
}

/** A run has given back an output that was lent to it. */
export function taken(core: Core, run: RunRecord, record: TaskRecord): void {
  if (!run.held.delete(record.task.key)) return;
  unhold(core, record);
  if (--run.pending === 0 && !run.settled) resolve(core, run);
}

/** The operation announced upper bounds; these are the true shapes. Memory after the last block is given back. */
function shrink(place: Place, shapes: readonly (readonly number[])[]): void {
  let end = 0;
  const blocks = place.blocks.map((block, i): BlockPlace => {
    const shape = shapes[i] ?? block.shape;
    const bytes = shape.reduce((product, extent) => product * extent, itemsize(block.dtype));
    end = block.offset + bytes;
    return { dtype: block.dtype, shape, offset: block.offset, bytes };
  });
  place.blocks = blocks;
  place.bytes = end;
  place.allocation!.arena.trim(place.allocation!, end);
}
