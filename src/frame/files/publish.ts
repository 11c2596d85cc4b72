import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { abortWrite } from '../../io/replace.js';
import { FileError } from '../errors.js';
import { isRemote } from './remote.js';
import { Bucket } from './s3.js';
import type { Staged, StagedFile, StagedUpload, Staging } from './staging.js';
import { writeTo } from './target.js';

export interface PublishOptions {
  readonly overwrite: boolean;
  /** How names of the files that are replaced by `overwrite` end; of what else is there nothing is touched. */
  readonly extensions: readonly string[];
}

/**
 * Has tasks write files, and publishes those that they say that they wrote: all of them together. Of a write that fails or is aborted nothing is left, and
 * what stood at the path before stays.
 */
export function publish(
  path: string,
  options: PublishOptions,
  write: (staging: Staging) => Promise<readonly Staged[]>,
): Promise<void> {
  return isRemote(path)
    ? publishObjects(path, options, write)
    : publishFiles(path, options, (staging) => write(staging) as Promise<readonly StagedFile[]>);
}

async function publishFiles(
  path: string,
  { overwrite, extensions }: PublishOptions,
  write: (staging: Staging) => Promise<readonly StagedFile[]>,
): Promise<void> {
  await writeTo(path, { overwrite, directoryOf: extensions }, async (partial) => {
    // Tasks that nobody waits for any more may go on for a while: they write beside what is published.
    const attempts = `${partial}.attempts`;
    mkdirSync(partial);
    mkdirSync(attempts);
    try {
      for (const { name, from } of await write({ at: 'directory', directory: attempts, target: path })) {
        mkdirSync(dirname(join(partial, name)), { recursive: true });
        renameSync(join(attempts, from), join(partial, name));
      }
    } finally {
      abortWrite({ partial: attempts });
    }
  });
}

async function publishObjects(
  path: string,
  { overwrite, extensions }: PublishOptions,
  write: (staging: Staging) => Promise<readonly Staged[]>,
): Promise<void> {
  const [, bucket, folder] = /^s3:\/\/([^/]+)\/(.*?)\/*$/.exec(path) ?? [];
  if (bucket === undefined || !folder)
    throw new FileError(
      `cannot write ${path}: of other machines only s3://bucket/folder is written as a directory`,
      path,
    );
  const store = Bucket.of(bucket, path);
  const prefix = `${folder}/`;
  const former = (await store.list(prefix)).filter((key) => !key.endsWith('/'));
  const strange = former.find((key) => !extensions.some((end) => key.endsWith(end)));
  if (former.length > 0 && !overwrite)
    throw new FileError(`${path} exists already; pass { overwrite: true } to replace it`, path);
  if (strange !== undefined)
    throw new FileError(
      `${path} exists and holds something else, such as ${strange}; remove it yourself, or choose another path`,
      path,
    );
  const run = randomBytes(4).toString('hex');
  try {
    const staged = await write({ at: 's3', bucket, prefix, run, target: path });
    await store.complete((staged as readonly StagedUpload[]).map(({ upload }) => upload));
  } finally {
    // What tasks have sent that ran twice, or in vain: nobody sees it, and a bucket may have a rule that removes what this cannot.
    await store.abortAll(prefix, (key) => key.includes(`-${run}.`)).catch(() => {});
  }
  await store.remove(former);
}
