import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalClusterError } from '../errors.js';

const run = promisify(execFile);

/** The version of distributed that is installed on request, and that most tests use. */
export const DISTRIBUTED = '2026.8.0';

export interface DaskOptions {
  /** A Python that has distributed, or the `dask` beside it. Default: `TILEWORK_DASK`, else `dask` on the PATH, else what was installed. */
  readonly dask?: string;
  /** Installs distributed into a virtual environment of tilework's own, once, where there is none. It is fetched from the Python package index. */
  readonly install?: boolean;
}

/** The command that starts Dask's programs, such as `dask scheduler`. */
export type DaskCommand = readonly [file: string, ...args: string[]];

/** @throws LocalClusterError that says how to install Dask's scheduler where it is not here */
export async function findDask({
  dask = process.env.TILEWORK_DASK,
  install,
}: DaskOptions): Promise<DaskCommand> {
  if (dask !== undefined) {
    if (!existsSync(dask))
      throw new LocalClusterError(`there is no ${dask}, which is to start Dask's scheduler`);
    return commandOf(dask);
  }
  const found = onPath('dask', process.env.PATH ?? '');
  if (found !== undefined) return [found];
  const own = environment();
  if (existsSync(python(own))) return commandOf(python(own));
  if (install) {
    await makeEnvironment(own);
    return commandOf(python(own));
  }
  throw new LocalClusterError(
    `Dask's scheduler is not on this machine: pip install "distributed>=2024.12.1" (its program dask must be on the PATH, or named by TILEWORK_DASK), or pass { install: true } (tilework cluster --install) to have version ${DISTRIBUTED} put into ${own}`,
  );
}

/** A Python is asked for its module, anything else is the program `dask` itself. */
export const commandOf = (file: string): DaskCommand =>
  /(^|[/\\])python[\d.]*(\.exe)?$/.test(file) ? [file, '-m', 'dask'] : [file];

/** The first file of a name in the directories of a PATH. */
export const onPath = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file));

const environment = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tilework', `distributed-${DISTRIBUTED}`);
const python = (home: string): string => join(home, 'bin', 'python');

async function makeEnvironment(home: string): Promise<void> {
  const partial = `${home}.${process.pid}.partial`;
  const step = async (what: string, file: string, args: readonly string[]): Promise<void> => {
    await run(file, args).catch(async (cause: Error & { readonly stderr?: string }) => {
      await rm(partial, { recursive: true, force: true });
      const last = (cause.stderr || cause.message).trim().split('\n').at(-1);
      throw new LocalClusterError(`Dask's scheduler could not be installed: ${what}: ${last}`, { cause });
    });
  };
  await mkdir(partial, { recursive: true });
  await step('python3 with its module venv is needed (Debian: apt-get install python3-venv)', 'python3', [
    '-m',
    'venv',
    partial,
  ]);
  await step('pip', python(partial), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `dask==${DISTRIBUTED}`,
    `distributed==${DISTRIBUTED}`,
  ]);
  // Whoever was faster has made the same.
  await rename(partial, home).catch(() => rm(partial, { recursive: true, force: true }));
}
