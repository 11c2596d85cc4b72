import type { EngineStats } from '../../engine/index.js';
import type { Incoming } from './incoming.js';
import type { Outgoing } from './outgoing.js';
import type { WorkerState } from './state/index.js';

/** What is said of the worker at a moment. */
export interface Observed {
  readonly stats: EngineStats;
  readonly state: WorkerState;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  /** Plain values that are on disk: bytes there, and those that they took in memory, about. */
  readonly values: { readonly disk: number; readonly memory: number };
  /** Bytes the process takes. */
  readonly resident: number;
  /** Share of a core that the process took lately, in percent. */
  readonly cpu: number;
  /** Bytes a second over the machine's network. */
  readonly net: { readonly received: number; readonly sent: number };
  /** Files and sockets that the process has open. */
  readonly files: number;
  /** How late timers of the main thread are, in seconds. */
  readonly lag: number;
  readonly now: number;
}

/** Bytes a second that the scheduler reckons with before anything was transferred: its own default. */
const BANDWIDTH = 100e6;
/** Less than this was transferred in too short a time to say anything. */
const MEASURABLE = 1e6;

/** What a heartbeat tells the scheduler, in its own words. */
export function heartbeatMetrics(observed: Observed): object {
  const { stats, state, incoming, outgoing, values, resident, cpu, net, files, lag, now } = observed;
  const { core } = state;
  const measured = incoming.bytesTotal > MEASURABLE && incoming.seconds > 0;
  return {
    task_counts: countStates(state),
    bandwidth: {
      total: measured ? incoming.bytesTotal / incoming.seconds : BANDWIDTH,
      workers: {},
      types: {},
    },
    digests_total_since_heartbeat: {},
    managed_bytes: core.nbytes,
    spilled_bytes: {
      memory: stats.spill.onDisk + values.memory,
      disk: stats.spill.onDisk + values.disk,
    },
    transfer: {
      incoming_bytes: core.incoming,
      incoming_count: core.asked.size,
      incoming_count_total: incoming.countTotal,
      outgoing_bytes: outgoing.bytes,
      outgoing_count: outgoing.count,
      outgoing_count_total: outgoing.countTotal,
    },
    event_loop_interval: lag,
    cpu,
    memory: resident,
    time: now,
    host_net_io: { read_bps: net.received, write_bps: net.sent },
    num_fds: files,
  };
}

/** How many tasks there are in each state, after the scheduler's names. */
function countStates(state: WorkerState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of state.core.tasks.values()) counts[task.state] = (counts[task.state] ?? 0) + 1;
  return counts;
}

/** The same, and more, for Prometheus. */
export function prometheusText(observed: Observed): string {
  const { stats, state, incoming, outgoing, values, resident, cpu, files } = observed;
  const { core } = state;
  const states = Object.entries(countStates(state)).map(
    ([name, count]) => [`tilework_worker_tasks{state="${name}"}`, count] as const,
  );
  const gauges: Readonly<Record<string, readonly [string, number]>> = {
    threads: ['Tasks that may run at once', core.options.threads],
    memory_bytes: ['Resident size of the process', resident],
    memory_limit_bytes: ['What the process may take', stats.memory.limit],
    blocks_bytes: ['Blocks in memory', stats.memory.used],
    blocks_budget_bytes: ['What blocks may take of the limit', stats.memory.budget],
    spilled_bytes: ['Blocks and values on disk', stats.spill.onDisk + values.disk],
    open_files: ['Files and sockets that are open', files],
    managed_bytes: ['Results held, in memory and on disk', core.nbytes],
    cpu_percent: ['Share of a core', cpu],
    transfer_incoming_bytes: ['Asked of peers and not here', core.incoming],
    transfer_outgoing_bytes: ['Being sent to peers', outgoing.bytes],
    paused: ['Whether nothing more is begun', core.running ? 0 : 1],
  };
  const counters: Readonly<Record<string, readonly [string, number]>> = {
    executed: ['Tasks that ended', core.executed],
    spilled_written_bytes: ['Ever written to disk', stats.spill.written],
    transfer_incoming_bytes: ['Ever received from peers', incoming.bytesTotal],
    transfer_outgoing_bytes: ['Ever sent to peers', outgoing.bytesTotal],
  };
  return [
    '# HELP tilework_worker_tasks Tasks known, by state',
    '# TYPE tilework_worker_tasks gauge',
    ...states.map(([name, value]) => `${name} ${value}`),
    ...Object.entries(gauges).flatMap(([name, [help, value]]) =>
      lines(`tilework_worker_${name}`, 'gauge', help, value),
    ),
    ...Object.entries(counters).flatMap(([name, [help, value]]) =>
      lines(`tilework_worker_${name}_total`, 'counter', help, value),
    ),
    '',
  ].join('\n');
}

const lines = (name: string, type: string, help: string, value: number): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];
