import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Where } from '../kernel/index.js';

const KERNEL_USAGE = `tilework kernel install [options]      TypeScript for Jupyter: writes what Jupyter starts the kernel by
tilework kernel remove [options]       removes it
tilework kernel run CONNECTION_FILE    the kernel itself; Jupyter starts it
  --user                               for this user (default)
  --prefix DIR                         below DIR/share/jupyter
  --sys-prefix                         in the Python environment that is active
  --name NAME                          default: tilework`;

const FLAGS = {
  user: { type: 'boolean' },
  prefix: { type: 'string' },
  'sys-prefix': { type: 'boolean' },
  name: { type: 'string', default: 'tilework' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `tilework kernel`. @param cli the program, as a file */
export async function kernelCommand(args: readonly string[], cli: string, version: string): Promise<number> {
  let parsed: Parsed;
  try {
    parsed = parseKernelArgs(args);
  } catch (error) {
    console.error(`tilework kernel: ${(error as Error).message}\n\n${KERNEL_USAGE}`);
    return 2;
  }
  if (parsed === 'help') {
    console.log(KERNEL_USAGE);
    return 0;
  }
  const { installKernel, removeKernel, runKernel } = await import('../kernel/index.js');
  try {
    if (parsed.action === 'run') await runKernel(parsed.connectionFile, version);
    else if (parsed.action === 'install')
      console.log(`installed ${installKernel(parsed.name, parsed.where, cli)}`);
    else console.log(`removed ${removeKernel(parsed.name, parsed.where)}`);
    return 0;
  } catch (error) {
    console.error(`tilework kernel: ${(error as Error).message}`);
    return 1;
  }
}

type Parsed =
  | 'help'
  | { readonly action: 'install' | 'remove'; readonly name: string; readonly where: Where }
  | { readonly action: 'run'; readonly connectionFile: string };

/** @throws TypeError naming what is wrong */
function parseKernelArgs(args: readonly string[]): Parsed {
  const { values, positionals } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  const [action, connectionFile, ...more] = positionals;
  if (values.help || action === undefined) return 'help';
  if (action === 'run') {
    if (connectionFile === undefined || more.length > 0) throw new TypeError('run takes one connection file');
    return { action, connectionFile };
  }
  if ((action !== 'install' && action !== 'remove') || connectionFile !== undefined)
    throw new TypeError(`install, remove or run, not ${positionals.join(' ')}`);
  const { prefix, name } = values;
  const places = [values.user, prefix !== undefined, values['sys-prefix']].filter(Boolean);
  if (places.length > 1) throw new TypeError('one of --user, --prefix and --sys-prefix');
  const where: Where =
    prefix !== undefined ? { prefix: resolve(prefix) } : values['sys-prefix'] ? 'sys-prefix' : 'user';
  return { action, name, where };
}
