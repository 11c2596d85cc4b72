import { inGroups, joined } from './joined.js';
import type { Session } from './session.js';
import { type Submission, submit } from './submit.js';

/** A graph on its way to the scheduler. */
export class Parcel {
  /** The graph in which the scheduler got it. */
  graphId: string | undefined;
  /** Resolves when it was sent, or will not be. */
  readonly sent: Promise<void>;
  /** Resolves when the scheduler has confirmed it, or will never do so. */
  readonly confirmed: Promise<void>;
  /** Nobody needs it any more: where it is not out it is not sent. */
  recalled = false;
  leave!: () => void;
  confirm!: () => void;

  /**
   * @param contents what is sent of it, when it is
   * @param after those that must be sent before it
   * @param fail told why it could not be sent, or was refused
   * @param alone whether it shares no message with others
   */
  constructor(
    readonly contents: () => Submission,
    readonly after: () => readonly Parcel[],
    readonly fail: (reason: unknown) => void,
    readonly alone = false,
  ) {
    this.sent = new Promise((resolve) => {
      this.leave = resolve;
    });
    this.confirmed = new Promise((resolve) => {
      this.confirm = resolve;
    });
  }
}

/**
 * Sends graphs. Each costs the scheduler some time by itself, and so does telling it once more what tasks share: what is to be sent in one turn of the event loop, such
 * as the calls of `map`, goes out together where it may.
 */
export class Outbox {
  private waiting: Parcel[] = [];
  /** What was sent and is not confirmed, by its graph. */
  private readonly out = new Map<string, readonly Parcel[]>();
  private last = 0;

  constructor(private readonly session: Session) {}

  post(parcel: Parcel): void {
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push(parcel);
  }

  /** The scheduler has taken a graph. */
  confirmed(graph: string): void {
    for (const parcel of this.ended(graph)) parcel.confirm();
  }

  /** The scheduler has not taken a graph. */
  refused(graph: string, reason: Error): void {
    for (const parcel of this.ended(graph)) {
      parcel.confirm();
      if (!parcel.recalled) parcel.fail(reason);
    }
  }

  /** Of what was sent nothing will be heard any more. */
  forget(): void {
    this.out.clear();
  }

  private ended(graph: string): readonly Parcel[] {
    const parcels = this.out.get(graph) ?? [];
    this.out.delete(graph);
    return parcels;
  }

  private flush(): void {
    const posted = this.waiting;
    this.waiting = [];
    const groups = inGroups(
      posted,
      (parcel) => parcel.contents(),
      ({ alone }) => alone,
    );
    for (const group of groups) void this.ship(group);
  }

  private async ship(group: readonly Parcel[]): Promise<void> {
    await this.sentBefore(group);
    await this.send(group);
    for (const parcel of group) parcel.leave();
  }

  private async sentBefore(group: readonly Parcel[]): Promise<void> {
    const own = new Set(group);
    const others = new Set(group.flatMap((parcel) => (parcel.recalled ? [] : parcel.after())));
    for (const other of others) if (!own.has(other)) await other.sent;
  }

  private async send(group: readonly Parcel[]): Promise<void> {
    const wanted = group.filter(({ recalled }) => !recalled);
    for (const parcel of group) if (parcel.recalled) parcel.confirm();
    if (wanted.length === 0) return;
    const id = `${++this.last}`;
    this.out.set(id, wanted);
    for (const parcel of wanted) parcel.graphId = id;
    const check = (): void => {
      if (wanted.every(({ recalled }) => recalled)) throw new Error('nobody needs it any more');
    };
    try {
      await submit(this.session, id, joined(wanted.map((parcel) => parcel.contents())), check);
    } catch (error) {
      // Nothing was submitted, so nothing will be confirmed.
      this.out.delete(id);
      const [first] = wanted;
      if (wanted.length === 1) {
        first!.confirm();
        if (!first!.recalled) first!.fail(error);
        return;
      }
      // What is wrong with one is no matter of the others'.
      for (const parcel of wanted) await this.send([parcel]);
    }
  }
}
