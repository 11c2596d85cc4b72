import type { Graph, Key, Task } from '../../graph/task.js';
import type { Upload } from '../../graph/uploads.js';
import { notUploaded, uploadsNeeded, uploadTask } from '../modules/index.js';
import type { Session } from './session.js';

/** What this client has uploaded, and what its graphs need of what others have. */
export class Uploads {
  private readonly tasks = new Map<Key, Task>();

  constructor(private readonly session: Session) {}

  /** The task that has an upload on the cluster. */
  add(upload: Upload): Task {
    const task = uploadTask(upload);
    this.tasks.set(task.key, task);
    return task;
  }

  /** Those tasks, of which a cluster that has forgotten everything needs to hear again. */
  all(): readonly Task[] {
    return [...this.tasks.values()];
  }

  /** The uploads that a graph needs and this client does not keep, and for each a task that needs it. */
  foreignTo(graph: Graph, has: (key: Key) => boolean): readonly (readonly [upload: Key, task: Key])[] {
    return [...uploadsNeeded(graph)].filter(([upload]) => !has(upload));
  }

  /**
   * Of what another client has uploaded, such as the program whose task this client serves, the cluster must know.
   * @throws EngineError where it does not
   */
  async require(foreign: readonly (readonly [upload: Key, task: Key])[]): Promise<void> {
    const keys = foreign.map(([upload]) => upload);
    const holders = (await this.session.call('who_has', { keys })) as Readonly<
      Record<Key, readonly string[] | undefined>
    >;
    for (const [upload, task] of foreign) if (!holders[upload]?.length) throw notUploaded(task);
  }
}
