import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, createInflateRaw } from 'node:zlib';
import type { Op } from '../engine/op.js';
import { attempt, errorCode } from './failure.js';
import { opened, withFile, writeFully } from './file.js';
import type { Inflated, InflateParams } from './source.js';

const WINDOW = 1 << 20;

/**
 * `io/npz-inflate`: inflates a zip member to a file, as far as needed, in a few MiB of memory. The file is named after what
 * it holds and appears whole or not at all, so a second run finds it there.
 */
export const inflateMember: Op<InflateParams> = async ({ params }): Promise<Inflated> => {
  const label = `${params.file}[${params.member}]`;
  withFile(params.file, () => {}, params.stamp);
  const file = join(params.directory, `${fingerprint(params)}.npy`);
  attempt(`inflate ${label} into`, params.directory, () => mkdirSync(params.directory, { recursive: true }));
  if (sizeOf(file) === params.upTo) return { file };
  checkSpace(params, label);
  const partial = `${file}.partial-${randomBytes(4).toString('hex')}`;
  const fd = opened(partial, 'w', `inflate ${label} into`);
  try {
    await inflate(params, label, fd, partial);
    renameSync(partial, file);
    return { file };
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
};

function fingerprint(params: InflateParams): string {
  const { directory: _, ...what } = params;
  return `npz-${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 24)}`;
}

const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size;

/** Says at once that the disk is too small, rather than after filling it. */
function checkSpace({ directory, upTo }: InflateParams, label: string): void {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize < upTo)
    throw new Error(
      `cannot inflate ${label}: it takes ${upTo} bytes and ${directory} has ${bavail * bsize} left; ` +
        `free some space or choose another directory`,
    );
}

async function inflate(params: InflateParams, label: string, fd: number, partial: string): Promise<void> {
  const { file, offset, compressedSize, size, upTo } = params;
  const compressed = createReadStream(file, {
    start: offset,
    end: Math.max(offset, offset + compressedSize - 1),
    highWaterMark: WINDOW / 4,
  });
  const inflater = createInflateRaw({ chunkSize: WINDOW });
  compressed.on('error', (error) => inflater.destroy(error));
  let done = 0;
  let crc = 0;
  try {
    for await (const piece of compressed.pipe(inflater) as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(0, upTo - done);
      writeFully(fd, wanted, done, partial);
      if (upTo === size) crc = crc32(wanted, crc);
      done += wanted.length;
      if (done === upTo && upTo < size) break;
      if (piece.length > wanted.length)
        throw new Error(`${label} is damaged: it holds more than its ${size} bytes`);
    }
  } catch (error) {
    if (errorCode(error)?.startsWith('Z_'))
      throw new Error(
        `${label} is damaged: inflating fails after ${done} of ${size} bytes (${(error as Error).message})`,
        { cause: error },
      );
    throw error;
  } finally {
    compressed.destroy();
    inflater.destroy();
  }
  if (done < upTo) throw new Error(`${label} is truncated: expected ${upTo} bytes, found ${done}`);
  if (upTo === size && crc !== params.crc32)
    throw new Error(
      `${label} is damaged: its checksum is ${crc.toString(16)}, the archive says ${params.crc32.toString(16)}`,
    );
}
