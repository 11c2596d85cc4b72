import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchedStream,
  CommError,
  type Connection,
  connect,
  parseAddress,
  RpcPool,
  type StreamMessage,
} from '../comm/index.js';
import type { Log } from './log.js';
import type { WorkerOptions } from './options.js';
import { together } from './scheduler-messages.js';
import { seconds } from './time.js';

/** Between two attempts to reach the scheduler, in milliseconds. */
const RETRY_MS = 500;
const HEARTBEAT_TIMEOUT_MS = 30_000;
/** A scheduler that says nothing for so long does not hold up a worker that is to end. */
const SILENT_MS = 15_000;

/** Another worker has the name. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

/** The scheduler, as a worker has it: a stream of messages, and calls. */
export class SchedulerLink {
  private readonly stream: BatchedStream;

  private constructor(
    private readonly scheduler: string,
    connection: Connection,
    readonly pool: RpcPool,
  ) {
    this.stream = new BatchedStream(connection, together);
  }

  /**
   * Connects to the scheduler, waiting for it to be there.
   * @throws TypeError for an address or certificates that are of no use, CommError after the death timeout
   */
  static async open(options: WorkerOptions, log: Log): Promise<SchedulerLink> {
    const { scheduler, deathTimeout = Number.POSITIVE_INFINITY } = options;
    parseAddress(scheduler);
    const until = seconds() + deathTimeout;
    for (let attempt = 0; ; attempt++) {
      try {
        const left = Math.min(30_000, 1_000 * Math.max(0.1, until - seconds()));
        return new SchedulerLink(
          scheduler,
          await connect(scheduler, { ...options, timeout: left }),
          new RpcPool(options),
        );
      } catch (error) {
        if (!(error instanceof CommError) || seconds() + RETRY_MS / 1_000 >= until) throw error;
        if (attempt === 0) log.info(`waiting for the scheduler: ${error.message}`);
      }
      await pause(RETRY_MS);
    }
  }

  /** The address of this machine on the way to the scheduler. */
  get localHost(): string {
    return this.stream.connection.localHost;
  }

  /** What the scheduler says of its own software. */
  versions(): Promise<unknown> {
    return this.pool.call(this.scheduler, 'versions', {}, { timeout: HEARTBEAT_TIMEOUT_MS });
  }

  /**
   * Says who this worker is; from then on the stream is open.
   * @returns seconds until the first heartbeat
   * @throws Error with the scheduler's reason where it refuses
   */
  async register(fields: object): Promise<number> {
    const { connection } = this.stream;
    await connection.write({ op: 'register-worker', reply: false, ...fields });
    const answer = (await connection.read()) as Record<string, unknown>;
    if (answer.status !== 'OK') {
      const reason = answer.message ?? answer.exception_text ?? JSON.stringify(answer);
      const text = `the scheduler at ${this.scheduler} refuses this worker: ${String(reason)}`;
      throw String(reason).startsWith('name taken') ? new NameTakenError(text) : new Error(text);
    }
    return Number(answer['heartbeat-interval']);
  }

  send(message: StreamMessage): void {
    this.stream.send(message);
  }

  batches(): AsyncGenerator<readonly StreamMessage[], never> {
    return this.stream.batches();
  }

  /** @returns seconds until the next one, or 'missing' where the scheduler does not know this worker (any more) */
  async heartbeat(fields: object): Promise<number | 'missing'> {
    const answer = (await this.pool.call(this.scheduler, 'heartbeat_worker', fields, {
      timeout: HEARTBEAT_TIMEOUT_MS,
    })) as { readonly status: string; readonly 'heartbeat-interval': number };
    return answer.status === 'missing' ? 'missing' : answer['heartbeat-interval'];
  }

  /**
   * Asks the scheduler to move what this worker holds to others, and to take it out of the cluster.
   * @throws CommError where it cannot be reached (any more)
   */
  async retire(address: string): Promise<void> {
    // Whoever asks a worker to end waits for it: a call would notice later.
    if (!(await this.stream.connection.leadsSomewhere()))
      throw new CommError(
        `${this.scheduler} cannot be reached: what only this worker holds is computed again elsewhere`,
        this.scheduler,
      );
    const stimulus = `worker-close-gracefully-${seconds()}`;
    const fields = { workers: [address], close_workers: false, remove: true, stimulus_id: stimulus };
    const over = new AbortController();
    const { signal } = over;
    try {
      // It takes as long as moving takes; another call tells that the scheduler, which may be stopped, goes on.
      await Promise.race([
        this.pool.call(this.scheduler, 'retire_workers', fields, { signal }),
        this.silence(signal),
      ]);
    } finally {
      over.abort();
    }
  }

  /** Asks the scheduler again and again. @throws CommError where it does not answer */
  private async silence(signal: AbortSignal): Promise<never> {
    for (;;) {
      await pause(RETRY_MS, undefined, { signal });
      await this.pool.call(this.scheduler, 'echo', { data: 0 }, { timeout: SILENT_MS, signal });
    }
  }

  /** Lets what was sent go out, for at most so many milliseconds, and ends all. */
  async close(milliseconds: number): Promise<void> {
    await Promise.race([this.stream.close().catch(() => {}), pause(milliseconds, undefined, { ref: false })]);
    this.stream.connection.abort();
    this.pool.close();
  }
}
