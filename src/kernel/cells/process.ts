import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Lines, lineOf } from './lines.js';
import {
  type CompiledCell,
  FD,
  type FromCells,
  type Outcome,
  type Output,
  type ToCells,
} from './messages.js';

type TakeOutput = (cell: string, output: Output) => void;

/** The process that runs cells, seen from the kernel. Where it ends by itself, another is started, which knows nothing. */
export class CellsProcess {
  private child: ChildProcess;
  private running:
    | { readonly cell: string; readonly resolve: (outcome: Outcome | 'lost') => void }
    | undefined;
  private closed = false;
  private ended = '';

  constructor(
    private readonly entry: URL,
    private readonly folder: string,
    private readonly output: TakeOutput,
  ) {
    this.child = this.start();
  }

  /** Resolves to how it ended; 'lost' with the process, and `lastEnd` says how that ended. One at a time. */
  run(cell: CompiledCell): Promise<Outcome | 'lost'> {
    return new Promise((resolve) => {
      this.running = { cell: cell.id, resolve };
      this.send({ type: 'run', cell });
    });
  }

  /** How the last process ended that ended by itself. */
  get lastEnd(): string {
    return this.ended;
  }

  interrupt(): void {
    if (this.running === undefined) return;
    this.send({ type: 'interrupt' });
    this.pipe(FD.watch).write('!');
  }

  close(): void {
    this.closed = true;
    this.child.kill('SIGKILL');
  }

  private start(): ChildProcess {
    // The first is for unwind.ts; the other says nothing of how cells import, which is new in Node 20.
    const options = ['--expose-internals', '--disable-warning=ExperimentalWarning'];
    const child = spawn(process.execPath, [...options, fileURLToPath(this.entry)], {
      cwd: this.folder,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    const lines = new Lines<FromCells>((message) => this.take(message));
    const messages = this.pipe(FD.out) as unknown as Readable;
    messages.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    for (const name of ['stdout', 'stderr'] as const)
      child[name]!.setEncoding('utf8').on('data', (text: string) =>
        this.output(this.running?.cell ?? '', { type: 'stream', name, text }),
      );
    for (const fd of [FD.in, FD.watch]) this.pipe(fd).on('error', () => {});
    child.on('error', (error) => this.over(error.message));
    // After all that it has written.
    child.on('close', (code, signal) => this.over(signal ?? `code ${code}`));
    return child;
  }

  private pipe(fd: number): Writable {
    return this.child.stdio[fd] as Writable;
  }

  private send(message: ToCells): void {
    this.pipe(FD.in).write(lineOf(message));
  }

  private take(message: FromCells): void {
    if (message.type === 'output') this.output(message.cell, message.output);
    else if (message.type === 'done') this.finish(message.outcome);
  }

  private finish(outcome: Outcome | 'lost'): void {
    const { running } = this;
    this.running = undefined;
    running?.resolve(outcome);
  }

  private over(how: string): void {
    if (this.closed) return;
    this.ended = how;
    this.start();
    this.finish('lost');
  }
}
