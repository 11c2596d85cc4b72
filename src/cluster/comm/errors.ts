import { CommError } from '../errors.js';

export { CommError };

/** The peer, or we ourselves, closed a connection. */
export class CommClosedError extends CommError {
  override readonly name = 'CommClosedError';
}

/** A peer answered a call with an error of its own. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  constructor(
    message: string,
    readonly address: string,
    readonly op: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
