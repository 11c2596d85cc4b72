import { FrameError } from '../errors.js';
import { type Attached, attachedName } from '../sql/source.js';
import { quoteName } from '../sql/writer.js';
import type { Database } from './database.js';
import { duckdb } from './library.js';

const loads = new WeakMap<Database, Map<string, Promise<void>>>();

/**
 * Loads an extension of DuckDB that is on this machine. Nothing is fetched: rejects with a FrameError that says how to install what is
 * not here. `what` is what needs it, as it begins that sentence.
 */
export function loadExtension(database: Database, name: string, what: string): Promise<void> {
  const known = loads.get(database) ?? new Map<string, Promise<void>>();
  loads.set(database, known);
  let load = known.get(name);
  if (!load) {
    load = database.execute({ sql: `LOAD ${quoteName(name)}`, values: [] }).catch(async (cause: unknown) => {
      known.delete(name);
      const version = (await duckdb()).version();
      throw new FrameError(
        `${what} needs DuckDB's extension ${name}, which is not installed here: run INSTALL ${name} once with DuckDB ${version} (duckdb -c 'INSTALL ${name}') where it can be downloaded`,
        { cause },
      );
    });
    known.set(name, load);
  }
  return load;
}

const attached = new WeakMap<Database, Map<string, Promise<void>>>();

/** Makes another database readable, once. It is never written to. */
export function attach(database: Database, other: Attached): Promise<void> {
  const known = attached.get(database) ?? new Map<string, Promise<void>>();
  attached.set(database, known);
  const name = attachedName(other);
  let done = known.get(name);
  if (!done) {
    done = open(database, other, name);
    done.catch(() => known.delete(name));
    known.set(name, done);
  }
  return done;
}

async function open(database: Database, { path, type }: Attached, name: string): Promise<void> {
  if (type !== 'duckdb') await loadExtension(database, type, `readDatabase: a database of ${type}`);
  // ATTACH takes no parameters: the path is a quoted text.
  const sql = `ATTACH '${path.replaceAll("'", "''")}' AS ${quoteName(name)} (READ_ONLY, TYPE ${quoteName(type)})`;
  await database.execute({ sql, values: [] });
}
