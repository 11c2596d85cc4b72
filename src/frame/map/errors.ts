import { TaskError } from '../../engine/errors.js';
import { FrameError } from '../errors.js';

/** What a user's function over rows did wrong: it threw (`cause` is what), or returned what its schema does not say. */
export class FunctionError extends FrameError {
  override readonly name = 'FunctionError';
  /** The row of the frame that it was given, counted from 0, where it is known. */
  readonly row: number | undefined;
  /** The column of its schema, where one is meant. */
  readonly column: string | undefined;

  constructor(
    message: string,
    {
      row,
      column,
      ...options
    }: { readonly row?: number | undefined; readonly column?: string | undefined } & ErrorOptions = {},
  ) {
    super(message, options);
    this.row = row;
    this.column = column;
    const { cause } = options;
    // Where the user's function threw says more than where we noticed.
    if (cause instanceof Error && cause.stack !== undefined)
      this.stack = `${this.name}: ${message}\n${framesOf(cause.stack)}`;
  }
}

function framesOf(stack: string): string {
  const first = stack.indexOf('\n    at ');
  return first < 0 ? stack : stack.slice(first + 1);
}

/** A function error that crossed threads as what it is again; everything else as it came. */
export function restored(error: unknown): unknown {
  if (!(error instanceof TaskError) || !(error.cause instanceof Error)) return error;
  const { name, message, cause } = error.cause;
  if (name !== 'FunctionError') return name === 'FrameError' ? new FrameError(message, { cause }) : error;
  const { row, column } = error.cause as { row?: number; column?: string };
  return new FunctionError(message, { row, column, ...(cause !== undefined && { cause }) });
}
