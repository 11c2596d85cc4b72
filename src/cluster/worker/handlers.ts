import type { Key } from '../../graph/task.js';
import type { Handler } from '../comm/index.js';
import type { Asked } from '../frame/index.js';
import type { ClusterWorker } from './worker.js';

/** What others may call this worker for: the scheduler, workers, clients. */
export function handlersOf(worker: ClusterWorker): Readonly<Record<string, Handler>> {
  const { account, work } = worker;
  const { store, incoming, outgoing, frames } = work;
  return {
    get_data: ({ keys, who }, connection) => outgoing.answer(listOf(keys), who, connection),
    tilework_parts: ({ inputs, offset, paths }) =>
      frames.held.pieces(inputs as Asked, offset as number, paths === true),
    tilework_actors: (_, connection) => work.actors.converse(connection),
    actor_execute: (fields) => work.actors.answer(fields),
    actor_attribute: (fields) => work.actors.answer(fields),
    async update_data({ data, stimulus_id }) {
      const { received, failures } = await incoming.takeIn(data as Readonly<Record<Key, unknown>>);
      work.tell({ kind: 'update-data', received }, stimulus_id);
      for (const failure of failures.values()) throw failure;
      return {
        status: 'OK',
        nbytes: Object.fromEntries([...received].map(([key, { nbytes }]) => [key, nbytes])),
      };
    },
    async gather({ who_has }) {
      const { received, missing } = await incoming.fetch(who_has as Readonly<Record<Key, string[]>>);
      work.tell({ kind: 'update-data', received });
      return missing.length === 0 ? { status: 'OK' } : { status: 'partial-fail', keys: missing };
    },
    free_keys({ keys, stimulus_id }) {
      work.tell({ kind: 'free-keys', keys: listOf(keys) }, stimulus_id);
      return 'OK';
    },
    terminate({ reason }) {
      worker.close(typeof reason === 'string' ? reason : 'asked to').catch(() => {});
      return 'OK';
    },
    close_gracefully() {
      worker.retire('asked to').catch(() => {});
      return 'OK';
    },
    ping: () => 'pong',
    identity: () => account.identity(),
    keys: () => store.names(),
    versions: () => worker.versions,
    'plugin-add': () => ({ status: 'OK' }),
    'plugin-remove': () => ({ status: 'OK' }),
    get_logs: ({ n }) => worker.log.recent(typeof n === 'number' ? n : undefined),
    call_stack: ({ keys }) => account.callStacks(keys == null ? undefined : listOf(keys)),
    profile: () => NO_PROFILE,
    profile_metadata: () => ({ counts: [], keys: [] }),
    dump_state: () => account.dump(),
  };
}

/** Keys, which Python sends as a list or as a set. */
const listOf = (keys: unknown): Key[] => [...(keys as Iterable<Key>)];

/** A profile of nothing, as Dask makes it, which it puts together with those of Python workers by identifier: JavaScript is not profiled. */
const NO_PROFILE = {
  count: 0,
  children: {},
  identifier: 'root',
  description: { filename: '', name: '', line_number: 0, line: '' },
};
