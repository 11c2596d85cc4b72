import { AHEAD, isExecuting } from './computing.js';
import type { Core } from './core.js';
import type { TaskRecord } from './records.js';

/** Throws where what the worker knows contradicts itself. For tests: it looks at everything. */
export function validate(core: Core): void {
  let bytes = 0;
  for (const [key, task] of core.tasks) {
    must(task.key === key, task, 'is filed under another key');
    validateLinks(core, task);
    validateState(core, task);
    if (task.state === 'memory') bytes += task.nbytes;
  }
  if (bytes !== core.nbytes) throw new Error(`${core.nbytes} bytes are counted, and ${bytes} held`);
  validateIndexes(core);
  validateLimits(core);
}

function must(condition: boolean, task: TaskRecord, what: string): void {
  if (condition) return;
  const { key, state, previous, next } = task;
  const way = previous === undefined ? '' : ` (${previous}, then ${next ?? 'nothing'})`;
  throw new Error(`task ${key}, ${state}${way}, ${what}`);
}

function validateLinks(core: Core, task: TaskRecord): void {
  for (const dependency of task.dependencies) {
    must(core.tasks.get(dependency.key) === dependency, task, `reads ${dependency.key}, which is forgotten`);
    must(dependency.dependents.has(task), task, `is not known to ${dependency.key}, which it reads`);
  }
  for (const dependent of task.dependents)
    must(dependent.dependencies.has(task), task, `is said to be read by ${dependent.key}`);
  for (const awaited of task.waitingFor) {
    must(task.dependencies.has(awaited), task, `waits for ${awaited.key}, which it does not read`);
    must(awaited.waiters.has(task), task, `waits for ${awaited.key}, which does not know`);
    must(COMING.has(awaited.state), task, `waits for ${awaited.key}, which is ${awaited.state}`);
  }
  for (const waiter of task.waiters)
    must(waiter.waitingFor.has(task), task, `is said to be waited for by ${waiter.key}`);
  for (const worker of task.whoHas)
    must(core.hasWhat.get(worker)?.has(task) === true, task, `is not listed for ${worker}`);
}

/** States of what a task may wait for. */
const COMING: ReadonlySet<string> = new Set([
  'fetch',
  'flight',
  'missing',
  'waiting',
  'ready',
  'constrained',
  'executing',
  'resumed',
]);

function validateState(core: Core, task: TaskRecord): void {
  const { state, previous, next } = task;
  const executing = state === 'executing' || previous === 'executing';
  const flying = state === 'flight' || previous === 'flight';
  must(!task.done, task, 'has ended, and that was not taken in');
  must(task.held === (state === 'memory'), task, `is ${task.held ? '' : 'not '}held`);
  must(isExecuting(core, task) === executing, task, `is ${executing ? 'not ' : ''}listed as executing`);
  must(!(core.executing.has(task) && core.seceded.has(task)), task, 'has a thread, and has none');
  must(core.inFlight.has(task) === flying, task, `is ${flying ? 'not ' : ''}listed as in flight`);
  must((task.comingFrom !== undefined) === flying, task, `comes from ${task.comingFrom}`);
  must(core.ready.has(task) === (state === 'ready'), task, 'is listed wrongly as ready');
  must(core.constrained.has(task) === (state === 'constrained'), task, 'is listed wrongly as constrained');
  must(core.missing.has(task) === (state === 'missing'), task, 'is listed wrongly as missing');
  must((previous !== undefined) === (state === 'cancelled' || state === 'resumed'), task, 'has a past');
  must((next !== undefined) === (state === 'resumed'), task, 'has a future');
  if (state === 'resumed')
    must(next === (previous === 'executing' ? 'fetch' : 'waiting'), task, 'is resumed in vain');
  must(task.waitingFor.size > 0 === (state === 'waiting'), task, `waits for ${task.waitingFor.size}`);
  if (state === 'ready' || state === 'constrained')
    for (const dependency of task.dependencies)
      must(dependency.state === 'memory', task, `cannot read ${dependency.key}, ${dependency.state}`);
  if (state === 'fetch') {
    must(task.whoHas.size > 0, task, 'is to be had from nobody');
    for (const worker of task.whoHas)
      must(core.needed.get(worker)?.has(task) === true, task, `is not asked of ${worker}`);
  }
  if (state === 'missing') must(task.whoHas.size === 0, task, 'is to be had');
  if (state === 'released') must(task.dependents.size > 0, task, 'is of no use');
  must(state !== 'forgotten', task, 'is known');
}

function validateIndexes(core: Core): void {
  const filed = (task: TaskRecord): void =>
    must(core.tasks.get(task.key) === task, task, 'is listed, and forgotten');
  const { ready, constrained, executing, seceded, inFlight, missing } = core;
  for (const list of [ready, constrained, executing, seceded, inFlight, missing])
    for (const task of list) filed(task);
  for (const [worker, tasks] of core.hasWhat) {
    if (worker === core.options.address) throw new Error('the worker is a peer of its own');
    for (const task of tasks) {
      filed(task);
      must(task.whoHas.has(worker), task, `is listed for ${worker}`);
    }
  }
  for (const [worker, queue] of core.needed)
    for (const task of queue) {
      filed(task);
      must(task.state === 'fetch' && task.whoHas.has(worker), task, `is asked of ${worker}`);
    }
  for (const [worker, { tasks }] of core.asked)
    for (const task of tasks) must(task.comingFrom === worker, task, `was asked of ${worker}`);
  if (core.agenda.size > 0) throw new Error('something recommended was not done');
}

function validateLimits(core: Core): void {
  const { threads, resources } = core.options;
  if (core.executing.size > threads + AHEAD)
    throw new Error(`${core.executing.size} tasks in ${threads} threads`);
  if (core.numbers.size !== core.executing.size + core.seceded.size)
    throw new Error(`${core.numbers.size} numbers of threads are taken`);
  const free: Record<string, number> = { ...resources };
  for (const task of [...core.executing, ...core.seceded])
    for (const [name, amount] of Object.entries(task.resources)) free[name]! -= amount;
  for (const [name, amount] of Object.entries(free)) {
    if (amount < -1e-9) throw new Error(`more ${name} is in use than there is`);
    if (Math.abs(amount - core.available[name]!) > 1e-9) throw new Error(`${name} is miscounted`);
  }
  let incoming = 0;
  for (const { nbytes } of core.asked.values()) incoming += nbytes;
  if (incoming !== core.incoming)
    throw new Error(`${core.incoming} bytes are counted on their way, not ${incoming}`);
  const idle = core.executing.size < threads;
  if (core.running && idle && core.ready.size > 0) throw new Error('tasks are ready, and threads are idle');
}
