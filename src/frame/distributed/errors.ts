import { SpillError, TaskError } from '../../engine/errors.js';
import { GraphError } from '../../graph/errors.js';
import { FileError, FrameError, FrameMemoryError } from '../errors.js';
import { FunctionError } from '../map/errors.js';

/** The error of a task that failed on a worker, as what it is here too: with the worker's address beside. */
export function restored(error: unknown): unknown {
  if (error instanceof GraphError)
    return new FrameError(
      'what the cluster held of a frame that was persisted is lost, since it or its scheduler was restarted: persist it again',
      { cause: error },
    );
  if (!(error instanceof TaskError) || !(error.cause instanceof Error)) return error;
  const { name, message, cause } = error.cause;
  const { workers = [] } = error as { readonly workers?: readonly string[] };
  const text = workers.length > 0 ? `${message} (on ${workers.join(', ')})` : message;
  const because = cause === undefined ? {} : { cause };
  const { path = '', line, column, row, directory = '' } = error.cause as Partial<Properties>;
  switch (name) {
    case 'FrameError':
      return new FrameError(text, because);
    case 'FrameMemoryError':
      return new FrameMemoryError(text, because);
    case 'FileError':
      return new FileError(text, path, line, column, because);
    case 'FunctionError':
      return new FunctionError(text, { row, column, ...because });
    case 'SpillError':
      return new SpillError(text, directory, because);
    default:
      return error;
  }
}

interface Properties {
  readonly path: string;
  readonly line: number;
  readonly column: string;
  readonly row: number;
  readonly directory: string;
}
