import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Jupyter looks for kernels: a user's folder, one below a prefix, or that of the Python environment that is active. */
export type Where = { readonly prefix: string } | 'user' | 'sys-prefix';

/** What the kernel needs beside tilework, 60 MB which nothing else does. */
const NEEDS = ['zeromq', '@typescript/typescript6'];

interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: 'message';
}

/**
 * Writes the file by which Jupyter starts the kernel.
 *
 * @param cli the program `tilework`, as a file
 * @returns the folder in which it is
 * @throws Error where a package is missing, for a name that is none, and where the folder cannot be written
 */
export function installKernel(name: string, where: Where, cli: string): string {
  const folder = folderOf(name, where);
  const missing = NEEDS.filter((need) => !isInstalled(need));
  if (missing.length > 0)
    throw new Error(`the kernel needs ${missing.join(' and ')}: npm install ${missing.join(' ')}`);
  const spec: KernelSpec = {
    argv: [process.execPath, cli, 'kernel', 'run', '{connection_file}'],
    display_name: name === 'tilework' ? 'TypeScript (tilework)' : `TypeScript (${name})`,
    language: 'typescript',
    interrupt_mode: 'message',
  };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(spec, undefined, 2)}\n`);
  } catch (cause) {
    throw new Error(
      `${folder} cannot be written (${(cause as NodeJS.ErrnoException).code}); see --user and --prefix`,
      {
        cause,
      },
    );
  }
  return folder;
}

/** Removes it. @throws Error where it is not there, or no kernel of ours */
export function removeKernel(name: string, where: Where): string {
  const folder = folderOf(name, where);
  let spec: Partial<KernelSpec>;
  try {
    spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
  } catch (cause) {
    throw new Error(`there is no kernel at ${folder}`, { cause });
  }
  if (spec.language !== 'typescript' || spec.argv?.slice(2, 4).join(' ') !== 'kernel run')
    throw new Error(`the kernel at ${folder} is not tilework's`);
  rmSync(folder, { recursive: true });
  return folder;
}

function folderOf(name: string, where: Where): string {
  if (!/^[A-Za-z0-9._-]+$/.test(name) || /^\.+$/.test(name))
    throw new Error(`a kernel's name has letters, digits, '.', '-' and '_', not ${JSON.stringify(name)}`);
  return join(dataFolder(where), 'kernels', name);
}

/** Jupyter's data: https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
function dataFolder(where: Where): string {
  const { env } = process;
  if (where === 'user') {
    if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
    if (process.platform === 'darwin') return join(homedir(), 'Library/Jupyter');
    if (process.platform === 'win32') return join(env.APPDATA ?? homedir(), 'jupyter');
    return join(env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'jupyter');
  }
  if (where !== 'sys-prefix') return join(where.prefix, 'share/jupyter');
  const prefix = env.VIRTUAL_ENV || env.CONDA_PREFIX;
  if (!prefix) throw new Error('--sys-prefix: no Python environment is active; name it with --prefix');
  return join(prefix, 'share/jupyter');
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
