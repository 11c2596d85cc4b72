import type { Connection } from './connection.js';
import { CommError } from './errors.js';

/** A message between scheduler and worker or client. */
export interface StreamMessage {
  readonly op: string;
  readonly [name: string]: unknown;
}

/**
 * A connection on which both sides send messages at any time, many in one go. What is sent within one turn of the event loop, and while
 * the peer is slow to take what went before, goes out as one list.
 */
export class BatchedStream {
  private queue: StreamMessage[] = [];
  private flushing: Promise<void> | undefined;

  /** @param pack what a list becomes before it is sent, which must say the same */
  constructor(
    readonly connection: Connection,
    private readonly pack: (messages: readonly StreamMessage[]) => readonly StreamMessage[] = (list) => list,
  ) {}

  get address(): string {
    return this.connection.address;
  }

  /** Sends soon. What cannot be sent since the connection has ended is dropped: `batches` tells of the end. */
  send(...messages: readonly StreamMessage[]): void {
    for (const message of messages) this.queue.push(message);
    this.flushing ??= this.flush();
  }

  /** Resolves when all that was sent is out, so that whoever makes many messages can keep few of them in memory. */
  async drained(): Promise<void> {
    while (this.flushing !== undefined) await this.flushing;
  }

  /** Messages as they come, those of one list together, until the connection ends: then it throws the CommError that says why. */
  async *batches(): AsyncGenerator<readonly StreamMessage[], never> {
    for (;;) {
      const batch = await this.connection.read();
      yield Array.isArray(batch) ? (batch as StreamMessage[]) : [batch as StreamMessage];
    }
  }

  /** Sends what is waiting, and ends. */
  async close(): Promise<void> {
    await this.drained();
    await this.connection.close();
  }

  private async flush(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      while (this.queue.length > 0) {
        const batch = this.queue;
        this.queue = [];
        await this.connection.write(this.pack(batch));
      }
    } catch (error) {
      this.queue = [];
      // A message that cannot be encoded is a mistake of ours, which must not pass unseen.
      if (!(error instanceof CommError)) throw error;
    } finally {
      this.flushing = undefined;
    }
  }
}
