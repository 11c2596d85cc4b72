import { EngineError } from '../../engine/errors.js';
import type { Graph, Key, Task } from '../../graph/task.js';
import type { Upload } from '../../graph/uploads.js';
import { uploadKey, uploadsIn, VALUE_OP } from '../wire/index.js';

/** The task that has an upload on the cluster: each worker that runs what depends on it gets its files, once. */
export const uploadTask = ({ hash, files }: Upload): Task => ({
  key: uploadKey(hash),
  op: VALUE_OP,
  inputs: [],
  params: files,
});

/** The uploads that functions of a graph import, and the first task that needs each. */
export function uploadsNeeded(graph: Graph): Map<Key, Key> {
  const needed = new Map<Key, Key>();
  const met = new Set<unknown>();
  for (const { key, common } of graph.values()) {
    if (met.has(common)) continue;
    met.add(common);
    for (const hash of uploadsIn(common)) if (!needed.has(uploadKey(hash))) needed.set(uploadKey(hash), key);
  }
  return needed;
}

/** Why a task cannot run whose function imports what is not on its cluster. */
export const notUploaded = (key: Key): EngineError =>
  new EngineError(
    `the function of ${JSON.stringify(key)} imports what was uploaded to another engine: upload it to this one too, by client.upload`,
  );
