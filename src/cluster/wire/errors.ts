/** What a peer sent is not Dask's protocol, or beyond the limits that a peer may make us spend. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
