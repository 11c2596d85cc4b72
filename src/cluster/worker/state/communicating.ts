import { type Core, LITTLE_BYTES } from './core.js';
import { comparePriorities, type PriorityQueue } from './priority-queue.js';
import type { Address, TaskRecord } from './records.js';
import { unneed } from './replicas.js';

/**
 * Asks peers for results. One message asks one peer for as much as may go into a message, most urgent first; while a peer has not answered it
 * is asked nothing more. Bytes on their way are limited, so that what is fetched fits in memory.
 */
export function communicate(core: Core): void {
  while (core.running && !isThrottled(core)) {
    const worker = nextPeer(core);
    if (worker === undefined) return;
    const tasks = choose(core, core.needed.get(worker)!);
    if (tasks.length === 0) return;
    const nbytes = tasks.reduce((sum, task) => sum + task.nbytes, 0);
    for (const task of tasks) {
      for (const peer of task.whoHas) unneed(core, task, peer);
      core.recommend(task, { to: 'flight', worker });
    }
    core.asked.set(worker, { tasks, nbytes });
    core.incoming += nbytes;
    core.emit({ do: 'gather', worker, keys: tasks.map(({ key }) => key), nbytes });
  }
}

function isThrottled(core: Core): boolean {
  const many = core.asked.size >= core.incomingCount && core.incoming >= LITTLE_BYTES;
  return many || core.incoming >= core.incomingBytes;
}

/** The peer that has what is most urgent; among equals one on this host, then the one that has most. */
function nextPeer(core: Core): Address | undefined {
  const host = hostOf(core.options.address);
  let best: Address | undefined;
  let bestQueue: PriorityQueue | undefined;
  for (const [worker, queue] of core.needed) {
    if (core.asked.has(worker) || core.busy.has(worker)) continue;
    if (bestQueue !== undefined && !isBefore(queue, worker, bestQueue, best!, host)) continue;
    best = worker;
    bestQueue = queue;
  }
  return best;
}

function isBefore(a: PriorityQueue, from: Address, b: PriorityQueue, other: Address, host: string): boolean {
  const urgency = comparePriorities(a.peek()!.priority, b.peek()!.priority);
  if (urgency !== 0) return urgency < 0;
  const near = hostOf(from) === host;
  if (near !== (hostOf(other) === host)) return near;
  return a.size > b.size;
}

/** What one message asks for. Where nothing else is on its way, at least one result, however large. */
function choose(core: Core, queue: PriorityQueue): TaskRecord[] {
  const chosen: TaskRecord[] = [];
  let bytes = 0;
  for (let task = queue.peek(); task !== undefined; task = queue.peek()) {
    const alone = bytes === 0 && core.incoming === 0;
    const room = core.incomingBytes - core.incoming - bytes;
    const limit = chosen.length === 0 ? room : Math.min(room, core.messageBytes - bytes);
    if (!alone && task.nbytes > limit) break;
    chosen.push(task);
    bytes += task.nbytes;
    queue.delete(task);
  }
  return chosen;
}

/** The host of 'tcp://host:port'. */
export const hostOf = (address: Address): string => address.replace(/^[a-z]+:\/\//, '').replace(/:\d+$/, '');
