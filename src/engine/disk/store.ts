import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SpillError } from '../errors.js';
import { atExit } from './cleanup.js';
import { makeSpillDirectory, removeSpillDirectory } from './spill-directory.js';

/** One write or read call moves at most so many bytes: the system's own limit is near 2 GiB. */
const CHUNK = 2 ** 30;

/** Files of spilled blocks. Reads and writes run in the system's thread pool; the main thread only starts them. */
export class SpillStore {
  private directory: string | undefined;
  private forget: (() => void) | undefined;
  private readonly unlinking = new Set<Promise<void>>();

  constructor(private readonly parent: string) {}

  /** Writes bytes as file `id`. Rejects with a SpillError; what was written is removed then. */
  async write(id: number, bytes: Uint8Array): Promise<void> {
    let path = this.parent;
    try {
      path = join(this.open(), String(id));
      await this.writeAll(path, bytes);
    } catch (cause) {
      if (cause instanceof SpillError) throw cause;
      await unlink(path).catch(() => undefined);
      throw new SpillError(spillMessage(this.parent, bytes.length, cause), this.parent, { cause });
    }
  }

  /** Reads file `id` into `bytes`. Rejects with a SpillError. */
  async read(id: number, bytes: Uint8Array): Promise<void> {
    const path = join(this.open(), String(id));
    try {
      const file = await open(path, 'r');
      try {
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at), at);
          if (bytesRead === 0) throw new Error(`the file ends after ${at} of ${bytes.length} bytes`);
          at += bytesRead;
        }
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw new SpillError(`cannot read a spilled block back from ${path}: ${String(cause)}`, this.parent, {
        cause,
      });
    }
  }

  /** Removes file `id`, some time soon. */
  remove(id: number): void {
    if (this.directory === undefined) return;
    const done: Promise<void> = unlink(join(this.directory, String(id)))
      .catch(() => undefined)
      .then(() => {
        this.unlinking.delete(done);
      });
    this.unlinking.add(done);
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await Promise.all(this.unlinking);
    this.forget?.();
    this.forget = undefined;
    if (this.directory !== undefined) removeSpillDirectory(this.directory);
    this.directory = undefined;
  }

  private open(): string {
    if (this.directory === undefined) {
      const directory = makeSpillDirectory(this.parent);
      this.directory = directory;
      this.forget = atExit(() => removeSpillDirectory(directory));
    }
    return this.directory;
  }

  private async writeAll(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, Math.min(CHUNK, bytes.length - at), at);
        at += bytesWritten;
      }
    } finally {
      await file.close();
    }
  }
}

function spillMessage(parent: string, bytes: number, cause: unknown): string {
  const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  const what = full ? 'the disk is full' : String(cause);
  return (
    `cannot write ${bytes} bytes of a block to the spill directory ${parent}: ${what}; ` +
    'free space there, choose another by the option spillDirectory, or raise memoryLimit'
  );
}
