import { setTimeout as pause } from 'node:timers/promises';
import { EngineError, type Held, MemoryLimitError } from '../../engine/index.js';
import type { BlockMeta, Key } from '../../graph/task.js';
import { itemsize } from '../../kernels/dtype.js';
import { ANSWERED, type Connection } from '../comm/index.js';
import {
  compressResult,
  encodeBlocks,
  encodeResult,
  type Frame,
  LaterFrame,
  Serialized,
} from '../wire/index.js';
import { BUSY_MS } from './incoming.js';
import { type Address, hostOf } from './state/index.js';
import type { Loan, Store } from './store.js';

/** Peers that are answered at once; twice as many of the same host. */
const PEERS = 10;
/** Of one answer so many bytes are in memory from the start; what is beyond them is loaded when it is its turn, one result after another. */
const AT_ONCE = 32 * 2 ** 20;

/** Results that others ask this worker for. */
export class Outgoing {
  /** Answers that are being given, and how many ever were. */
  count = 0;
  countTotal = 0;
  /** Bytes of results that they need in memory at once, and how many were ever sent. */
  bytes = 0;
  bytesTotal = 0;
  /** Connections on which peers are being answered. */
  private readonly answering = new Map<Connection, unknown>();

  constructor(
    private readonly store: Store,
    /** Where this worker listens. */
    private readonly address: Address,
    private readonly mostBytes: number,
    private readonly isPaused: () => boolean,
  ) {}

  /**
   * Answers `get_data`: sends results uncopied, and waits until the peer has them. The protocol wants all in one message; of that, only
   * so much is in memory at once as is being sent. Where that is too much beside other answers, the peer is to come again.
   */
  async answer(keys: readonly Key[], who: unknown, connection: Connection): Promise<unknown> {
    if (typeof who === 'string' && this.count >= this.mostPeers(connection)) return BUSY;
    this.count++;
    this.countTotal++;
    this.answering.set(connection, who);
    let sending = false;
    let needed = 0;
    try {
      using loan = await this.store.lend(keys);
      const plan = planOf(loan.held);
      if (this.bytes > 0 && this.bytes + plan.needed > this.mostBytes) return BUSY;
      needed = plan.needed;
      this.bytes += needed;
      const data = await this.dataOf(loan, plan.now, connection);
      sending = true;
      await connection.write({ status: 'OK', data });
      this.bytesTotal += plan.total;
      await connection.read();
      return ANSWERED;
    } catch (error) {
      // What is on disk finds no memory now; it will, when what runs has ended.
      if (!sending && error instanceof MemoryLimitError) return BUSY;
      // This worker is closing: to the peer it is gone, rather than at fault.
      if (sending || error instanceof EngineError) connection.abort();
      throw error;
    } finally {
      this.answering.delete(connection);
      this.count--;
      this.bytes -= needed;
    }
  }

  /** The scheduler says that a peer is gone, though its connections may look alive for long. */
  forget(worker: Address): void {
    for (const [connection, who] of this.answering) if (who === worker) connection.abort();
  }

  private mostPeers(connection: Connection): number {
    if (this.isPaused()) return 1;
    return hostOf(connection.address) === hostOf(this.address) ? 2 * PEERS : PEERS;
  }

  private async dataOf(
    loan: Loan,
    now: ReadonlySet<Key>,
    connection: Connection,
  ): Promise<Record<Key, Serialized<Frame>>> {
    const data: Record<Key, Serialized<Frame>> = {};
    for (const [key, held] of loan.held) {
      if (!('blocks' in held)) {
        data[key] = await compressed(encodedValue(held.value), connection);
      } else if (now.has(key)) {
        data[key] = await compressed(encodeResult(await loan.load(key)), connection);
      } else {
        data[key] =
          (await this.compressedAlone(key, connection)) ??
          encodeBlocks(held.blocks, later(loan, key, held.blocks, connection));
      }
    }
    return data;
  }

  /** A result of which only what it is compressed to stays in memory; undefined where it is to go as it is. */
  private async compressedAlone(key: Key, connection: Connection): Promise<Serialized | undefined> {
    if (connection.compression === undefined) return undefined;
    using loan = await this.store.lend([key]);
    // It may have been given up meanwhile: the first loan still has it.
    if (!loan.held.has(key)) return undefined;
    const whole = encodeResult(await loaded(loan, key, connection));
    const smaller = await compressed(whole, connection);
    return smaller.header.compression?.every((name) => name !== null) ? smaller : undefined;
  }
}

const BUSY = { status: 'busy' } as const;

interface Plan {
  /** Keys whose blocks are in memory from the start. */
  readonly now: ReadonlySet<Key>;
  /** Bytes in memory at once, at most, and of all. */
  readonly needed: number;
  readonly total: number;
}

function planOf(results: ReadonlyMap<Key, Held>): Plan {
  const now = new Set<Key>();
  let total = 0;
  let first = 0;
  let largest = 0;
  for (const [key, held] of results) {
    if (!('blocks' in held)) continue;
    total += held.bytes;
    if (now.size > 0 && first + held.bytes > AT_ONCE) {
      largest = Math.max(largest, held.bytes);
      continue;
    }
    now.add(key);
    first += held.bytes;
  }
  return { now, needed: first + largest, total };
}

/** The frames of a result that is loaded when the first of them is to be sent, and given back after the last. */
function later(loan: Loan, key: Key, blocks: readonly BlockMeta[], connection: Connection): LaterFrame[] {
  let left = blocks.length;
  return blocks.map(({ dtype, shape }, i) => {
    const length = shape.reduce((a, b) => a * b, itemsize(dtype));
    const load = async (): Promise<Uint8Array> => {
      const result = await loaded(loan, key, connection);
      return encodeResult(result).frames[i]!;
    };
    return new LaterFrame(length, load, () => {
      if (--left === 0) loan.release(key);
    });
  });
}

/** What finds no memory waits for it, as long as there is someone to send it to. */
async function loaded(loan: Loan, key: Key, connection: Connection): ReturnType<Loan['load']> {
  for (;;) {
    try {
      return await loan.load(key);
    } catch (error) {
      if (!(error instanceof MemoryLimitError) || connection.closed) throw error;
      await pause(BUSY_MS);
    }
  }
}

const compressed = (result: Serialized, { compression }: Connection): Serialized | Promise<Serialized> =>
  compression === undefined ? result : compressResult(result, compression);

/** A value that cannot be written says why, in place of itself, as Dask does. */
function encodedValue(value: unknown): Serialized {
  try {
    return encodeResult({ value });
  } catch (error) {
    return new Serialized({ serializer: 'error' }, [Buffer.from(String(error))]);
  }
}
