import type { ActorRequest } from '../../engine/actors/actors.js';
import { lost } from '../../engine/actors/thread.js';
import type { Key } from '../../graph/task.js';
import { BatchedStream, type Connection, giveUpUnreachable, type StreamMessage } from '../comm/index.js';
import { type AskedFields, decodeFailure, encodeAsked, valueIn } from '../wire/index.js';

interface Open {
  readonly key: Key;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks by way of the scheduler. */
export type Detour = (fields: AskedFields) => Promise<unknown>;

/**
 * What one program asks of the actors of one worker, on one connection, so that it comes in the order in which it was asked; by way of the scheduler, one question after
 * the other, where the worker cannot be reached from here.
 */
export class ActorLink {
  private readonly open = new Map<number, Open>();
  private last = 0;
  private stream: BatchedStream | undefined;
  /** What waits for a connection. */
  private waiting: StreamMessage[] = [];
  private unwatch: (() => void) | undefined;
  /** By way of the scheduler: the last question. */
  private before: Promise<unknown> | undefined;
  private over: string | undefined;

  /** @param ended told when it is of no use any more */
  constructor(
    private readonly address: string,
    connecting: Promise<Connection>,
    private readonly detour: Detour,
    private readonly ended: () => void,
  ) {
    connecting.then(
      (connection) => this.connected(connection),
      () => this.unreachable(),
    );
  }

  async ask(key: Key, request: ActorRequest): Promise<unknown> {
    if (this.over !== undefined) throw lost(key, this.over);
    const id = ++this.last;
    const message = { op: 'ask', id, ...encodeAsked(key, request) };
    const answer = new Promise<unknown>((resolve, reject) => {
      this.open.set(id, { key, resolve, reject });
    });
    if (this.before !== undefined) this.ashore(message);
    else if (this.stream === undefined) this.waiting.push(message);
    else this.stream.send(message);
    this.busy();
    return answer;
  }

  /** An actor is there no more: whoever asks it hears why. */
  lose(key: Key, reason: unknown): void {
    for (const [id, { key: asked, reject }] of this.open)
      if (asked === key) {
        this.open.delete(id);
        reject(reason);
      }
    this.busy();
  }

  close(reason: unknown): void {
    for (const { reject } of this.open.values()) reject(reason);
    this.open.clear();
    this.end(String(reason));
  }

  private connected(connection: Connection): void {
    if (this.over !== undefined) {
      connection.abort();
      return;
    }
    // The first message says what the connection is for.
    void connection.write({ op: 'tilework_actors', reply: false }).catch(() => {});
    this.stream = new BatchedStream(connection);
    this.stream.send(...this.waiting.splice(0));
    this.busy();
    void this.listen(this.stream);
  }

  private async listen(stream: BatchedStream): Promise<void> {
    try {
      for await (const batch of stream.batches()) for (const message of batch) this.answered(message);
    } catch (error) {
      const why = `the worker ${this.address}, on which it is, cannot be reached any more; what was asked of it may have been done: ${(error as Error).message}`;
      for (const { key, reject } of this.open.values()) reject(lost(key, why, error));
      this.open.clear();
      this.end(why);
    }
  }

  private answered({ id, ...answer }: StreamMessage): void {
    const open = this.open.get(id as number);
    if (open === undefined) return;
    this.open.delete(id as number);
    this.busy();
    if (answer.status === 'OK') open.resolve(valueIn(answer.result));
    else open.reject(decodeFailure(answer.exception, answer.exception_text as string | undefined));
  }

  /** While something is asked, the connection keeps the process alive, and is looked after. */
  private busy(): void {
    const connection = this.stream?.connection;
    if (connection === undefined) return;
    const is = this.open.size > 0;
    connection.hold(is);
    if (is) this.unwatch ??= giveUpUnreachable(connection, this.address);
    else {
      this.unwatch?.();
      this.unwatch = undefined;
    }
  }

  private unreachable(): void {
    if (this.over !== undefined) return;
    this.before = Promise.resolve();
    for (const message of this.waiting.splice(0)) this.ashore(message);
  }

  /** Asks by way of the scheduler, when what was asked before has been answered. */
  private ashore({ op: _, id, ...fields }: StreamMessage): void {
    const before = this.before;
    this.before = (async () => {
      await before;
      const open = this.open.get(id as number);
      if (open === undefined) return;
      try {
        open.resolve(await this.detour(fields as unknown as AskedFields));
      } catch (error) {
        open.reject(error);
      } finally {
        this.open.delete(id as number);
      }
    })();
  }

  private end(why: string): void {
    this.over = why;
    this.unwatch?.();
    this.stream?.connection.abort();
    this.ended();
  }
}
