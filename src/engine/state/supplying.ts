import { admit, bytesNeeded } from './admission.js';
import type { Core } from './core.js';
import { mayAllocate } from './dispatch.js';
import type { TaskRecord } from './records.js';
import { makeRoom } from './spilling.js';

/** Finds memory for results that come from elsewhere, in the order in which they came. False: memory is short. */
export function serveSupplies(core: Core): boolean {
  const { supplies } = core;
  let served = 0;
  for (; served < supplies.length; served++) {
    const record = supplies[served]!;
    if (record.status !== 'ready') continue;
    if (!findMemory(core, record)) {
      core.blocked = record;
      break;
    }
    record.status = 'sent';
    core.filling++;
    core.emit({ do: 'fill', record });
  }
  supplies.splice(0, served);
  return supplies.length === 0;
}

function findMemory(core: Core, record: TaskRecord): boolean {
  while (mayAllocate(core)) {
    if (admit(core, record)) return true;
    if (makeRoom(core, bytesNeeded(core, record), record) === 0) return false;
  }
  return false;
}
