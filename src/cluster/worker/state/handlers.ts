import type { Key } from '../../../graph/task.js';
import { began, isExecuting, secede, takeBack, tellSeceded } from './computing.js';
import { type Core, type Goal, UNREACHABLE } from './core.js';
import type { Event, Timing } from './events.js';
import type { StartStop } from './instructions.js';
import { type Address, NO_RESOURCES, type Priority, type TaskRecord } from './records.js';
import { dropReplica, learnHolders, learnWhoHas, loseWorker } from './replicas.js';

/** What each event means for the tasks it names: nothing is done here but noting facts, and recommending. */

type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;

const RELEASED: Goal = { to: 'released' };
const FREED: Goal = { to: 'released', freed: true };
const FETCH: Goal = { to: 'fetch' };

/** After what computations of usual priority read, before computations of low priority. */
const REPLICAS: Priority = [1];

export function handle(core: Core, event: Event): void {
  const handler = HANDLERS[event.kind] as (core: Core, event: Event) => void;
  handler(core, event);
}

const HANDLERS: { readonly [K in Event['kind']]: (core: Core, event: Of<K>) => void } = {
  'compute-task': computeTask,
  'free-keys'(core, { keys }) {
    for (const task of known(core, keys)) core.recommend(task, FREED);
  },
  'remove-replicas'(core, { keys }) {
    for (const task of known(core, keys)) if (task.state === 'memory') core.recommend(task, RELEASED);
  },
  'acquire-replicas'(core, { whoHas, nbytes }) {
    for (const [key, bytes] of Object.entries(nbytes)) {
      const task = core.recordOf(key, REPLICAS);
      if (task.state === 'memory') continue;
      task.nbytes = bytes;
      core.recommend(task, FETCH);
    }
    learnWhoHas(core, whoHas);
  },
  'refresh-who-has'(core, { whoHas }) {
    learnWhoHas(core, whoHas);
    for (const task of known(core, Object.keys(whoHas))) {
      if (task.state === 'missing' && task.whoHas.size > 0) core.recommend(task, FETCH);
      else if (task.state === 'fetch' && task.whoHas.size === 0) core.recommend(task, { to: 'missing' });
    }
  },
  'steal-request'(core, { key }) {
    const task = core.tasks.get(key);
    core.send({ op: 'steal-response', key, state: task === undefined ? null : ANSWERS[task.state] });
    if (task !== undefined && isPending(task)) core.recommend(task, RELEASED);
  },
  'cancel-compute'(core, { key }) {
    const task = core.tasks.get(key);
    if (task !== undefined && isPending(task)) core.recommend(task, RELEASED);
  },
  'remove-worker'(core, { worker }) {
    core.failures.delete(worker);
    loseWorker(core, worker);
  },
  'give-up'(core, { key, reason }) {
    const task = core.tasks.get(key);
    if (task?.state !== 'missing' && task?.state !== 'fetch') return;
    core.recommend(task, { to: 'error', failure: new Error(reason), runId: task.runId, startstops: [] });
  },

  'gather-succeeded'(core, event) {
    arrived(core, event);
  },
  'gather-unusable'(core, event) {
    for (const task of arrived(core, event)) {
      const failure = event.failures.get(task.key);
      const startstops = [transferred(event)];
      if (failure !== undefined)
        core.recommend(task, { to: 'error', failure, runId: task.runId, startstops });
    }
  },
  'gather-busy'(core, { worker }) {
    core.failures.delete(worker);
    core.busy.add(worker);
    core.emit({ do: 'retry-later', worker });
    const stuck: Key[] = [];
    for (const task of answered(core, worker)) {
      core.recommend(task, FETCH);
      if ([...task.whoHas].every((peer) => core.busy.has(peer))) stuck.push(task.key);
    }
    if (stuck.length > 0) core.send({ op: 'request-refresh-who-has', keys: stuck });
  },
  'gather-failed'(core, { worker }) {
    const tasks = answered(core, worker);
    for (const task of tasks) core.recommend(task, FETCH);
    loseWorker(core, worker);
    const times = (core.failures.get(worker) ?? 0) + 1;
    core.failures.set(worker, times);
    const keys = tasks
      .filter(({ whoHas, waiters }) => whoHas.size === 0 && waiters.size > 0)
      .map(({ key }) => key);
    if (times >= UNREACHABLE && keys.length > 0) tellUnreachable(core, keys, worker);
  },
  'retry-busy'(core, { worker }) {
    core.busy.delete(worker);
  },

  'execute-done'(core, { key, runId, nbytes, typename, ...timing }) {
    const task = executed(core, key, timing.stop);
    const start = began(task, timing.start);
    core.paces.learn(key, timing.stop - start);
    task.held = true;
    core.recommend(task, {
      to: 'memory',
      nbytes,
      typename,
      runId,
      startstops: [...task.transfers, computed({ ...timing, start })],
    });
  },
  'execute-failed'(core, { key, runId, failure, ...timing }) {
    const task = executed(core, key, timing.stop);
    const startstops = [...task.transfers, computed({ ...timing, start: began(task, timing.start) })];
    core.recommend(task, { to: 'error', failure, runId, startstops });
  },
  'execute-seceded'(core, { key, duration }) {
    const task = core.tasks.get(key);
    if (task === undefined || !secede(core, task)) return;
    if (task.state === 'executing') tellSeceded(core, task, duration);
  },
  'execute-aborted'(core, { key }) {
    core.recommend(executed(core, key), { to: 'aborted' });
  },
  'execute-rescheduled'(core, { key, unreachable }) {
    if (unreachable !== undefined) tellUnreachable(core, [unreachable.key], unreachable.peer);
    core.recommend(executed(core, key), { to: 'rescheduled' });
  },

  'update-data'(core, { received }) {
    for (const [key, { nbytes, typename }] of received) {
      const task = core.recordOf(key, REPLICAS);
      // What is being computed or fetched ends by itself, with the same result.
      if (task.held || isExecuting(core, task) || core.inFlight.has(task)) continue;
      task.held = true;
      core.recommend(task, { to: 'memory', nbytes, typename, runId: -1, startstops: [] });
    }
  },
  pause(core) {
    core.running = false;
  },
  unpause(core) {
    core.running = true;
  },
  'find-missing'(core) {
    if (core.missing.size === 0) return;
    core.send({ op: 'request-refresh-who-has', keys: [...core.missing].map(({ key }) => key) });
  },
};

