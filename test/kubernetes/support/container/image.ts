import { chmodSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A directory or file of this machine in a container. */
export interface Mount {
  readonly source: string;
  readonly place: string;
  readonly readOnly: boolean;
}

/** What containers are made of. */
export interface Image {
  /** Directories that are one file system, the uppermost first. */
  readonly layers: readonly string[];
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  /** Of user and group. */
  readonly user: number;
  /** Words before a container's arguments. */
  readonly entrypoint: readonly string[];
  /** Arguments of a container that has none. */
  readonly command: readonly string[];
}

/** Where layers are: they must be on another file system than the system that is beneath them. */
export const MEMORY = '/dev/shm';

/** The system of this machine, with nothing added: it stands for the base images, which only a registry of images has. */
export const SYSTEM: Image = {
  layers: ['/'],
  mounts: [],
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  workdir: '/',
  user: 0,
  entrypoint: [],
  command: [],
};

/**
 * The system with directories of this machine in places of their own, and commands in /usr/local/bin.
 *
 * @param home an empty directory, for the layer
 * @param directories by their places; whoever runs a container may enter those that programs in them lead to, outside of them
 * @param commands words that a command's name stands for
 */
export function systemWith(
  home: string,
  directories: Readonly<Record<string, string>>,
  commands: Readonly<Record<string, readonly string[]>>,
  more: Partial<Image> = {},
): Image {
  const bin = join(home, 'usr/local/bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, words] of Object.entries(commands))
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${words.map(quoted).join(' ')} "$@"\n`, { mode: 0o755 });
  const mounts = Object.entries(directories).map(([place, source]) => ({ source, place, readOnly: true }));
  const linked = Object.values(directories).map((directory) => join(directory, 'bin/python'));
  for (const program of [process.execPath, ...linked].filter((program) => existsSync(program)))
    letIn(home, dirname(realpathSync(program)));
  return { ...SYSTEM, ...more, layers: [home, ...SYSTEM.layers], mounts };
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** A directory is as its layer says: in this one anybody may enter it, who on this machine may not where it is root's. */
function letIn(layer: string, directory: string): void {
  for (let path = directory; path !== '/'; path = dirname(path)) {
    mkdirSync(join(layer, path), { recursive: true });
    chmodSync(join(layer, path), (statSync(path).mode | 0o055) & 0o7777);
  }
}
