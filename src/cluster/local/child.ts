import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { atExit } from '../../engine/disk/cleanup.js';
import { LocalClusterError } from '../errors.js';

/** Lines of a process's output that are kept for errors. */
const KEPT = 40;

type Stream = 'stdout' | 'stderr';

/** A process of a cluster. It ends with this one, however this one ends: its standard input is then closed. */
export class Child {
  /** Its exit code or signal, once it has ended. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  private readonly lines: string[] = [];
  private readonly forget: () => void;
  private over = false;

  constructor(
    readonly name: string,
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    /** Which lines of its output are for the user, and go to this process's own. */
    shows: (line: string, stream: Stream) => boolean = () => false,
  ) {
    this.process = spawn(file, args, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.forget = atExit(() => this.process.kill('SIGKILL'));
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = this.process[name]!;
      stream.on('error', () => {});
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() === '') return;
        if (this.lines.push(line) > KEPT) this.lines.shift();
        if (shows(line, name)) process[name].write(`${line}\n`);
      });
    }
    this.process.stdin!.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.over = true;
        this.forget();
        resolve(how);
      };
      this.process.once('error', (error) => end(error.message));
      this.process.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  get running(): boolean {
    return !this.over;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** What it printed last. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Asks it to end, and after so many milliseconds ends it. */
  async end(patience: number): Promise<void> {
    if (this.over) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), patience);
    await this.ended;
    clearTimeout(timer);
  }

  /** Resolves when `ready` gives a value, asked again and again; rejects where the process ends, or is not ready in time. */
  async until<T>(ready: () => Promise<T | undefined>, timeout: number): Promise<T> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const value = await ready();
      if (value !== undefined) return value;
      if (this.over)
        throw new LocalClusterError(`${this.name} ended with ${await this.ended}:\n${this.output}`);
      if (performance.now() > deadline)
        throw new LocalClusterError(`${this.name} was not ready within ${timeout / 1000} s:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
