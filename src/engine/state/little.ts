import type { Core } from './core.js';
import type { TaskRecord } from './records.js';

/**
 * What the main thread does itself. Starting a thread takes longer than a small computation altogether, so while none is running,
 * and all that is to be done is little work that cannot wait for anything, the main thread does it: a batch in each turn of the event
 * loop. As soon as there is more, threads start, and the main thread is sent nothing any more; nor where it could not load what runs
 * tasks, as in test runners that have their own way of loading modules.
 */

/** Elementary steps, of some nanosecond each, and tasks: more is worth a thread. */
const LITTLE_WORK = 5e6;
const LITTLE_TASKS = 64;

const MS_PER_STEP = 1e-6;

/** Takes a task in (1) or out (-1) of what is to be done. */
export function count(core: Core, { task }: TaskRecord, by: 1 | -1): void {
  core.pending += by;
  const { work = Number.NaN } = task;
  if (Number.isNaN(work)) core.unmeasured += by;
  else core.work += by * work;
}

/** Whether all that is to be done is for the main thread. */
export const isLittle = (core: Core): boolean =>
  !core.hereFailed &&
  core.unmeasured === 0 &&
  core.pending <= LITTLE_TASKS &&
  core.work <= LITTLE_WORK &&
  core.threads.every((thread) => !thread.started);

/** What a task will take on the main thread, in milliseconds: no less than it says, however its layer has been. */
export const expectedHere = ({ task, layer }: TaskRecord): number =>
  Math.max(layer.estimate.mean, MS_PER_STEP * task.work!);
