import type { BlockMeta } from '../../graph/task.js';
import { itemsize } from '../../kernels/dtype.js';
import { type Allocation, type Arena, alignmentOf } from '../memory/arena.js';
import type { Core } from './core.js';
import { free } from './lifetimes.js';
import { type BlockPlace, NOTHING_STAGED, type Place, type Staged, type TaskRecord } from './records.js';

/**
 * Finds memory for a task: for its outputs and scratch, for inputs to be read back from disk, and for copies of inputs
 * that lie in other arenas, all in one arena. All or nothing: a task that holds some memory has all it needs, so tasks
 * never wait for one another's.
 */

/** What a task needs beside what is in memory already. */
interface Needs {
  /** Distinct inputs whose blocks are in memory (or being read). */
  readonly present: readonly TaskRecord[];
  /** Distinct inputs whose blocks are on disk. */
  readonly absent: readonly TaskRecord[];
  readonly layout: Layout | undefined;
  readonly scratch: number;
}

interface Layout {
  readonly blocks: readonly BlockPlace[];
  readonly bytes: number;
}

interface Plan {
  out: Allocation | undefined;
  scratch: Allocation | undefined;
  readonly loads: Allocation[];
  readonly staged: Staged[];
}

/** Gives a task its memory, if there is so much in one arena. Reading of inputs on disk begins; `record.loads` counts them. */
export function admit(core: Core, record: TaskRecord): boolean {
  if (!record.heavy) {
    record.admitted = true;
    if (!record.root) core.consumers++;
    return true;
  }
  const needs = needsOf(core, record);
  for (const arena of candidates(core, needs)) {
    const plan = reserve(core, arena, needs);
    if (plan === undefined) continue;
    commit(core, record, needs, plan);
    return true;
  }
  return false;
}

/** Gives a supplied result of one block the memory in which that lies already. */
export function adopt(core: Core, record: TaskRecord, allocation: Allocation): void {
  core.reserved.delete(allocation);
  commit(core, record, needsOf(core, record), {
    out: allocation,
    scratch: undefined,
    loads: [],
    staged: [],
  });
}

/** Bytes that must be found to admit a task, were everything in one arena. */
export function bytesNeeded(core: Core, record: TaskRecord): number {
  if (!record.heavy) return 0;
  const { absent, layout, scratch } = needsOf(core, record);
  let bytes = (layout?.bytes ?? 0) + scratch;
  for (const input of absent) bytes += input.place!.bytes;
  return bytes;
}

/** Bytes of a task's blocks altogether, inputs too: what its arena must hold at once. */
export function bytesAltogether(core: Core, record: TaskRecord): number {
  let bytes = bytesNeeded(core, record);
  for (const input of needsOf(core, record).present) bytes += input.place?.bytes ?? 0;
  return bytes;
}

/** Whether memory is fuller before the task than after it: its outputs take no more than the inputs that it is the last to read. */
export function frees(core: Core, record: TaskRecord): boolean {
  if (!record.heavy) return true;
  if (!isAtHand(record)) return false;
  const { present, layout, scratch } = needsOf(core, record);
  let freed = 0;
  for (const input of present) if (input.waiters === 1 && input.holds === 0) freed += input.place!.bytes;
  return freed >= (layout?.bytes ?? 0) + scratch;
}

/** Whether nothing has to be read from disk for a task. */
export const isAtHand = (record: TaskRecord): boolean =>
  record.inputs.every(({ place }) => place?.state !== 'disk' && place?.state !== 'loading');

/** Where the blocks of a result lie in one allocation. */
function layOut(metas: readonly BlockMeta[]): Layout {
  let end = 0;
  const blocks = metas.map((meta): BlockPlace => {
    const bytes = meta.shape.reduce((product, extent) => product * extent, itemsize(meta.dtype));
    const alignment = alignmentOf(bytes);
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + bytes;
    return { dtype: meta.dtype, shape: meta.shape, offset, bytes };
  });
  return { blocks, bytes: end };
}

