import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { failure } from '../../io/failure.js';
import { FileError } from '../errors.js';
import type { FileInfo } from '../plan/source.js';

/**
 * Reads gzip files through, and throws a FileError for one that is cut short or damaged: DuckDB takes the end of such a file for the end of
 * its rows. That it does not change afterwards is seen to when it is read.
 */
export async function checkGzip(
  where: string,
  files: readonly FileInfo[],
  compression: string | undefined,
): Promise<void> {
  for (const { path, modified } of files) {
    const zipped = compression === 'gzip' || (compression === undefined && path.endsWith('.gz'));
    if (!zipped || modified === undefined) continue;
    const nowhere = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    await pipeline(createReadStream(path), createGunzip(), nowhere).catch(
      (cause: Error & { code?: string }) => {
        const damaged = /^Z_/.test(cause.code ?? '');
        throw new FileError(
          damaged
            ? `${where}: ${path} is no gzip file, was cut short or is damaged: ${cause.message}; get the whole file again`
            : `${where}: ${failure('read', path, cause).message}`,
          path,
          undefined,
          undefined,
          { cause },
        );
      },
    );
  }
}
