/** Where the parts of a notebook's kernel start that do not speak to Jupyter: the process that runs cells, and threads. */
import { isMainThread, workerData } from 'node:worker_threads';

const part: unknown = isMainThread ? 'cells' : workerData.part;
if (part === 'cells') {
  const { serveCells } = await import('./kernel/cells/main.js');
  serveCells(new URL(import.meta.url), (specifier) => import(specifier));
} else if (part === 'watchdog') (await import('./kernel/cells/watchdog.js')).watch();
else if (part === 'compiler') (await import('./kernel/compiler/main.js')).serveCompiler();
