import type { Key } from '../../graph/task.js';
import { CommError, getData, RemoteError, SERIALIZERS } from '../comm/index.js';
import { Serialized } from '../wire/index.js';
import type { Session } from './session.js';

/** A worker that does not answer for so long is passed over: what it holds is asked for through the scheduler. */
const WORKER_MS = 60_000;

/**
 * Fetches results: from the workers that hold them, all at once; what they do not give, through the scheduler. Keys that nobody has at the moment
 * are missing in the outcome.
 *
 * @throws CommError where the scheduler cannot be reached, the signal's reason when aborted
 */
export async function gather(
  session: Session,
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Key, Serialized>> {
  const whoHas = (await session.call('who_has', { keys }, { signal })) as Readonly<
    Record<Key, readonly string[]>
  >;
  const byWorker = new Map<string, Key[]>();
  for (const [key, workers] of Object.entries(whoHas)) {
    const worker = workers[Math.floor(Math.random() * workers.length)];
    if (worker === undefined) continue;
    const list = byWorker.get(worker);
    if (list) list.push(key);
    else byWorker.set(worker, [key]);
  }
  const got = new Map<Key, Serialized>();
  await Promise.all(
    [...byWorker].map(async ([worker, wanted]) => {
      try {
        const data = await getData(session.pool, worker, wanted, { signal, timeout: WORKER_MS });
        for (const [key, value] of data) got.set(key, value);
      } catch (error) {
        if (!(error instanceof CommError || error instanceof RemoteError)) throw error;
      }
    }),
  );
  const missing = [...byWorker.values()].flat().filter((key) => !got.has(key));
  if (missing.length === 0) return got;
  const answer = await session.call('gather', { keys: missing, serializers: SERIALIZERS }, { signal });
  const { status, data } = answer as { status: string; data?: Readonly<Record<Key, unknown>> };
  if (status === 'OK' && data)
    for (const [key, value] of Object.entries(data)) if (value instanceof Serialized) got.set(key, value);
  return got;
}
