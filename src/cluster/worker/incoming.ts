import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../../engine/index.js';
import type { Key } from '../../graph/task.js';
import { answerOf, RemoteError, type RpcPool, SERIALIZERS } from '../comm/index.js';
import { type FrameTasks, isFrameKey } from '../frame/index.js';
import { decodeResult, Serialized } from '../wire/index.js';
import type { Landing } from './landing.js';
import type { Address, HeldResult, Instruction, WorkerEvent } from './state/index.js';
import type { Store } from './store.js';
import { seconds } from './time.js';

const NEVER = new AbortController().signal;

type Gather = Extract<Instruction, { do: 'gather' }>;

/** After how long a peer that is busy is asked again, in milliseconds. */
export const BUSY_MS = 150;
/** Results on their way here from other workers, and from clients. */
export class Incoming {
  /** How much ever came, and how long that took. */
  bytesTotal = 0;
  countTotal = 0;
  seconds = 0;
  /** Peers that are slow to answer: asked no further when they are gone. */
  private readonly asked = new Map<Address, AbortController>();

  constructor(
    private readonly store: Store,
    private readonly pool: RpcPool,
    /** Where this worker listens. */
    private readonly address: Address,
    private readonly frames: FrameTasks,
    private readonly warn: (text: string) => void,
  ) {}

  /** Asks a peer for results and puts them into the store. Never rejects: what becomes of it is the event. */
  async gather({ worker, keys }: Gather): Promise<WorkerEvent> {
    const start = seconds();
    const abort = new AbortController();
    this.asked.set(worker, abort);
    this.countTotal++;
    using landing = this.store.landing();
    try {
      const data = await this.request(worker, keys, landing, abort.signal);
      if (data === 'busy') return { kind: 'gather-busy', worker };
      const { received, failures } = await this.takeIn(data, worker, abort.signal);
      const stop = seconds();
      this.seconds += stop - start;
      if (failures.size === 0) return { kind: 'gather-succeeded', worker, received, start, stop };
      return { kind: 'gather-unusable', worker, received, failures, start, stop };
    } catch (error) {
      this.warn(`cannot fetch from ${worker}: ${(error as Error).message}`);
      if (!(error instanceof RemoteError)) return { kind: 'gather-failed', worker };
      const failures = new Map(keys.map((key) => [key, error]));
      return { kind: 'gather-unusable', worker, received: new Map(), failures, start, stop: seconds() };
    } finally {
      this.asked.delete(worker);
    }
  }

  /** The scheduler says that a peer is gone, though its connection may look alive. */
  forget(worker: Address): void {
    this.asked.get(worker)?.abort();
  }

  /** Fetches results wherever they can be had; says which cannot. */
  async fetch(
    whoHas: Readonly<Record<Key, readonly Address[]>>,
  ): Promise<{ readonly received: ReadonlyMap<Key, HeldResult>; readonly missing: readonly Key[] }> {
    const received = new Map<Key, HeldResult>();
    const missing: Key[] = [];
    for (const [key, workers] of Object.entries(whoHas)) {
      if (this.store.has(key)) continue;
      for (const worker of workers) {
        using landing = this.store.landing();
        const data = await this.obtain(worker, key, landing);
        for (const [name, held] of (await this.takeIn(data, worker)).received) received.set(name, held);
        if (received.has(key)) break;
      }
      if (!received.has(key)) missing.push(key);
    }
    return { received, missing };
  }

  /** Decodes results and puts them into the store. Those that cannot be are told apart. */
  async takeIn(
    data: ReadonlyData,
    from?: Address,
    signal = NEVER,
  ): Promise<{
    readonly received: Map<Key, HeldResult>;
    readonly failures: Map<Key, unknown>;
  }> {
    const received = new Map<Key, HeldResult>();
    const failures = new Map<Key, unknown>();
    const puts = Object.entries(data).map(async ([key, serialized]) => {
      try {
        // Files come with what says that they are there.
        if (from !== undefined && isFrameKey(key)) await this.frames.copy(key, from, signal);
        const held = await this.store.put(key, decoded(key, serialized));
        received.set(key, held);
        this.bytesTotal += held.nbytes;
      } catch (error) {
        failures.set(key, error);
      }
    });
    await Promise.all(puts);
    return { received, failures };
  }

  /** Waits for a peer that is busy; nothing where it cannot be reached. */
  private async obtain(worker: Address, key: Key, landing: Landing): Promise<ReadonlyData> {
    try {
      for (;;) {
        const data = await this.request(worker, [key], landing);
        if (data !== 'busy') return data;
        await pause(BUSY_MS);
      }
    } catch (error) {
      this.warn(`cannot fetch from ${worker}: ${(error as Error).message}`);
      return {};
    }
  }

  private request(
    worker: Address,
    keys: readonly Key[],
    landing: Landing,
    signal?: AbortSignal,
  ): Promise<ReadonlyData | 'busy'> {
    return this.pool.use(worker, { ...(signal && { signal }) }, async (connection) => {
      const call = { op: 'get_data', reply: true, keys, who: this.address, serializers: SERIALIZERS };
      await connection.write(call);
      connection.placing = landing.placing;
      const read = await connection.read();
      connection.placing = undefined;
      const answer = answerOf(read, worker, 'get_data') as Answer;
      if (answer.status === 'busy') return 'busy';
      await connection.write('OK');
      return answer.data;
    });
  }
}

type ReadonlyData = Readonly<Record<Key, unknown>>;

type Answer = { readonly status: 'OK'; readonly data: ReadonlyData } | { readonly status: 'busy' };

function decoded(key: Key, serialized: unknown): Result {
  if (serialized instanceof Serialized) return decodeResult(serialized, key);
  if (typeof serialized === 'object' && serialized !== null)
    throw new TypeError(
      `${JSON.stringify(key)} came as a pickled Python object, which only Python reads: send NumPy arrays, numbers or strings`,
    );
  return { value: serialized };
}
