import { type Dataset, type Datasets, taken } from '../../engine/datasets.js';
import { EngineError } from '../../engine/errors.js';
import { decodeValue, encodeValue } from '../wire/index.js';

/** Calls an operation of the scheduler. */
type Call = (op: string, fields: object) => Promise<unknown>;

/** What the scheduler keeps of a dataset; Python's programs see `data`. */
interface Published {
  readonly keys: readonly string[];
  readonly data: { readonly tilework?: Uint8Array } | null;
}

/** Datasets of the scheduler: programs in Python see them by the same names. */
export function schedulerDatasets(call: Call): Datasets {
  return {
    async publish(name, { keys, description }) {
      const data = { tilework: encodeValue(description) };
      if (!(await call('tilework_publish', { name, keys, data }))) throw taken(name);
    },
    async find(name): Promise<Dataset | undefined> {
      const found = (await call('tilework_published', { name })) as Published | null;
      if (found === null) return undefined;
      if (!(found.data?.tilework instanceof Uint8Array))
        throw new EngineError(
          `${JSON.stringify(name)} was published by a program in Python, and only Python reads it`,
        );
      return { keys: found.keys, description: decodeValue(found.data.tilework) };
    },
    async list() {
      return ((await call('publish_list', {})) as unknown[]).map(String);
    },
    async unpublish(name) {
      await call('tilework_unpublish', { name });
    },
  };
}
