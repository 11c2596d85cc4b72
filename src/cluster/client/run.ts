import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../../engine/op.js';
import { bytesOf } from '../../graph/order.js';
import type { Graph, Key } from '../../graph/task.js';
import { CommError } from '../comm/index.js';
import { decodeResult, type Serialized } from '../wire/index.js';
import type { Book, RunId } from './book.js';
import { gather } from './gather.js';
import type { Session } from './session.js';
import { type Submission, submit } from './submit.js';

/** Of outputs that are fetched and not yet taken: so many batches, of so many bytes or keys each. */
const LANES = 2;
const BATCH_BYTES = 32 << 20;
export const BATCH_KEYS = 256;
/** How long a key is left alone that the scheduler says to be in memory and nobody gives. */
const MISSING_MS = 200;

/** What takes the outputs of a run; without it they stay on the cluster. */
export type Take = (key: Key, result: Result) => void | Promise<void>;

/** One computation on the cluster: from its submission to its last output. */
export class Run {
  /** Aborted when the run is over, for whatever reason. */
  readonly over = new AbortController();
  /** Rejects with the first error; the signal's reason when aborted. */
  readonly outcome: Promise<void>;
  private settle!: { resolve: () => void; reject: (reason: unknown) => void };
  private readonly left: Set<Key>;
  private readonly ready = new Set<Key>();
  private readonly fetching = new Set<Key>();
  private lanes = 0;
  private attempts = 0;
  private attempt = new AbortController();
  /** Resolves when all has been sent, whatever came of it. */
  private sent: Promise<void> = Promise.resolve();
  private submitted:
    | { readonly id: string; readonly done: Promise<void>; readonly confirm: () => void }
    | undefined;

  constructor(
    readonly id: RunId,
    readonly submission: Submission,
    private readonly session: Session,
    private readonly book: Book,
    private readonly take: Take | undefined,
    /** Told of keys that were taken, and need not stay on the cluster. */
    private readonly taken: (keys: readonly Key[]) => void,
    /** Runs whose outputs it reads: they must be known first. */
    private readonly after: () => readonly Run[],
    /** Told of outputs that stay on the cluster, when they are there. */
    private readonly held?: (key: Key) => void,
  ) {
    this.left = new Set(submission.outputs);
    this.outcome = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  get graph(): Graph {
    return this.submission.graph;
  }

  /** The id of the graph that the scheduler has confirmed. */
  get graphId(): string | undefined {
    return this.submitted?.id;
  }

  /** Sends the graph; again, after the scheduler has forgotten it. */
  start(): void {
    this.sent = this.send();
  }

  private async send(): Promise<void> {
    this.attempt.abort();
    this.submitted?.confirm();
    const attempt = new AbortController();
    this.attempt = attempt;
    const id = `${this.id}.${++this.attempts}`;
    let confirm!: () => void;
    const done = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    this.submitted = { id, done, confirm };
    try {
      for (const run of this.after()) await run.sent;
      attempt.signal.throwIfAborted();
      // Of what was taken already nothing is needed again; what is persisted is wanted for good.
      const outputs = this.take === undefined ? this.submission.outputs : [...this.left];
      await submit(this.session, id, { ...this.submission, outputs }, attempt.signal);
    } catch (error) {
      // Nothing was submitted, so nothing will be confirmed.
      confirm();
      if (!attempt.signal.aborted) this.fail(error);
    }
  }

  /** The scheduler has taken a graph. */
  confirmed(id: string): void {
    if (this.submitted?.id === id) this.submitted.confirm();
  }

  /** The scheduler has lost what was sent, and it will not be sent again. */
  forgotten(): void {
    this.submitted?.confirm();
  }

  /** The scheduler has not taken a graph. */
  refused(id: string, reason: Error): void {
    if (this.submitted?.id !== id) return;
    this.submitted.confirm();
    this.fail(reason);
  }

  /** Resolves when no message that was sent before can make the scheduler want keys for this run again. */
  async settled(): Promise<void> {
    await this.submitted?.done;
  }

  /** An output is in memory on the cluster. */
  arrived(key: Key): void {
    if (!this.left.has(key) || this.fetching.has(key) || this.over.signal.aborted) return;
    if (this.take === undefined) {
      this.held?.(key);
      this.had(key);
      return;
    }
    this.ready.add(key);
    if (this.lanes < LANES) void this.lane(this.take);
  }

  finish(): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    this.settle.resolve();
  }

  fail(reason: unknown): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    this.attempt.abort();
    this.settle.reject(reason);
  }

  /** Fetches and hands over what is ready, until nothing is. */
  private async lane(take: Take): Promise<void> {
    this.lanes++;
    try {
      for (let batch = this.nextBatch(); batch.length > 0; batch = this.nextBatch()) {
        const got = await this.fetch(batch);
        const taken: Key[] = [];
        for (const key of batch) {
          const value = got.get(key);
          if (this.over.signal.aborted) return;
          if (value === undefined) {
            void this.missing(key);
          } else {
            await take(key, decodeResult(value, key));
            taken.push(key);
          }
        }
        this.taken(taken);
        for (const key of taken) this.had(key);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.lanes--;
    }
  }

  private async fetch(keys: readonly Key[]): Promise<ReadonlyMap<Key, Serialized>> {
    try {
      return await gather(this.session, keys, this.over.signal);
    } catch (error) {
      // The scheduler cannot be reached: the session sees to it, and all is submitted again.
      if (error instanceof CommError) return new Map();
      throw error;
    }
  }

  private nextBatch(): Key[] {
    const batch: Key[] = [];
    let bytes = 0;
    for (const key of this.ready) {
      const task = this.graph.get(key);
      bytes += task === undefined ? 0 : bytesOf(task);
      if (batch.length > 0 && (bytes > BATCH_BYTES || batch.length >= BATCH_KEYS)) break;
      batch.push(key);
      this.ready.delete(key);
      this.fetching.add(key);
    }
    return batch;
  }

  private had(key: Key): void {
    this.left.delete(key);
    this.fetching.delete(key);
    this.book.had(this.id, key);
    if (this.left.size === 0) this.finish();
  }

  /** A worker has gone, or is about to: the scheduler computes the key again, and says so; it is asked in case it said so before. */
  private async missing(key: Key): Promise<void> {
    this.book.lost(key);
    this.fetching.delete(key);
    try {
      await pause(MISSING_MS, undefined, { signal: this.over.signal });
    } catch {
      return;
    }
    if (this.book.isReady(key)) this.arrived(key);
    else this.session.send({ op: 'report-key', key });
  }
}
