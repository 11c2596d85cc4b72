import { begin, tellSeceded } from './computing.js';
import type { Core, Goal, Step } from './core.js';
import type { TaskRecord, TaskState } from './records.js';
import { dropReplica, need, unneed } from './replicas.js';

/**
 * What happens to a task that goes from one state towards another: the table at the end. A transition may set a task in a state other than
 * the one it was to reach: what executes, or is in flight, cannot be called back, and is cancelled or resumed until it ends.
 * What it means for other tasks is recommended, and done afterwards.
 */
type Transition<G extends Goal = Goal> = (core: Core, task: TaskRecord, goal: G) => void;

const RELEASED: Goal = { to: 'released' };
const FORGOTTEN: Goal = { to: 'forgotten' };
const WAITING: Goal = { to: 'waiting' };
const READY: Goal = { to: 'ready' };
const CONSTRAINED: Goal = { to: 'constrained' };
const FETCH: Goal = { to: 'fetch' };

/** Whether a dependency stays when its last dependent goes: the scheduler wants it for itself. */
const isWanted = ({ state, next }: TaskRecord): boolean => WANTED.has(state) || next === 'waiting';
const WANTED: ReadonlySet<TaskState> = new Set(['waiting', 'ready', 'constrained', 'executing', 'memory']);

/** Does all that is recommended, and what that leads to. */
export function settle(core: Core): void {
  for (const [task, goal] of core.agenda) {
    core.agenda.delete(task);
    transition(core, task, goal);
  }
}

function transition(core: Core, task: TaskRecord, goal: Goal): void {
  if (task.state === goal.to || task.state === 'forgotten') return;
  const direct = TABLE[`${task.state} > ${goal.to}`];
  if (direct !== undefined) {
    direct(core, task, goal as never);
    return;
  }
  if (task.state === 'released' || goal.to === 'released')
    throw new Error(`task ${JSON.stringify(task.key)} cannot go from ${task.state} to ${goal.to}`);
  // Every other way leads over `released`, or what stands for it while something is under way.
  const { state } = task;
  transition(core, task, RELEASED);
  core.agenda.delete(task);
  if (task.state === state)
    throw new Error(`task ${JSON.stringify(task.key)} cannot go from ${state} to ${goal.to}`);
  transition(core, task, goal);
}

/** Gives up all that is known of a task, and its result. */
function purge(core: Core, task: TaskRecord): void {
  if (task.held) {
    task.held = false;
    core.emit({ do: 'free', key: task.key });
  }
  stopAll(core, task);
}

/** Nothing is being done any more to have its result. */
function stopAll(core: Core, task: TaskRecord): void {
  for (const worker of task.whoHas) dropReplica(core, task, worker);
  for (const dependency of task.dependencies) dependency.waiters.delete(task);
  task.transfers.length = 0;
  task.waitingFor.clear();
  task.previous = undefined;
  task.next = undefined;
  task.done = false;
  task.comingFrom = undefined;
  core.missing.delete(task);
  core.ready.delete(task);
  core.constrained.delete(task);
}

const release: Transition = (core, task) => {
  purge(core, task);
  releaseUnwanted(core, task);
  task.state = 'released';
  if (task.dependents.size === 0) core.recommend(task, FORGOTTEN);
};

/** What was being fetched for a task only is not wanted any more. */
function releaseUnwanted(core: Core, task: TaskRecord): void {
  for (const dependency of task.dependencies)
    if (dependency.waiters.size === 0 && !isWanted(dependency)) core.recommend(dependency, RELEASED);
}

const forget: Transition = (core, task) => {
  if (task.dependents.size > 0) return;
  purge(core, task);
  for (const dependency of task.dependencies) {
    dependency.dependents.delete(task);
    if (dependency.state === 'released' && dependency.dependents.size === 0)
      core.recommend(dependency, FORGOTTEN);
  }
  task.dependencies.clear();
  task.state = 'forgotten';
  core.tasks.delete(task.key);
};

/** It is to be computed: what it reads is fetched, where it is not here. */
const wait: Transition = (core, task) => {
  task.state = 'waiting';
  task.waitingFor.clear();
  for (const dependency of task.dependencies) {
    if (dependency.state === 'memory') continue;
    task.waitingFor.add(dependency);
    dependency.waiters.add(task);
    core.recommend(dependency, FETCH);
  }
  if (task.waitingFor.size === 0) core.recommend(task, READY);
};

