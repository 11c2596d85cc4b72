import { setTimeout as pause } from 'node:timers/promises';
import type { Result } from '../../engine/op.js';
import { bytesOf } from '../../graph/order.js';
import type { Graph, Key } from '../../graph/task.js';
import { CommError } from '../comm/index.js';
import { decodeResult, type Serialized } from '../wire/index.js';
import type { Book, RunId } from './book.js';
import { gather } from './gather.js';
import { type Outbox, Parcel } from './outbox.js';
import type { Session } from './session.js';
import type { Submission } from './submit.js';

/** Of outputs that are fetched and not yet taken: so many batches, of so many bytes or keys each. */
const LANES = 2;
const BATCH_BYTES = 32 << 20;
export const BATCH_KEYS = 256;
/** How long a key is left alone that the scheduler says to be in memory and nobody gives. */
const MISSING_MS = 200;

/** What takes the outputs of a run; without it they stay on the cluster. */
export type Take = (key: Key, result: Result) => void | Promise<void>;

/** What runs share. */
export interface RunContext {
  readonly session: Session;
  readonly outbox: Outbox;
  readonly book: Book;
}

/** What one run does and others do not. */
export interface RunTerms {
  readonly take: Take | undefined;
  /** Told of keys that were taken, and need not stay on the cluster. */
  readonly taken: (keys: readonly Key[]) => void;
  /** Runs whose outputs it reads: they must be known first. */
  readonly after: () => readonly Run[];
  /** Whether another program has submitted what it waits for. */
  readonly adopted: boolean;
  /** Whether it is never made again: an actor has a state that nobody could make again. */
  readonly once: boolean;
  /** Told of outputs that stay on the cluster, when they are there. */
  readonly held?: ((key: Key) => void) | undefined;
}

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
  /** On its way to the scheduler, for the last time. */
  private parcel: Parcel | undefined;

  constructor(
    readonly id: RunId,
    readonly submission: Submission,
    private readonly context: RunContext,
    private readonly terms: RunTerms,
  ) {
    this.left = new Set(submission.outputs);
    this.outcome = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  get graph(): Graph {
    return this.submission.graph;
  }

  /** Whether another program has submitted what it waits for. */
  get adopted(): boolean {
    return this.terms.adopted;
  }

  /** Whether it is never made again. */
  get once(): boolean {
    return this.terms.once;
  }

  /** The id of the graph in which the scheduler got it. */
  get graphId(): string | undefined {
    return this.parcel?.graphId;
  }

  /** Sends the graph; again, after the scheduler has forgotten it. */
  start(): void {
    this.forgotten();
    this.parcel = new Parcel(
      // Of what was taken already nothing is needed again; what is persisted is wanted for good.
      () =>
        this.terms.take === undefined ? this.submission : { ...this.submission, outputs: [...this.left] },
      () => this.terms.after().flatMap(({ parcel }) => parcel ?? []),
      (reason) => this.fail(reason),
      this.terms.adopted,
    );
    this.context.outbox.post(this.parcel);
  }

  /** The scheduler has lost what was sent, or is to be sent. */
  forgotten(): void {
    if (this.parcel === undefined) return;
    this.parcel.recalled = true;
    this.parcel.confirm();
  }

  /** Resolves when no message that was sent before can make the scheduler want keys for this run again. */
  async settled(): Promise<void> {
    await this.parcel?.confirmed;
  }

  /** An output is in memory on the cluster. */
  arrived(key: Key): void {
    if (!this.left.has(key) || this.fetching.has(key) || this.over.signal.aborted) return;
    if (this.terms.take === undefined) {
      this.terms.held?.(key);
      this.had(key);
      return;
    }
    this.ready.add(key);
    if (this.lanes < LANES) void this.lane(this.terms.take);
  }

  finish(): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    this.settle.resolve();
  }

  fail(reason: unknown): void {
    if (this.over.signal.aborted) return;
    this.over.abort();
    if (this.parcel !== undefined) this.parcel.recalled = true;
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
        this.terms.taken(taken);
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
      return await gather(this.context.session, keys, this.over.signal);
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
    this.context.book.had(this.id, key);
    if (this.left.size === 0) this.finish();
  }

  /** A worker has gone, or is about to: the scheduler computes the key again, and says so; it is asked in case it said so before. */
  private async missing(key: Key): Promise<void> {
    this.context.book.lost(key);
    this.fetching.delete(key);
    try {
      await pause(MISSING_MS, undefined, { signal: this.over.signal });
    } catch {
      return;
    }
    if (this.context.book.isReady(key)) this.arrived(key);
    else this.context.session.send({ op: 'report-key', key });
  }
}
