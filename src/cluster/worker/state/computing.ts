import type { Core } from './core.js';
import { comparePriorities } from './priority-queue.js';
import type { TaskRecord } from './records.js';

/** Gives free threads the most urgent tasks. */
export function compute(core: Core): void {
  while (core.running && core.executing.size + core.agenda.size < core.options.threads) {
    const task = next(core);
    if (task === undefined) return;
    for (const [resource, amount] of Object.entries(task.resources)) core.available[resource]! -= amount;
    core.recommend(task, { to: 'executing' });
  }
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
  const taken = new Set([...core.executing, ...core.seceded].map(({ thread }) => thread));
  task.thread = 1;
  while (taken.has(task.thread)) task.thread++;
  core.executing.add(task);
}

export const isExecuting = (core: Core, task: TaskRecord): boolean =>
  core.executing.has(task) || core.seceded.has(task);

/** The scheduler does not count a task against a worker's threads, nor has it stolen, once it knows this. */
export function tellSeceded(core: Core, { key, runId }: TaskRecord, duration: number | null): void {
  core.send({ op: 'long-running', key, run_id: runId, compute_duration: duration });
}

/** An execution has ended, however. */
export function takeBack(core: Core, task: TaskRecord): void {
  core.executing.delete(task);
  core.seceded.delete(task);
  for (const [resource, amount] of Object.entries(task.resources)) core.available[resource]! += amount;
}
