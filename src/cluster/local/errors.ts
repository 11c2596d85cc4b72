/** What a cluster on this machine needs and has not, or what went wrong with a process of it; the message says what to do. */
export class LocalClusterError extends Error {
  override readonly name = 'LocalClusterError';
}
