import type { SpillError } from '../errors.js';
import { startLoad } from './admission.js';
import type { Core } from './core.js';
import { free, freePlace, unpin } from './lifetimes.js';
import { fail, reject } from './outcomes.js';
import { type Fetch, type Place, TaskRecord } from './records.js';
import { makeRoom } from './spilling.js';

/** Brings results that runs or callers asked for into memory, in the order in which they asked. False: memory is short. */
export function serveFetches(core: Core): boolean {
  const { fetches } = core;
  let served = 0;
  for (; served < fetches.length; served++) {
    const fetch = fetches[served]!;
    if (fetch.run?.settled) continue;
    const { place } = fetch.record;
    if (place === undefined || place.state === 'memory' || place.state === 'spilling') {
      fetch.record.pins++;
      hand(core, fetch);
    } else if (place.state === 'loading') {
      fetch.record.pins++;
      place.waiters.push(fetch);
    } else if (!startFetch(core, fetch, place)) {
      break;
    }
  }
  fetches.splice(0, served);
  return fetches.length === 0;
}

function startFetch(core: Core, fetch: Fetch, place: Place): boolean {
  for (;;) {
    for (const arena of core.space.arenas) {
      const allocation = core.space.allocate(arena, place.bytes);
      if (allocation === undefined) continue;
      fetch.record.pins++;
      startLoad(core, place, allocation);
      place.waiters.push(fetch);
      return true;
    }
    if (makeRoom(core, place.bytes, undefined) === 0) return false;
  }
}

/** Hands a pinned result to who asked for it. */
function hand(core: Core, fetch: Fetch): void {
  const { run, record } = fetch;
  if (run === undefined) {
    core.emit({ do: 'fetched', token: fetch.token });
  } else if (run.settled) {
    unpin(core, record);
  } else {
    core.lent++;
    core.emit({ do: 'deliver', run, record });
  }
}

/** A place was read back. */
export function loaded(core: Core, place: Place): void {
  core.loading--;
  place.state = 'memory';
  core.resident.add(place.record);
  const { waiters } = place;
  place.waiters = [];
  for (const waiter of waiters) {
    if (!(waiter instanceof TaskRecord)) hand(core, waiter);
    else if (waiter.status === 'loading' && --waiter.loads === 0) {
      core.loadingTasks--;
      core.admitted.push(waiter);
    }
  }
  if (place.forgotten && place.record.pins === 0) freePlace(core, place);
}

/** A place cannot be read back: who needs it fails. */
export function loadFailed(core: Core, place: Place, error: SpillError): void {
  core.loading--;
  const { record, waiters } = place;
  place.waiters = [];
  place.state = 'disk';
  free(core, place.allocation!);
  place.allocation = undefined;
  for (const waiter of waiters) {
    if (waiter instanceof TaskRecord) continue;
    unpin(core, record);
    if (waiter.run === undefined) core.emit({ do: 'fetched', token: waiter.token, error });
    else reject(core, waiter.run, error);
  }
  for (const dependent of [...record.dependents]) fail(core, dependent, error);
  if (place.forgotten && record.pins === 0) freePlace(core, place);
}
