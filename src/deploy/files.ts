import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where what is remembered of clusters lies: a directory that only its owner reads. */
export function stateDirectory(...below: readonly string[]): string {
  const home = process.env.XDG_STATE_HOME || join(homedir(), '.local/state');
  const directory = join(home, 'tilework', ...below);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Writes a file that only its owner reads, all of it or nothing. */
export function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(partial, text, { mode: 0o600, flag: 'wx' });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** A file's JSON; undefined where there is none. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text);
}
