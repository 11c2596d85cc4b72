import { readFile } from 'node:fs/promises';
import type { RpcPool } from '../comm/index.js';
import { packageFile } from '../local/index.js';

/** The pickle of the name `builtins.exec`. */
const EXEC = Buffer.from('cbuiltins\nexec\n.', 'latin1');

/** Finds the scheduler that runs the source, and sets the module up there as `--preload` would. */
const SET_UP = `
from distributed.scheduler import Scheduler
for scheduler in list(Scheduler._instances):
    dask_setup(scheduler)
`;

/**
 * Has a scheduler run tilework's module by the call that any Dask client may use to run code there. It lasts until the scheduler ends.
 * @throws RemoteError where the scheduler does not run clients' code, or cannot run this
 */
export async function inject(pool: RpcPool, address: string): Promise<void> {
  const sourceOf = (name: string): Promise<string> =>
    readFile(packageFile(`deploy/scheduler/${name}.py`), 'utf8');
  const source = await sourceOf('tilework_scheduler');
  await pool.call(address, 'run_function', {
    function: EXEC,
    args: pickledCall(source + SET_UP, {
      __name__: 'tilework_scheduler',
      PYTHON_SIDE: await sourceOf('tilework_python'),
    }),
    kwargs: null,
    wait: true,
  });
}

/** The pickle of `(source, globals)`, in the few opcodes that it takes. */
function pickledCall(source: string, globals: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat([
    opcode('('),
    text(source),
    opcode('}'),
    ...Object.entries(globals).flatMap(([name, value]) => [text(name), text(value), opcode('s')]),
    opcode('t'),
    opcode('.'),
  ]);
}

const opcode = (letter: string): Buffer => Buffer.from(letter, 'latin1');

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const head = Buffer.alloc(5);
  head.write('X', 'latin1');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
