/** Errors of clusters that programs meet. */

/** A connection could not be made, or broke. */
export class CommError extends Error {
  override readonly name: string = 'CommError';
  constructor(
    message: string,
    /** Of the peer. */
    readonly address: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a cluster on this machine needs and has not, or what went wrong with a process of it; the message says what to do. */
export class LocalClusterError extends Error {
  override readonly name = 'LocalClusterError';
}
