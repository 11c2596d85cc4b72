import { describe, TaskError } from '../../engine/errors.js';
import { operationsOf } from '../../graph/merged-task.js';
import type { Graph, Key } from '../../graph/task.js';
import type { StreamMessage } from '../comm/index.js';
import { decodeFailure } from '../wire/index.js';
import type { Session } from './session.js';

/** What the scheduler remembers of a failure. */
export interface Report {
  /** The task that raised. */
  readonly key: Key;
  readonly text: string;
  readonly traceback: string | null;
  readonly workers: readonly string[];
}

/** A task failed on a worker of the cluster. `cause` is what it threw, with its own message and stack; of Python's errors, the text. */
export class ClusterTaskError extends TaskError {
  override readonly name = 'TaskError';
  constructor(
    key: Key,
    op: string,
    cause: unknown,
    /** Addresses of the workers on which it failed, as far as they are known. */
    readonly workers: readonly string[],
  ) {
    const where = workers.length > 0 ? ` (on ${workers.join(', ')})` : '';
    super(key, op, cause, `task ${JSON.stringify(key)} (${op}) failed: ${describe(cause)}${where}`);
  }
}

/** Why a wanted key failed: `task-erred` brings what was thrown, the scheduler knows where, and by which task. */
export async function failureOf(
  session: Session,
  { key: wanted, exception }: StreamMessage,
  graph: Graph,
): Promise<ClusterTaskError> {
  const key = String(wanted);
  // Without a report the error itself is still worth telling.
  const reports = (await session.call('tilework_errors', { keys: [key] }).catch(() => ({}))) as Readonly<
    Record<Key, Report | undefined>
  >;
  const report = reports[key];
  const cause = decodeFailure(exception, report?.text);
  if (report?.traceback && cause instanceof Error && cause.message === report.text)
    cause.stack = `${report.text}\n${report.traceback}`;
  const failed = report?.key ?? key;
  const task = graph.get(failed);
  const op = task === undefined ? 'of another graph' : operationsOf(task).join(', ');
  return new ClusterTaskError(failed, op, cause, report?.workers ?? []);
}
