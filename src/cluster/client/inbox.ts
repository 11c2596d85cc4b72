import { EngineError } from '../../engine/errors.js';
import type { Graph, Key } from '../../graph/task.js';
import type { StreamMessage } from '../comm/index.js';
import { noPython } from '../python/index.js';
import type { Book, RunId } from './book.js';
import { failureOf } from './failure.js';
import type { Outbox } from './outbox.js';
import type { Run } from './run.js';
import type { Session } from './session.js';
import { lostInputs } from './submit.js';

/** What the scheduler says of graphs and keys, told to the runs that it concerns. */
export class Inbox {
  /** Runs that are about to fail: of one error many of their keys may, and it is asked about once. */
  private readonly failing = new WeakSet<Run>();

  constructor(
    private readonly session: Session,
    private readonly outbox: Outbox,
    private readonly book: Book,
    private readonly runs: ReadonlyMap<RunId, Run>,
  ) {}

  receive(message: StreamMessage): void {
    const key = String(message.key);
    const graph = String(message.graph);
    switch (message.op) {
      case 'tilework-submitted':
        this.outbox.confirmed(graph);
        return;
      case 'tilework-refused':
        this.outbox.refused(graph, noPython(this.session.address));
        return;
      case 'key-in-memory':
        for (const id of this.book.arrived(key)) this.runs.get(id)?.arrived(key);
        return;
      case 'lost-data':
        this.book.lost(key);
        return;
      case 'task-erred':
        void this.failed(key, message);
        return;
      case 'cancelled-keys':
        this.cancelled((message.keys ?? []) as Iterable<Key>, message.reason);
        return;
      default:
    }
  }

  private async failed(key: Key, message: StreamMessage): Promise<void> {
    const runs = this.runsOf(key).filter((run) => !this.failing.has(run));
    if (runs.length === 0) return;
    for (const run of runs) this.failing.add(run);
    const graph: Graph = runs.map((run) => run.graph).find((g) => g.has(key)) ?? new Map();
    const error = await failureOf(this.session, message, graph);
    for (const run of runs) run.fail(error);
  }

  private cancelled(keys: Iterable<Key>, reason: unknown): void {
    for (const key of keys)
      for (const run of this.runsOf(key))
        run.fail(
          reason === 'lost dependencies'
            ? lostInputs([key])
            : new EngineError(`${JSON.stringify(key)} was cancelled on the cluster by someone else`),
        );
  }

  private runsOf(key: Key): Run[] {
    return this.book.holders(key).flatMap((id) => this.runs.get(id) ?? []);
  }
}
