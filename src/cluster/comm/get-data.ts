import { setTimeout as pause } from 'node:timers/promises';
import type { Key } from '../../graph/task.js';
import type { Serialized } from '../wire/index.js';
import { answerOf, type CallOptions, type RpcPool, SERIALIZERS } from './rpc.js';

/** How long a worker that has enough transfers already is left alone. */
const BUSY_MS = 150;

/**
 * Fetches results from the worker that holds them. Keys that it does not hold are missing in the outcome.
 *
 * @param who the address of the worker that asks; clients have none
 * @throws CommError where the worker cannot be reached or goes away, RemoteError where it fails
 */
export async function getData(
  pool: RpcPool,
  address: string,
  keys: readonly Key[],
  options: CallOptions & { readonly who?: string } = {},
): Promise<ReadonlyMap<Key, Serialized>> {
  for (;;) {
    const answer = await pool.use(address, options, async (connection) => {
      await connection.write({
        op: 'get_data',
        reply: true,
        keys,
        who: options.who ?? null,
        serializers: SERIALIZERS,
      });
      const got = answerOf(await connection.read(), address, 'get_data') as DataAnswer;
      if (got.status === 'OK') await connection.write('OK');
      return got;
    });
    if (answer.status === 'OK') return new Map(Object.entries(answer.data));
    await pause(BUSY_MS, undefined, options.signal && { signal: options.signal });
  }
}

type DataAnswer =
  | { readonly status: 'OK'; readonly data: Readonly<Record<Key, Serialized>> }
  | { readonly status: 'busy' };
