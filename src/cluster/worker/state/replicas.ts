import type { Key } from '../../../graph/task.js';
import type { Core } from './core.js';
import { PriorityQueue } from './priority-queue.js';
import type { Address, TaskRecord } from './records.js';

/** Which peers hold what: kept by task, by peer, and for what is to be fetched. */

/** The scheduler says who holds results. */
export function learnWhoHas(core: Core, whoHas: Readonly<Record<Key, readonly Address[]>>): void {
  for (const [key, workers] of Object.entries(whoHas)) {
    const task = core.tasks.get(key);
    if (task !== undefined) learnHolders(core, task, workers);
  }
}

/** The scheduler says who holds a result: that replaces what was known. */
export function learnHolders(core: Core, task: TaskRecord, holders: readonly Address[]): void {
  for (const worker of task.whoHas) if (!holders.includes(worker)) dropReplica(core, task, worker);
  // What the scheduler believes to be here and is not, it will soon hear of.
  for (const worker of holders) if (worker !== core.options.address) addReplica(core, task, worker);
}

function addReplica(core: Core, task: TaskRecord, worker: Address): void {
  task.whoHas.add(worker);
  let held = core.hasWhat.get(worker);
  if (held === undefined) {
    held = new Set();
    core.hasWhat.set(worker, held);
  }
  held.add(task);
  if (task.state === 'fetch') need(core, task, worker);
}

/** A peer does not hold a result, or it does not matter any more. */
export function dropReplica(core: Core, task: TaskRecord, worker: Address): void {
  task.whoHas.delete(worker);
  const held = core.hasWhat.get(worker);
  held?.delete(task);
  if (held?.size === 0) core.hasWhat.delete(worker);
  unneed(core, task, worker);
}

export function need(core: Core, task: TaskRecord, worker: Address): void {
  let queue = core.needed.get(worker);
  if (queue === undefined) {
    queue = new PriorityQueue();
    core.needed.set(worker, queue);
  }
  queue.add(task);
}

export function unneed(core: Core, task: TaskRecord, worker: Address): void {
  const queue = core.needed.get(worker);
  queue?.delete(task);
  if (queue?.size === 0) core.needed.delete(worker);
}

/** A peer is gone: what only it had is missing. */
export function loseWorker(core: Core, worker: Address): void {
  core.busy.delete(worker);
  for (const task of [...(core.hasWhat.get(worker) ?? [])]) {
    dropReplica(core, task, worker);
    if (task.state === 'fetch' && task.whoHas.size === 0) core.recommend(task, { to: 'missing' });
  }
}