/** What the scheduler takes for an answer to a steal request; what it does not know means: think again. */
const ANSWERS: Readonly<Record<TaskRecord['state'], string>> = {
  waiting: 'waiting',
  ready: 'ready',
  constrained: 'constrained',
  executing: 'executing',
  memory: 'memory',
  error: 'memory',
  cancelled: 'cancelled',
  resumed: 'resumed',
  released: 'released',
  fetch: 'released',
  flight: 'released',
  missing: 'released',
  forgotten: 'released',
};

function computeTask(core: Core, event: Of<'compute-task'>): void {
  const { key, runId, priority, dependencies, spec } = event;
  const task = core.recordOf(key, priority);
  task.runId = runId;
  if (task.state === 'executing' || isPending(task)) return;
  if (task.state === 'memory') {
    const { typename, startstops } = task;
    core.send({
      op: 'task-finished',
      key,
      run_id: runId,
      nbytes: task.nbytes,
      typename,
      startstops,
      thread: task.thread,
    });
    return;
  }
  core.recommend(task, { to: 'waiting' });
  task.spec = spec;
  task.priority = priority;
  // What still executes gives back what it took.
  if (task.previous !== 'executing') task.resources = event.resources ?? NO_RESOURCES;
  for (const [name, bytes, holders] of dependencies) {
    const dependency = core.recordOf(name, priority);
    if (dependency.state !== 'memory') dependency.nbytes = bytes;
    task.dependencies.add(dependency);
    dependency.dependents.add(task);
    learnHolders(core, dependency, holders);
  }
}

const isPending = ({ state }: TaskRecord): boolean =>
  state === 'waiting' || state === 'ready' || state === 'constrained';

function* known(core: Core, keys: readonly Key[]): Generator<TaskRecord> {
  for (const key of keys) {
    const task = core.tasks.get(key);
    if (task !== undefined) yield task;
  }
}

/** A peer has answered, or failed: what it was asked for is not in flight any more. */
function answered(core: Core, worker: string): readonly TaskRecord[] {
  const { tasks, nbytes } = core.asked.get(worker)!;
  core.asked.delete(worker);
  core.incoming -= nbytes;
  for (const task of tasks) {
    task.done = true;
    task.comingFrom = undefined;
    core.inFlight.delete(task);
  }
  return tasks;
}

/** Takes in what a peer sent; what it was asked for and did not have is to be had elsewhere. */
function arrived(core: Core, event: Of<'gather-succeeded' | 'gather-unusable'>): readonly TaskRecord[] {
  const { worker, received } = event;
  const startstops = [transferred(event)];
  const tasks = answered(core, worker);
  core.failures.delete(worker);
  // One task shows it, as in Dask: mostly the one that is to begin next.
  const cause = tasks
    .find(({ waiters }) => waiters.size > 0)
    ?.waiters.values()
    .next().value;
  cause?.transfers.push(...startstops);
  for (const task of tasks) {
    const result = received.get(task.key);
    if (result === undefined) {
      dropReplica(core, task, worker);
      core.recommend(task, FETCH);
    } else {
      task.held = true;
      core.recommend(task, { to: 'memory', ...result, runId: task.runId, startstops });
    }
  }
  return tasks;
}

const tellUnreachable = (core: Core, keys: readonly Key[], peer: Address): void =>
  core.send({ op: 'tilework-unreachable', keys, peer });

function executed(core: Core, key: Key, stop?: number): TaskRecord {
  const task = core.tasks.get(key);
  if (task === undefined || !isExecuting(core, task))
    throw new Error(`task ${JSON.stringify(key)} has ended that was not executing`);
  task.done = true;
  core.executed++;
  takeBack(core, task, stop);
  return task;
}

const computed = (timing: Timing): StartStop => ({ action: 'compute', ...lasting(timing) });

const transferred = (event: Timing & { readonly worker: Address }): StartStop => ({
  action: 'transfer',
  ...lasting(event),
  source: event.worker,
});

/** The scheduler does not take intervals without length. */
const lasting = ({ start, stop }: Timing): Timing => ({ start, stop: Math.max(stop, start + 1e-6) });
