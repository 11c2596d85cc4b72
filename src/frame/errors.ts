/** Errors of frames. */

import { nearest } from '../engine/nearest.js';

/** A column that does not exist. */
export class ColumnError extends Error {
  override readonly name = 'ColumnError';
  constructor(
    where: string,
    /** What was asked for. */
    readonly column: string,
    /** What there is. */
    readonly columns: readonly string[],
  ) {
    const near = nearest(column, columns);
    const shown = columns.slice(0, 12).map((name) => JSON.stringify(name));
    const more = columns.length > 12 ? `, … (${columns.length} in all)` : '';
    super(
      `${where}: there is no column ${JSON.stringify(column)}; ` +
        `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}there are ${shown.join(', ') || 'none'}${more}`,
    );
  }
}

/** What a frame could not do with its data: a value that cannot be converted, an operation that a type does not have, a bad file. */
export class FrameError extends Error {
  override readonly name: string = 'FrameError';
}

/** A computation needed more memory than the memoryLimit leaves. */
export class FrameMemoryError extends FrameError {
  override readonly name = 'FrameMemoryError';
}

/** What is wrong with a file, and where in it. */
export class FileError extends FrameError {
  override readonly name = 'FileError';
  constructor(
    message: string,
    readonly path: string,
    /** From 1. */
    readonly line?: number,
    readonly column?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
