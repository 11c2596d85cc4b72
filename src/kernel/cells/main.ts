import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { bundleOf, elementDocument } from './bundle.js';
import { display, letShow, settled } from './display.js';
import { Errors, Interrupted } from './errors.js';
import { Lines } from './lines.js';
import { type CompiledCell, FD, type Outcome, type ToCells } from './messages.js';
import { letAbort, output, redirect, tell, within } from './pipe.js';
import { type Load, runCode, urlOf } from './run-code.js';
import { Scope } from './scope.js';
import { letUnwind } from './unwind.js';

/** The process that runs cells: told what by one pipe, it tells what comes of it by another. */
export function serveCells(entry: URL, home: Load): void {
  const folder = process.cwd();
  const noticed = new Int32Array(new SharedArrayBuffer(4));
  letUnwind();
  letShow();
  letAbort();
  new Worker(entry, { workerData: { part: 'watchdog', noticed } }).unref();
  redirect();
  const cells = new Cells(folder, home);
  const lines = new Lines<ToCells>((message) => {
    if (message.type === 'run') cells.run(message.cell);
    else {
      Atomics.add(noticed, 0, 1);
      cells.interrupt();
    }
  });
  const pipe = new Socket({ fd: FD.in, readable: true, writable: false });
  pipe.setEncoding('utf8');
  pipe.on('data', (text: string) => lines.push(text));
  pipe.on('end', () => process.exit());
  // A signal to the group is the kernel's business.
  process.on('SIGINT', () => {});
  const unhandled = (error: unknown): void => {
    if (error instanceof Interrupted) return;
    output({ type: 'stream', name: 'stderr', text: `${cells.errors.of(error).traceback.join('\n')}\n` });
  };
  process.on('uncaughtException', unhandled);
  process.on('unhandledRejection', unhandled);
  tell({ type: 'ready' });
}

class Cells {
  readonly errors = new Errors();
  private readonly scope: Scope;
  private interrupted: (() => void) | undefined;

  constructor(
    private readonly folder: string,
    private readonly home: Load,
  ) {
    this.scope = new Scope(folder);
    this.scope.lazy('document', () => elementDocument());
    for (const name of ['prompt', 'confirm', 'alert']) this.scope.lazy(name, () => () => refuseToAsk(name));
    Object.defineProperty(globalThis, 'display', { value: display, writable: true, configurable: true });
    Error.stackTraceLimit = 30;
  }

  run(cell: CompiledCell): void {
    const stop = new AbortController();
    within(cell.id, stop.signal, () => void this.outcome(cell, stop));
  }

  interrupt(): void {
    this.interrupted?.();
  }

  private async outcome(cell: CompiledCell, stop: AbortController): Promise<void> {
    let steps = 0;
    let over = false;
    const done = (outcome: Omit<Outcome, 'steps'>): void => {
      if (over) return;
      over = true;
      this.interrupted = undefined;
      tell({ type: 'done', cell: cell.id, outcome: { ...outcome, steps } });
    };
    // Whatever became of the code: it may have been stopped, and then nothing below goes on.
    this.interrupted = () => {
      const reason = new Interrupted();
      done({ error: this.errors.of(reason) });
      stop.abort(reason);
    };
    this.errors.add(urlOf(this.folder, cell.id), cell);
    try {
      const value = await runCode(cell, this.scope, this.folder, this.home, (step) => {
        steps = step;
      });
      await settled();
      const result = value === undefined ? undefined : await bundleOf(value);
      done({ ...(result && { result }) });
    } catch (error) {
      await settled().catch(() => {});
      done({ error: this.errors.of(error) });
    }
  }
}

/** TypeScript knows what browsers ask by; a kernel that is run without anybody there would wait for ever. */
function refuseToAsk(name: string): never {
  throw new Error(
    `${name}() cannot ask in a notebook: write the value into the cell, or read it from a file or the environment`,
  );
}
