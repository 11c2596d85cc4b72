import { UploadError } from '../errors.js';

/** Of all files of an upload together. */
const MOST_BYTES = 64 * 2 ** 20;

/** Files by the paths that they are to have; adding more than an upload may have throws. */
export class Files {
  readonly byPath = new Map<string, Uint8Array>();
  private bytes = 0;

  /** @param from what the file is part of, for messages */
  add(path: string, bytes: Uint8Array, from: string): void {
    this.expect(bytes.length, from);
    this.bytes += bytes.length;
    this.byPath.set(path, bytes);
  }

  /** So many bytes are about to be read. */
  expect(bytes: number, from: string): void {
    if (this.bytes + bytes > MOST_BYTES)
      throw new UploadError(
        `${from}: an upload has at most ${MOST_BYTES / 2 ** 20} MiB. Put large data where all workers see them, or scatter them; install large packages on the workers`,
      );
  }

  get room(): number {
    return MOST_BYTES - this.bytes;
  }
}
