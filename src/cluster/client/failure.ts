import { describe, TaskError, ThreadDiedError } from '../../engine/errors.js';
import { operationsOf } from '../../graph/merged-task.js';
import type { Graph, Key } from '../../graph/task.js';
import type { StreamMessage } from '../comm/index.js';
import { decodeFailure } from '../wire/index.js';

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
    message = `task ${JSON.stringify(key)} (${op}) failed: ${describe(cause)}`,
  ) {
    super(key, op, cause, `${message}${where(workers)}`);
  }
}

/** Threads of workers of the cluster died under a task. */
class ClusterThreadDiedError extends ThreadDiedError {
  constructor(
    { key, op, deaths, cause, message }: ThreadDiedError,
    readonly workers: readonly string[],
  ) {
    super(key, op, deaths, cause, `${message}${where(workers)}`);
  }
}

const where = (workers: readonly string[]): string =>
  workers.length > 0 ? ` (on ${workers.join(', ')})` : '';

/**
 * Why a wanted key failed.
 * @param message `task-erred`, which brings what was thrown
 * @param report where, and by which task: the scheduler knows
 */
export function failureOf(
  { key: wanted, exception }: StreamMessage,
  report: Report | undefined,
  graph: Graph,
): TaskError {
  const key = String(wanted);
  const cause = decodeFailure(exception, report?.text);
  if (report?.traceback && cause instanceof Error && cause.message === report.text)
    cause.stack = `${report.text}\n${report.traceback}`;
  const failed = report?.key ?? key;
  const task = graph.get(failed);
  const op = task === undefined ? 'of another graph' : operationsOf(task).join(', ');
  const workers = report?.workers ?? [];
  if (!(cause instanceof TaskError) || cause.key !== failed)
    return new ClusterTaskError(failed, op, cause, workers);
  // The worker has told more of this task than what it threw.
  if (cause instanceof ThreadDiedError) return new ClusterThreadDiedError(cause, workers);
  return new ClusterTaskError(failed, cause.op, cause.cause, workers, cause.message);
}
