import type { DuckDBConnection } from '@duckdb/node-api';

export interface QueryOptions {
  readonly signal?: AbortSignal;
  /** Share of the query that is done, from 0 to 1, now and then. What it throws ends the query. */
  readonly onProgress?: (share: number) => void;
}

const PROGRESS_MS = 100;
/** An interrupt before a query has begun is forgotten by DuckDB: it is said again until nothing runs. */
const AGAIN_MS = 10;

/** A connection, for one caller's queries: they are interrupted by its signal, and when the database ends. */
export class Session {
  private readonly progress: NodeJS.Timeout | undefined;
  private readonly aborted = (): void => this.interrupt(this.options.signal?.reason);
  private running: Promise<unknown> | undefined;
  private interrupting: NodeJS.Timeout | undefined;
  private stopped: { readonly reason: unknown } | undefined;
  private open = true;

  /** @param closed called once, when the connection is closed */
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly options: QueryOptions,
    private readonly closed: (session: Session) => void,
  ) {
    const { signal, onProgress } = options;
    signal?.addEventListener('abort', this.aborted, { once: true });
    if (signal?.aborted) this.aborted();
    if (onProgress) this.progress = setInterval(() => this.tell(onProgress), PROGRESS_MS).unref();
  }

  /** Works with the connection. Rejects with the reason where it was interrupted. */
  async doing<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.check();
    const running = work(this.connection);
    this.running = running;
    try {
      const result = await running;
      this.check();
      return result;
    } catch (error) {
      this.check();
      throw error;
    } finally {
      this.running = undefined;
      clearInterval(this.interrupting);
    }
  }

  /** Ends what runs; later work is refused, both with the reason. */
  interrupt(reason: unknown): void {
    if (this.stopped) return;
    this.stopped = { reason };
    if (!this.running) return;
    this.connection.interrupt();
    this.interrupting = setInterval(() => this.connection.interrupt(), AGAIN_MS).unref();
  }

  /** Interrupts, and closes when nothing runs. */
  async end(reason: unknown): Promise<void> {
    this.interrupt(reason);
    await this.running?.catch(() => undefined);
    this.close();
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.options.signal?.removeEventListener('abort', this.aborted);
    clearInterval(this.progress);
    clearInterval(this.interrupting);
    this.connection.closeSync();
    this.closed(this);
  }

  private check(): void {
    if (this.stopped) throw this.stopped.reason;
  }

  private tell(onProgress: (share: number) => void): void {
    if (!this.running) return;
    const { percentage } = this.connection.progress;
    if (percentage < 0) return;
    try {
      onProgress(Math.min(1, percentage / 100));
    } catch (error) {
      this.interrupt(error);
    }
  }
}
