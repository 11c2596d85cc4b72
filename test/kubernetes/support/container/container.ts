import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Image, Mount } from './image.js';

const ROOT = join(import.meta.dirname, 'root.sh');

export interface ContainerOptions {
  /** Where what it writes is kept. */
  readonly home: string;
  readonly args: readonly string[];
  /** In the place of the image's entrypoint. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
  /** Nothing is written but to `mounts`. */
  readonly readOnly?: boolean;
  /** A process in whose network it is. */
  readonly network?: number;
  readonly user?: number;
}

/**
 * A process with a file system of its own, as an image has it, and no rights but those of its user: what a container is, without memory or
 * processor being limited, and without a process table of its own.
 */
export class Container {
  log = '';
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;
  private readonly own: string;

  constructor(
    private readonly image: Image,
    private readonly options: ContainerOptions,
  ) {
    const { home, mounts = [], readOnly = false, network } = options;
    mkdirSync(home, { recursive: true });
    this.own = mkdtempSync(join(home, 'container-'));
    chmodSync(this.own, 0o755);
    const [program, ...before] = [...inNetwork(network), 'unshare', '--mount', 'sh', ROOT];
    const places = [...image.mounts, ...mounts].flatMap(({ source, place, readOnly }) => [
      mode(readOnly),
      source,
      place,
    ]);
    const words = [
      ...(options.command ?? image.entrypoint),
      ...(options.args.length > 0 ? options.args : image.command),
    ];
    const args = [this.own, image.layers.join(':'), mode(readOnly), ...places, '--', ...this.asUser(words)];
    // A group of its own, so that what it has started ends with it.
    this.child = spawn(program!, [...before, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer): void => {
      this.log += chunk.toString();
    };
    this.child.stdout!.on('data', take);
    this.child.stderr!.on('data', take);
    this.ended = once(this.child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** A directory of what it has written, where nothing is mounted. */
  get written(): string {
    return join(this.own, 'upper');
  }

  /** Runs a command inside of it. Resolves to the exit code. */
  async exec(words: readonly string[]): Promise<number> {
    const enter = ['--target', String(this.child.pid), '--mount', '--net', 'chroot', join(this.own, 'root')];
    const run = spawn('nsenter', [...enter, ...this.asUser(words)], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [run.stdout, run.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    const [code] = await once(run, 'close');
    return code ?? 1;
  }

  /** Ends it: politely, and after `grace` milliseconds without a word. */
  async stop(grace: number): Promise<number | NodeJS.Signals> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), grace);
    const how = await this.ended;
    clearTimeout(timer);
    this.kill();
    return how;
  }

  /** Ends it and all that it has started. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private asUser(words: readonly string[]): string[] {
    const { image } = this;
    const id = this.options.user ?? image.user;
    const env = Object.entries({ ...image.env, ...this.options.env }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const rights =
      id === 0 ? [] : [`--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--no-new-privs', ...NO_RIGHTS];
    return ['setpriv', ...rights, 'env', '-i', '-C', image.workdir, ...env, ...words];
  }
}

const NO_RIGHTS = ['--inh-caps=-all', '--bounding-set=-all'];
const mode = (readOnly: boolean): string => (readOnly ? 'ro' : 'rw');
const inNetwork = (process: number | undefined): string[] =>
  process === undefined ? [] : ['nsenter', '--target', String(process), '--net'];
