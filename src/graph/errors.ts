/** The graph names a key that no task makes and that is not persisted, or it has a cycle. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}
