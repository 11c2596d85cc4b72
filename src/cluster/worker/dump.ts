import type { WorkerState } from './state/index.js';

/** Everything the state knows, for people who look for a mistake. */
export function dumpState({ core }: WorkerState): object {
  const names = (tasks: Iterable<{ readonly key: string }>): string[] => [...tasks].map(({ key }) => key);
  return {
    running: core.running,
    ready: names(core.ready),
    constrained: names(core.constrained),
    executing: names(core.executing),
    long_running: names(core.seceded),
    in_flight_tasks: names(core.inFlight),
    missing_dep_flight: names(core.missing),
    busy_workers: [...core.busy],
    in_flight_workers: Object.fromEntries(
      [...core.asked].map(([worker, { tasks }]) => [worker, names(tasks)]),
    ),
    has_what: Object.fromEntries([...core.hasWhat].map(([worker, tasks]) => [worker, names(tasks)])),
    tasks: Object.fromEntries(
      [...core.tasks.values()].map((task) => [
        task.key,
        {
          state: task.state,
          previous: task.previous ?? null,
          next: task.next ?? null,
          nbytes: task.nbytes,
          run_id: task.runId,
          priority: task.priority,
          who_has: [...task.whoHas],
          dependencies: names(task.dependencies),
          waiting_for_data: names(task.waitingFor),
        },
      ]),
    ),
  };
}
