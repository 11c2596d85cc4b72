import type { Core } from './core.js';
import { comparePriorities } from './priority-queue.js';
import type { TaskRecord } from './records.js';

/**
 * A message to a thread and back costs more than a tiny task does. So when a thread is free, tasks are begun that wait for one still: so many, where all that
 * executes is known to be brief, and will take no more seconds than this altogether. They are few and brief since what is begun is not given to other workers any more.
 */
export const AHEAD = 64;
const AHEAD_SECONDS = 0.005;

/** Gives free threads the most urgent tasks, and brief ones ahead. */
export function compute(core: Core): void {
  const { threads } = core.options;
  if (core.executing.size >= threads) return;
  let seconds = 0;
  for (const { key } of core.executing) seconds += core.paces.expected(key);
  for (let busy = core.executing.size; core.running; busy++) {
    if (busy >= threads + AHEAD || (busy >= threads && !isBrief(core, seconds))) return;
    const task = next(core);
    if (task === undefined) return;
    seconds += core.paces.expected(task.key);
    for (const [resource, amount] of Object.entries(task.resources)) core.available[resource]! -= amount;
    core.recommend(task, { to: 'executing' });
  }
}

/** Whether the most urgent task may be begun ahead, behind others that take so long. */
function isBrief(core: Core, seconds: number): boolean {
  const task = core.ready.peek();
  if (task === undefined || core.constrained.peek() !== undefined) return false;
  return seconds + core.paces.expected(task.key) <= AHEAD_SECONDS * core.options.threads;
}

function next(core: Core): TaskRecord | undefined {
  const constrained = core.constrained.peek();
  const ready = core.ready.peek();
  if (constrained !== undefined && fits(core, constrained)) {
    if (ready === undefined || isBefore(constrained, ready)) return core.constrained.pop();
  }
  return core.ready.pop();
}

function isBefore(a: TaskRecord, b: TaskRecord): boolean {
  return comparePriorities(a.priority, b.priority) < 0;
}

const fits = (core: Core, task: TaskRecord): boolean =>
  Object.entries(task.resources).every(([resource, amount]) => (core.available[resource] ?? 0) >= amount);

/** A task begins to execute. The engine chooses the thread itself: the number is the first that no other task has. */
export function begin(core: Core, task: TaskRecord): void {
  task.thread = 1;
  while (core.numbers.has(task.thread)) task.thread++;
  core.numbers.add(task.thread);
  core.executing.add(task);
  task.behind = Math.max(0, core.executing.size - core.options.threads);
  task.since = Number.NEGATIVE_INFINITY;
}

export const isExecuting = (core: Core, task: TaskRecord): boolean =>
  core.executing.has(task) || core.seceded.has(task);

/** The scheduler does not count a task against a worker's threads, nor has it stolen, once it knows this. */
export function tellSeceded(core: Core, { key, runId }: TaskRecord, duration: number | null): void {
  core.send({ op: 'long-running', key, run_id: runId, compute_duration: duration });
}

/** Since when a task that has ended had its thread: before, others that it was begun behind had it. */
export const began = (task: TaskRecord, start: number): number => Math.max(start, task.since);

/** A thread is free again, since a time that may not be known: it is the first's of those that were begun ahead. */
function freed(core: Core, at: number): void {
  for (const task of core.executing) if (task.behind > 0 && --task.behind === 0) task.since = at;
}

/** An execution takes no thread any more, though it goes on. */
export function secede(core: Core, task: TaskRecord): boolean {
  if (!core.executing.delete(task)) return false;
  core.seceded.add(task);
  freed(core, Number.NEGATIVE_INFINITY);
  return true;
}

/** An execution has ended, however, at a time that may not be known. */
export function takeBack(core: Core, task: TaskRecord, stop = Number.NEGATIVE_INFINITY): void {
  core.numbers.delete(task.thread);
  if (core.executing.delete(task)) freed(core, stop);
  core.seceded.delete(task);
  for (const [resource, amount] of Object.entries(task.resources)) core.available[resource]! += amount;
}
