import { startTimer } from '../../engine/timer.js';
import { decodeFailure, Serialized } from '../wire/index.js';
import { connect, GREETED_MS } from './connect.js';
import type { Connection } from './connection.js';
import { CommClosedError, CommError, RemoteError } from './errors.js';
import type { CommOptions } from './security.js';

export interface CallOptions {
  /** Milliseconds until the answer must be there, and before that a connection, which is given 30 000 at most; default: none. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** Connections that wait for another call: an address keeps so many … */
const IDLE_EACH = 4;
/** … for so many milliseconds. */
const IDLE_MS = 15_000;
/** A peer that owes an answer and says nothing for so long may be out of reach. */
const SILENT_MS = 10_000;

/** Which serialisations Python is to answer in: what both languages read first. */
export const SERIALIZERS = ['msgpack', 'dask', 'pickle'] as const;

/**
 * Calls to any number of peers, on connections that are kept for a while and used again; each carries one call at a time.
 * Idle connections do not keep the process alive.
 */
export class RpcPool {
  private readonly idle = new Map<string, Idle[]>();
  private readonly busy = new Set<Connection>();
  private ended: CommError | undefined;

  constructor(private readonly options: CommOptions = {}) {}

  /**
   * Calls an operation of a peer and returns its answer.
   *
   * @throws RemoteError with the peer's text where it raised an error, CommError where it cannot be reached (any more) or goes
   *   away, the signal's reason when aborted
   */
  call(address: string, op: string, fields: object = {}, options: CallOptions = {}): Promise<unknown> {
    return this.use(address, options, async (connection) => {
      await connection.write({ op, reply: true, ...fields });
      return answerOf(await connection.read(), address, op);
    });
  }

  /** Has a conversation of one's own on a connection; it must end as it began, with nothing unread. */
  async use<T>(
    address: string,
    { timeout, signal }: CallOptions,
    talk: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const connection = await this.take(address, Math.min(timeout ?? GREETED_MS, GREETED_MS), signal);
    this.busy.add(connection);
    const late = (): void =>
      connection.abort(new CommError(`${address} did not answer within ${timeout! / 1000} s`, address));
    const lateness = startTimer(timeout, late);
    const abort = (): void => connection.abort();
    signal?.addEventListener('abort', abort, { once: true });
    const unwatch = giveUpUnreachable(connection, address);
    try {
      const outcome = await talk(connection);
      this.busy.delete(connection);
      this.keep(address, connection);
      return outcome;
    } catch (error) {
      this.busy.delete(connection);
      if (error instanceof RemoteError) this.keep(address, connection);
      else connection.abort();
      signal?.throwIfAborted();
      throw error;
    } finally {
      unwatch();
      clearTimeout(lateness);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends all connections; calls under way reject. */
  close(): void {
    this.ended = new CommClosedError('calls are not possible any more: this end was closed', 'here');
    for (const connection of this.busy) connection.abort(this.ended);
    for (const list of this.idle.values()) for (const { connection } of list) connection.abort();
  }

  private async take(address: string, timeout: number, signal: AbortSignal | undefined): Promise<Connection> {
    if (this.ended !== undefined) throw this.ended;
    const list = this.idle.get(address) ?? [];
    for (let idle = list.pop(); idle !== undefined; idle = list.pop()) {
      clearTimeout(idle.timer);
      if (idle.connection.closed) continue;
      idle.connection.hold(true);
      return idle.connection;
    }
    const connection = await connect(address, {
      ...this.options,
      timeout,
      ...(signal && { signal }),
    });
    if (this.ended !== undefined) {
      connection.abort();
      throw this.ended;
    }
    return connection;
  }

  private keep(address: string, connection: Connection): void {
    if (connection.closed) return;
    const list = this.idle.get(address) ?? [];
    if (this.ended !== undefined || list.length >= IDLE_EACH) {
      connection.abort();
      return;
    }
    connection.hold(false);
    const timer = setTimeout(() => {
      this.idle.set(
        address,
        (this.idle.get(address) ?? []).filter((other) => other.connection !== connection),
      );
      connection.abort();
    }, IDLE_MS);
    timer.unref();
    list.push({ connection, timer });
    this.idle.set(address, list);
  }
}

interface Idle {
  readonly connection: Connection;
  readonly timer: NodeJS.Timeout;
}

/**
 * Where a network breaks, packets are lost without a word, and the system sends them again for a quarter of an hour, at ever longer intervals. So a
 * connection over which nothing comes is ended as soon as another cannot be made. A peer that is only slow is waited for.
 * @returns how to watch no longer
 */
export function giveUpUnreachable(connection: Connection, address: string): () => void {
  const began = performance.now();
  let over = false;
  const look = async (): Promise<void> => {
    const silence = Math.min(connection.silence, performance.now() - began);
    const lost = silence >= SILENT_MS && !(await connection.leadsSomewhere());
    if (over) return;
    if (lost) connection.abort(new CommError(`${address} cannot be reached any more`, address));
    else timer = setTimeout(look, silence < SILENT_MS ? SILENT_MS - silence : SILENT_MS);
  };
  let timer = setTimeout(look, SILENT_MS);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** An answer, unless it is an error: Python's and ours come in the same form. */
export function answerOf(answer: unknown, address: string, op: string): unknown {
  if (typeof answer !== 'object' || answer === null || answer instanceof Serialized) return answer;
  const { status, exception, exception_text: text } = answer as Record<string, unknown>;
  if (status !== 'uncaught-error' && !(status === 'error' && exception !== undefined)) return answer;
  const cause = decodeFailure(exception, typeof text === 'string' ? text : undefined);
  throw new RemoteError(
    `${address} could not do "${op}": ${(cause as Error)?.message ?? String(cause)}`,
    address,
    op,
    {
      cause,
    },
  );
}
