import type { Key } from '../graph/task.js';

/** The result of a future is not wanted any more: it was cancelled, or released. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(
    readonly key: Key,
    how: 'cancelled' | 'released' = 'cancelled',
    /** Of what it is made, where that was cancelled. */
    input?: Key,
  ) {
    const why = input === undefined ? '' : `, since ${JSON.stringify(input)} was, of which it is made`;
    super(`the future ${JSON.stringify(key)} was ${how}${why}`);
  }
}

/** Something cannot be uploaded: the message says what, and why. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
}

/** A result that was there has gone, with the engine or worker that held it. */
export class LostError extends Error {
  override readonly name = 'LostError';
  constructor(
    readonly key: Key,
    options?: ErrorOptions,
  ) {
    super(
      `the result of the future ${JSON.stringify(key)} is lost: the engine that held it has ended, or was restarted. Submit it again`,
      options,
    );
  }
}