const makeReady: Transition = (core, task) => {
  if (Object.keys(task.resources).length > 0) {
    core.recommend(task, CONSTRAINED);
    return;
  }
  task.state = 'ready';
  core.ready.add(task);
};

const constrain: Transition = (core, task) => {
  task.state = 'constrained';
  core.constrained.add(task);
};

const execute: Transition = (core, task) => {
  task.state = 'executing';
  begin(core, task);
  const { key, runId, spec, priority } = task;
  core.emit({ do: 'execute', key, runId, spec, priority });
};

/** Nobody wants what executes. Its thread is taken from it; till then it is cancelled. */
const cancelExecution: Transition = (core, task, goal) => {
  if (task.done) {
    release(core, task, goal);
    return;
  }
  task.previous = 'executing';
  task.state = 'cancelled';
  core.emit({ do: 'abort', key: task.key });
};

const cancelFlight: Transition = (core, task, goal) => {
  if (task.done) {
    release(core, task, goal);
    return;
  }
  task.previous = 'flight';
  task.state = 'cancelled';
};

/** It is wanted from a peer. */
const fetch: Transition = (core, task) => {
  core.missing.delete(task);
  task.done = false;
  task.comingFrom = undefined;
  if (task.whoHas.size === 0) {
    task.state = 'missing';
    core.missing.add(task);
    return;
  }
  task.state = 'fetch';
  for (const worker of task.whoHas) need(core, task, worker);
};

const fly: Transition<Goal & { to: 'flight' }> = (core, task, { worker }) => {
  for (const peer of task.whoHas) unneed(core, task, peer);
  task.state = 'flight';
  task.comingFrom = worker;
  task.done = false;
  core.inFlight.add(task);
};

/** A result is here. The scheduler is told what it expects: that a task has finished, or that there is a copy more. */
function keep(tell: 'finished' | 'copied' | 'nothing'): Transition<Goal & { to: 'memory' }> {
  return (core, task, { nbytes, typename, runId, startstops }) => {
    stopAll(core, task);
    releaseUnwanted(core, task);
    task.state = 'memory';
    task.computed = tell === 'finished';
    task.nbytes = nbytes;
    task.typename = typename;
    task.startstops = startstops;
    // It is asked for again with all that it takes to run it.
    task.spec = undefined;
    core.nbytes += nbytes;
    for (const dependent of task.dependents)
      if (dependent.waitingFor.delete(task) && dependent.waitingFor.size === 0)
        core.recommend(dependent, READY);
    task.waiters.clear();
    const { key, thread } = task;
    if (tell === 'copied') core.send({ op: 'add-keys', keys: [key] });
    else if (tell === 'finished')
      core.send({ op: 'task-finished', key, run_id: runId, nbytes, typename, startstops, thread });
  };
}

const resumedKeep: Transition<Goal & { to: 'memory' }> = (core, task, goal) =>
  keep(task.previous === 'executing' ? 'copied' : 'finished')(core, task, goal);

/**
 * A result goes. Tasks here that have not begun and were to read it need it from elsewhere. The scheduler need not be told of what it has had freed, but
 * for copies: it may have learnt of one after it had asked for that.
 */
const giveUp: Transition<Goal & { freed?: true }> = (core, task, goal) => {
  core.nbytes -= task.nbytes;
  release(core, task, RELEASED);
  if (!(goal.freed && task.computed)) core.send({ op: 'release-worker-data', key: task.key });
  for (const dependent of task.dependents)
    if (dependent.state === 'waiting') {
      dependent.waitingFor.add(task);
      task.waiters.add(dependent);
      core.recommend(task, FETCH);
    } else if (
      (dependent.state === 'ready' || dependent.state === 'constrained') &&
      !core.agenda.has(dependent)
    ) {
      core.recommend(dependent, WAITING);
    }
};

const err: Transition<Goal & { to: 'error' }> = (core, task, { failure, runId, startstops }) => {
  purge(core, task);
  releaseUnwanted(core, task);
  task.state = 'error';
  const { key, thread } = task;
  core.send({ op: 'task-erred', key, run_id: runId, failure, startstops, thread });
};

