import { link, stat, unlink } from 'node:fs/promises';

/** A file that a worker holds, and what tells it from another that has the same path where somebody else looks. */
export interface HeldFile {
  readonly path: string;
  readonly identity: string;
}

export async function heldFile(path: string): Promise<HeldFile & { readonly bytes: number }> {
  const found = await stat(path, { bigint: true });
  return { path, identity: identityOf(found), bytes: Number(found.size) };
}

const identityOf = ({ ino, size, mtimeNs }: Record<'ino' | 'size' | 'mtimeNs', bigint>): string =>
  [ino, size, mtimeNs].join();

/** Gives a file of another process a second name: it stays whatever becomes of the first. @returns whether it can be had so */
export async function linkFile({ path, identity }: HeldFile, to: string): Promise<boolean> {
  try {
    await link(path, to);
    if (identityOf(await stat(to, { bigint: true })) === identity) return true;
    // Of another container, say.
    await unlink(to);
  } catch {
    // It is not to be seen from here, lies on another disk, or belongs to another user.
  }
  return false;
}
