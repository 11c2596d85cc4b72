import { EngineError } from '../../engine/errors.js';
import type { Key } from '../../graph/task.js';
import type { StreamMessage } from '../comm/index.js';
import { noPython } from '../python/index.js';
import type { Book, RunId } from './book.js';
import { Failures } from './failures.js';
import type { Outbox } from './outbox.js';
import type { Run } from './run.js';
import type { Session } from './session.js';
import { lostInputs } from './submit.js';

/** What the scheduler says of graphs and keys, told to the runs that it concerns. */
export class Inbox {
  private readonly failures: Failures;

  constructor(
    private readonly session: Session,
    private readonly outbox: Outbox,
    private readonly book: Book,
    private readonly runs: ReadonlyMap<RunId, Run>,
  ) {
    this.failures = new Failures(session);
  }

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
        this.failures.heard(key, message, this.runsOf(key));
        return;
      case 'cancelled-keys':
        this.cancelled((message.keys ?? []) as Iterable<Key>, message.reason);
        return;
      default:
    }
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
