import type { Allocation } from '../memory/arena.js';
import type { Supply } from '../supply.js';
import { admit, adopt, bytesNeeded } from './admission.js';
import { type Core, TARGET } from './core.js';
import { mayAllocate } from './dispatch.js';
import type { TaskRecord } from './records.js';
import { makeRoom } from './spilling.js';

/**
 * Finds memory for results that come from elsewhere, in the order in which they came; those that lie in memory of their own need
 * not wait. False: memory is short.
 */
export function serveSupplies(core: Core): boolean {
  const waiting: TaskRecord[] = [];
  for (const record of core.supplies.splice(0)) {
    if (record.status !== 'ready') continue;
    const { reserved } = record.task.params as Supply;
    if (reserved !== undefined && core.reserved.has(reserved)) {
      adopt(core, record, reserved);
    } else if (waiting.length > 0 || !findMemory(core, record)) {
      waiting.push(record);
      continue;
    }
    record.status = 'sent';
    core.filling++;
    core.emit({ do: 'fill', record });
  }
  core.supplies.push(...waiting);
  if (waiting.length > 0) core.blocked = waiting[0];
  return waiting.length === 0;
}

function findMemory(core: Core, record: TaskRecord): boolean {
  while (mayAllocate(core)) {
    if (admit(core, record)) return true;
    if (makeRoom(core, bytesNeeded(core, record), record) === 0) return false;
  }
  return false;
}

/** Memory for a block that is on its way here, where that is at hand: as long as blocks take less than the target. */
export function reserve(core: Core, bytes: number): Allocation | undefined {
  const { space } = core;
  if (space.used + bytes > TARGET * space.limit) return undefined;
  const arena = space.arenas.at(-1) ?? openFirst(core);
  const allocation = arena && space.allocate(arena, bytes);
  if (allocation !== undefined) core.reserved.add(allocation);
  return allocation;
}

function openFirst(core: Core) {
  const arena = core.space.open();
  if (arena !== undefined) core.emit({ do: 'arena', index: arena.index, bytes: arena.bytes });
  return arena;
}
