import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError } from '../../engine/errors.js';
import { startTimer } from '../../engine/timer.js';
import {
  BatchedStream,
  type CallOptions,
  CommError,
  type CommOptions,
  type Connection,
  connect,
  RpcPool,
  type StreamMessage,
} from '../comm/index.js';
import { dashboardAt } from '../dashboard.js';
import { hello } from './hello.js';

/** How often the scheduler hears that this client lives. */
const HEARTBEAT_MS = 5000;
/** After a connection broke: how long until another is tried, at first and at most … */
const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 2000;
/** … and how long until it is given up. */
const GIVE_UP_MS = 30_000;

export interface SessionEvents {
  message(message: StreamMessage): void;
  /** Another connection was made after one broke: the scheduler knows nothing of this client any more. */
  restored(): void;
  /** There is no scheduler any more. */
  gone(error: EngineError): void;
}

/** The scheduler as one client sees it: a stream of messages, and calls. It is connected to again where the connection breaks. */
export class Session {
  readonly pool: RpcPool;
  /** Where the scheduler's dashboard is, if there is one. */
  dashboard: string | undefined;
  private id = '';
  private stream: BatchedStream | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();
  private held = false;
  private asking = false;

  constructor(
    readonly address: string,
    private readonly comm: CommOptions,
    private readonly name: string,
    private readonly events: SessionEvents,
    private readonly options: { readonly giveUp?: number | undefined; readonly inject: boolean },
  ) {
    this.pool = new RpcPool(comm);
  }

  /** How the scheduler calls this client, on the connection there is. */
  get client(): string {
    return this.id;
  }

  /**
   * Connects, checks that the scheduler takes our graphs, and registers.
   * @throws CommError, EngineError naming the address and the remedy
   */
  async open(timeout?: number): Promise<void> {
    const answer = await hello(this.pool, this.address, { timeout, mayInject: this.options.inject });
    this.dashboard = dashboardAt(this.address, answer.dashboard);
    const connection = await connect(this.address, {
      ...this.comm,
      signal: this.closing.signal,
      ...(timeout !== undefined && { timeout }),
    });
    await this.register(connection, timeout);
    this.stream = new BatchedStream(connection);
    connection.hold(this.held);
    this.timer ??= setInterval(() => this.beat(), HEARTBEAT_MS).unref();
    void this.listen(this.stream);
  }

  send(...messages: readonly StreamMessage[]): void {
    this.stream?.send(...messages);
  }

  /** Resolves when what was sent is out. */
  async drained(): Promise<void> {
    await this.stream?.drained();
  }

  call(op: string, fields: object = {}, options: CallOptions = {}): Promise<unknown> {
    return this.pool.call(this.address, op, fields, options);
  }

  /** Another connection, to a worker. @throws CommError where it is not reached in so many milliseconds */
  connectTo(address: string, timeout: number): Promise<Connection> {
    return connect(address, { ...this.comm, timeout, signal: this.closing.signal });
  }

  /** Whether the session keeps the process alive: while something is computed. */
  hold(alive: boolean): void {
    this.held = alive;
    this.stream?.connection.hold(alive);
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    clearInterval(this.timer);
    this.send({ op: 'close-client' }, { op: 'close-stream' });
    const stream = this.stream;
    this.closing.abort(new EngineError('the engine was disposed of'));
    await stream?.close().catch(() => {});
    this.pool.close();
  }

  private async register(connection: Connection, timeout: number | undefined): Promise<void> {
    // Another name each time: when the scheduler notices that the connection before is gone, it forgets all of that name.
    this.id = `${this.name}-${randomUUID()}`;
    const late = (): void =>
      connection.abort(new CommError(`${this.address} did not take this client in time`, this.address));
    const lateness = startTimer(timeout, late);
    try {
      const versions = await this.call('versions', {}, timeout === undefined ? {} : { timeout });
      await connection.write({ op: 'register-client', client: this.id, reply: false, versions });
      await connection.read();
      // It may have been closed meanwhile.
      this.closing.signal.throwIfAborted();
    } catch (error) {
      connection.abort();
      throw error;
    } finally {
      clearTimeout(lateness);
    }
  }

  private beat(): void {
    this.send({ op: 'heartbeat-client' });
    const connection = this.stream?.connection;
    if (!this.held || this.asking || connection === undefined || connection.silence < HEARTBEAT_MS) return;
    this.asking = true;
    void this.check(connection).finally(() => {
      this.asking = false;
    });
  }

  /** A scheduler that says nothing, while something is computed, may be out of reach: the stream itself would not say so for a quarter of an hour. */
  private async check(connection: Connection): Promise<void> {
    try {
      await this.call('tilework_hello', {}, { timeout: HEARTBEAT_MS });
    } catch {
      // It may be busy.
      if (!(await connection.leadsSomewhere()))
        connection.abort(new CommError(`${this.address} cannot be reached any more`, this.address));
    }
  }

  private async listen(stream: BatchedStream): Promise<void> {
    try {
      for await (const batch of stream.batches()) for (const message of batch) this.events.message(message);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      if (!(error instanceof CommError)) throw error;
      await this.reconnect(error);
    }
  }

  private async reconnect(reason: CommError): Promise<void> {
    const { signal } = this.closing;
    let last: unknown = reason;
    let delay = FIRST_DELAY_MS;
    const deadline = performance.now() + (this.options.giveUp ?? GIVE_UP_MS);
    for (; performance.now() < deadline; delay = Math.min(2 * delay, LAST_DELAY_MS)) {
      try {
        await pause(delay, undefined, { signal, ref: this.held });
        await this.open(LAST_DELAY_MS);
        this.events.restored();
        return;
      } catch (error) {
        if (signal.aborted) return;
        last = error;
        if (error instanceof EngineError) break;
      }
    }
    this.events.gone(
      new EngineError(
        `the scheduler at ${this.address} is gone, and with it what was computed: ${(last as Error).message}`,
        { cause: last },
      ),
    );
  }
}