/** What a peer sent cannot be taken in, or nobody sends it: what was to read it fails, as the scheduler knows of no other way. */
const unusable: Transition<Goal & { to: 'error' }> = (core, task, goal) => {
  const { failure, startstops } = goal;
  for (const waiter of task.waiters)
    core.recommend(waiter, { to: 'error', failure, runId: waiter.runId, startstops });
  release(core, task, goal as never);
};

const reschedule: Transition = (core, task, goal) => {
  core.send({ op: 'reschedule', key: task.key });
  release(core, task, goal);
};

/** Cancelled, called back, and wanted again meanwhile: from the start. */
const again: Transition = (core, task, goal) => {
  release(core, task, goal);
  core.recommend(task, WAITING);
};

/** What nobody wants any more has ended, however: it goes. Before it has ended, nothing changes. */
const cancelledEnds: Transition = (core, task, goal) => {
  if (task.done) release(core, task, goal);
};

const cancelledFetch: Transition = (core, task, goal) => {
  if (task.previous === 'executing') {
    task.state = 'resumed';
    task.next = 'fetch';
  } else if (task.done) {
    release(core, task, goal);
  } else {
    task.state = 'flight';
    task.previous = undefined;
  }
};

const cancelledWait: Transition = (core, task) => {
  if (task.previous === 'flight') {
    task.state = 'resumed';
    task.next = 'waiting';
  } else {
    task.state = 'executing';
    task.previous = undefined;
    // It was asked for anew, and the scheduler does not know that of this.
    if (core.seceded.has(task)) tellSeceded(core, task, null);
  }
};

const cancelAgain: Transition = (core, task, goal) => {
  task.state = 'cancelled';
  task.next = undefined;
  cancelledEnds(core, task, goal);
};

/** What was under way has ended without a result; the other is begun. */
const resumedEnds: Transition = (core, task) => {
  core.recommend(task, { to: task.next! });
  task.state = 'released';
  task.previous = undefined;
  task.next = undefined;
  task.done = false;
};

const resumedFetch: Transition = (core, task, goal) => {
  if (task.done) resumedEnds(core, task, goal);
  else if (task.previous === 'flight') {
    task.state = 'flight';
    task.previous = undefined;
    task.next = undefined;
  }
};

const flightFetch: Transition = (core, task, goal) => {
  if (task.done) fetch(core, task, goal);
};

const TABLE: Readonly<Partial<Record<`${TaskState} > ${Step}`, Transition<never>>>> = {
  'released > waiting': wait,
  'released > fetch': fetch,
  'released > memory': keep('nothing'),
  'released > forgotten': forget,

  'waiting > ready': makeReady,
  'waiting > constrained': constrain,
  'waiting > error': err,
  'waiting > released': release,
  'ready > executing': execute,
  'ready > released': release,
  'constrained > executing': execute,
  'constrained > released': release,

  'executing > memory': keep('finished'),
  'executing > error': err,
  'executing > rescheduled': reschedule,
  'executing > aborted': again,
  'executing > released': cancelExecution,

  'waiting > memory': keep('nothing'),
  'ready > memory': keep('nothing'),
  'constrained > memory': keep('nothing'),
  'error > memory': keep('nothing'),
  'fetch > memory': keep('nothing'),
  'missing > memory': keep('nothing'),

  'memory > released': giveUp,
  'error > released': release,

  'fetch > flight': fly,
  'fetch > missing': fetch,
  'fetch > error': unusable,
  'fetch > released': release,
  'missing > fetch': fetch,
  'missing > error': unusable,
  'missing > released': release,

  'flight > memory': keep('copied'),
  'flight > fetch': flightFetch,
  'flight > error': unusable,
  'flight > released': cancelFlight,

  'cancelled > memory': cancelledEnds,
  'cancelled > error': cancelledEnds,
  'cancelled > rescheduled': cancelledEnds,
  'cancelled > aborted': cancelledEnds,
  'cancelled > released': cancelledEnds,
  'cancelled > fetch': cancelledFetch,
  'cancelled > waiting': cancelledWait,

  'resumed > memory': resumedKeep,
  'resumed > error': resumedEnds,
  'resumed > rescheduled': resumedEnds,
  'resumed > aborted': resumedEnds,
  'resumed > fetch': resumedFetch,
  'resumed > released': cancelAgain,
};