function needsOf(core: Core, record: TaskRecord): Needs {
  const mark = ++core.marks;
  const present: TaskRecord[] = [];
  const absent: TaskRecord[] = [];
  for (const input of record.inputs) {
    if (input.mark === mark || input.place === undefined) continue;
    input.mark = mark;
    (input.place.state === 'disk' ? absent : present).push(input);
  }
  const { out, scratch = 0 } = record.task;
  return { present, absent, layout: out && layOut(out), scratch };
}

/** Arenas to try: the one that holds most of the inputs first; a new one when the others' addresses are used up. */
function* candidates(core: Core, needs: Needs): Generator<Arena> {
  const { space } = core;
  // A task sent along behind its inputs reads them where they will be: their arena is the only one.
  const filling = needs.present.find((input) => input.place!.state === 'filling');
  if (filling !== undefined) {
    yield filling.place!.allocation!.arena;
    return;
  }
  if (space.arenas.length === 1) {
    yield space.arenas[0]!;
  } else {
    const held = new Array<number>(space.arenas.length).fill(0);
    for (const input of needs.present) held[input.place!.allocation!.arena.index]! += input.place!.bytes;
    yield* [...space.arenas].sort((a, b) => held[b.index]! - held[a.index]!);
  }
  let bytes = (needs.layout?.bytes ?? 0) + needs.scratch;
  for (const input of [...needs.absent, ...needs.present]) bytes += input.place!.bytes;
  const room = space.limit - space.touched;
  if (space.arenas.length > 0 && room < bytes) return;
  const arena = space.open();
  if (arena === undefined) return;
  core.emit({ do: 'arena', index: arena.index, bytes: arena.bytes });
  yield arena;
}

function reserve(core: Core, arena: Arena, needs: Needs): Plan | undefined {
  const plan: Plan = { out: undefined, scratch: undefined, loads: [], staged: [] };
  const take = (bytes: number): Allocation | undefined => core.space.allocate(arena, bytes);
  const giveUp = (): undefined => {
    if (plan.out !== undefined) free(core, plan.out);
    for (const allocation of plan.loads) free(core, allocation);
    for (const { allocation } of plan.staged) free(core, allocation);
    return undefined;
  };
  if (needs.layout !== undefined) {
    plan.out = take(needs.layout.bytes);
    if (plan.out === undefined) return undefined;
  }
  for (const input of needs.absent) {
    const allocation = take(input.place!.bytes);
    if (allocation === undefined) return giveUp();
    plan.loads.push(allocation);
  }
  for (const input of needs.present) {
    if (input.place!.allocation!.arena === arena) continue;
    if (input.place!.state === 'filling') return giveUp();
    const allocation = take(input.place!.bytes);
    if (allocation === undefined) return giveUp();
    plan.staged.push({ input, allocation });
  }
  if (needs.scratch > 0) {
    plan.scratch = take(needs.scratch);
    if (plan.scratch === undefined) return giveUp();
  }
  return plan;
}

function commit(core: Core, record: TaskRecord, needs: Needs, plan: Plan): void {
  record.admitted = true;
  if (!record.root) core.consumers++;
  record.scratch = plan.scratch;
  record.staged = plan.staged.length > 0 ? plan.staged : NOTHING_STAGED;
  if (needs.layout !== undefined) {
    record.place = newPlace(core, record, needs.layout, plan.out!);
  }
  for (const input of record.inputs) input.pins++;
  for (const [i, input] of needs.absent.entries()) startLoad(core, input.place!, plan.loads[i]!);
  record.loads = 0;
  for (const input of [...needs.absent, ...needs.present]) {
    if (input.place!.state !== 'loading') continue;
    input.place!.waiters.push(record);
    record.loads++;
  }
  const { used } = core.space;
  if (used > core.peak) core.peak = used;
}

function newPlace(core: Core, record: TaskRecord, layout: Layout, allocation: Allocation): Place {
  return {
    id: ++core.lastId,
    record,
    state: 'filling',
    allocation,
    blocks: layout.blocks,
    bytes: layout.bytes,
    onDisk: false,
    forgotten: false,
    waiters: [],
  };
}

export function startLoad(core: Core, place: Place, allocation: Allocation): void {
  place.state = 'loading';
  place.allocation = allocation;
  core.loading++;
  core.emit({ do: 'load', place });
}
