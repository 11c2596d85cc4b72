import { loadExtension } from '../duck/attach.js';
import type { Database } from '../duck/database.js';
import { FileError } from '../errors.js';

const REMOTE = /^(https?|s3|gs|gcs|r2|az|azure|abfss|hf):\/\//;

/** Whether a path is on another machine. */
export const isRemote = (path: string): boolean => REMOTE.test(path);

/**
 * Makes paths on other machines readable: by DuckDB's extension httpfs and, for `s3://`, with the credentials that AWS's own tools take from the
 * environment. `what` needs it, as it begins the error where the extension is not here.
 */
export async function openRemote(database: Database, path: string, what: string): Promise<void> {
  await loadExtension(database, 'httpfs', what);
  if (!path.startsWith('s3://')) return;
  const secret = s3Secret(process.env);
  if (secret === undefined || secrets.get(database) === secret) return;
  await database.execute({ sql: secret, values: [] });
  secrets.set(database, secret);
}

const secrets = new WeakMap<Database, string>();

/** The statement that tells DuckDB of credentials and of the server; undefined where the environment has neither. */
export function s3Secret(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const endpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  const server = endpoint === undefined ? undefined : new URL(endpoint);
  const settings = {
    KEY_ID: environment.AWS_ACCESS_KEY_ID,
    SECRET: environment.AWS_SECRET_ACCESS_KEY,
    SESSION_TOKEN: environment.AWS_SESSION_TOKEN,
    ENDPOINT: server && `${server.host}${server.pathname.replace(/\/$/, '')}`,
    // Servers beside Amazon's have seldom a name for each bucket.
    URL_STYLE: server && 'path',
    USE_SSL: server && String(server.protocol === 'https:'),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1';
  // CREATE SECRET takes no parameters: its values are quoted texts.
  const texts = [...given, ['REGION', region]].map(
    ([name, value]) => `${name} '${String(value).replaceAll("'", "''")}'`,
  );
  return `CREATE OR REPLACE SECRET tilework_s3 (TYPE s3, ${texts.join(', ')})`;
}

/**
 * Writes one object of a store: it is there when all of it was sent, and not before. Where there is one already it is replaced only by
 * `overwrite`.
 */
export async function writeRemote(
  database: Database,
  path: string,
  overwrite: boolean,
  write: (path: string) => Promise<void>,
): Promise<void> {
  if (!path.startsWith('s3://'))
    throw new FileError(
      `cannot write ${path}: of other machines only s3:// is written; write a file here and send it`,
      path,
    );
  await openRemote(database, path, `writing ${path}`);
  const found =
    !overwrite &&
    (await exists(database, path).catch((cause: Error) => {
      throw new FileError(`cannot write ${path}: ${cause.message}`, path, undefined, undefined, { cause });
    }));
  if (found) throw new FileError(`${path} exists already; pass { overwrite: true } to replace it`, path);
  await write(path);
}

async function exists(database: Database, path: string): Promise<boolean> {
  // What has no mark of a glob DuckDB takes to be there: the last character is given as a class of one.
  const literal = path.replaceAll(/[*?[\]]|.$/g, (mark) => `[${mark}]`);
  for await (const { rows } of database.batches({
    sql: 'SELECT file FROM glob($1) WHERE file = $2',
    values: [literal, path],
  }))
    if (rows > 0) return true;
  return false;
}
