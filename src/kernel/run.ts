import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CellsProcess } from './cells/process.js';
import { Compiler } from './compiler/handle.js';
import { Session } from './session/session.js';
import { Sockets } from './sockets.js';

/** A kernel whose server is gone ends; looked after so often. */
const ORPHAN_MS = 2_000;

/** Serves a connection until it is shut down. @throws Error where the connection file or an address is no good */
export async function runKernel(connectionFile: string, version: string): Promise<void> {
  const entry = entryOf();
  const folder = process.cwd();
  const sockets = await Sockets.bind(connectionFile);
  const compiler = new Compiler(entry, folder);
  let cells!: CellsProcess;
  const start = (output: ConstructorParameters<typeof CellsProcess>[2]): CellsProcess => {
    cells = new CellsProcess(entry, folder, output);
    return cells;
  };
  const session = new Session(sockets, compiler, start, version);
  void sockets.beat();
  void each(sockets.messages('shell'), (message) => session.shell(message));
  void each(sockets.messages('control'), (message) => void session.control(message));
  session.publish('status', { execution_state: 'starting' });
  process.on('SIGINT', () => session.interrupt());
  await Promise.race([session.over, orphaned()]);
  cells.close();
  await compiler.close();
  await sockets.close();
}

async function each<T>(messages: AsyncIterable<T>, take: (message: T) => void): Promise<void> {
  for await (const message of messages) take(message);
}

async function orphaned(): Promise<void> {
  const parent = process.ppid;
  while (process.ppid === parent) await new Promise((resolve) => setTimeout(resolve, ORPHAN_MS).unref());
}

/** Where parts of the kernel start: the build's, also where sources run. */
function entryOf(): URL {
  for (const path of ['./kernel.js', '../../dist/esm/kernel.js']) {
    const url = new URL(path, import.meta.url);
    if (existsSync(fileURLToPath(url))) return url;
  }
  throw new Error('kernel.js is not where it belongs; when working on tilework run "npm run build"');
}
