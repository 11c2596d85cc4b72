import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, failure } from '../../io/failure.js';
import type { Database, QueryOptions } from '../duck/database.js';
import { FileError } from '../errors.js';
import type { Statement } from '../sql/writer.js';
import { type FileKind, writeFiles } from './copy.js';
import { Bucket, type Upload } from './s3.js';

/**
 * Where tasks put files that are to stand at `target` together, once all are there: a directory that every process sees in which tasks run, or uploads to a
 * store of objects that are not completed. As plain data: tasks have it.
 */
export type Staging =
  | { readonly at: 'directory'; readonly directory: string; readonly target: string }
  | {
      readonly at: 's3';
      readonly bucket: string;
      readonly prefix: string;
      /** In the name of every object: those of one write are never those of another. */
      readonly run: string;
      readonly target: string;
    };

/** A file that a task has put there. */
export type Staged = StagedFile | StagedUpload;
export interface StagedFile {
  /** Its path below the target, … */
  readonly name: string;
  /** … and where it is, below the directory. */
  readonly from: string;
}
export interface StagedUpload {
  readonly upload: Upload;
}

/**
 * Writes the rows of a statement where they can be published from. Tasks may run twice: each run has names of its own, and what became of one that failed is
 * removed.
 *
 * @param scratch a directory of this machine for what does not stay
 */
export async function stage(
  statement: Statement,
  kind: FileKind,
  part: number,
  staging: Staging,
  scratch: string,
  database: Database,
  options: QueryOptions,
): Promise<readonly Staged[]> {
  const attempt = randomBytes(6).toString('hex');
  const directory = staging.at === 'directory' ? join(staging.directory, attempt) : join(scratch, attempt);
  try {
    if (staging.at === 'directory') makeIn(directory, staging);
    else mkdirSync(directory, { recursive: true });
    const files = await writeFiles(statement, kind, part, directory, scratch, database, options);
    if (staging.at === 'directory') return files.map(({ name, at }) => ({ name, from: `${attempt}/${at}` }));
    const named = files.map(({ name, at }) => {
      const stem = name.slice(0, name.length - kind.extension.length);
      return { key: `${staging.prefix}${stem}-${staging.run}${kind.extension}`, path: join(directory, at) };
    });
    return await uploads(named, staging, options);
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    throw error;
  }
}

/** The staging directory itself is made by the program: where it is not seen, files would be written beside it. */
function makeIn(directory: string, staging: Staging & { readonly at: 'directory' }): void {
  try {
    mkdirSync(directory);
  } catch (cause) {
    const message =
      errorCode(cause) === 'ENOENT'
        ? `cannot write ${staging.target}: there is no directory ${staging.directory} where a task of it runs. Its workers write the files: let them all see that path as the program does, or write to s3://; a single file is written by the program`
        : failure('write', staging.target, cause).message;
    throw new FileError(message, staging.target, undefined, undefined, { cause });
  }
}

async function uploads(
  files: readonly { readonly key: string; readonly path: string }[],
  { bucket, target }: Staging & { readonly at: 's3' },
  { signal }: QueryOptions,
): Promise<readonly StagedUpload[]> {
  const store = Bucket.of(bucket, target);
  const made: StagedUpload[] = [];
  try {
    for (const { key, path } of files) {
      made.push({ upload: await store.upload(path, key, signal) });
      await rm(path);
    }
    return made;
  } catch (error) {
    await Promise.allSettled(made.map(({ upload }) => store.abort(upload)));
    throw error;
  }
}
