import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';

const CLI = join(import.meta.dirname, '../../../../dist/esm/cli.js');

export interface NodeWorker {
  readonly address: string;
  /** Where it spills. */
  readonly directory: string;
  readonly child: ChildProcess;
  /** What it has printed so far. */
  log(): string;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  /** What lies where it spills. */
  spilled(): string[];
  /** Resolves when what it prints matches. */
  prints(pattern: RegExp): Promise<RegExpMatchArray>;
}

export interface WorkerProcess {
  /** Default: without a supervisor. */
  readonly nanny?: boolean;
  /** Words before its command, which run it somewhere else. */
  readonly under?: readonly string[];
  /** Ends with the file, as tests that run at the same time need it; default: with the test. */
  readonly stays?: boolean;
}

/** A real `tilework worker` of one thread; resolves when the scheduler has taken it. */
export async function startWorker(
  scheduler: string,
  args: readonly string[] = [],
  { nanny = false, under = [], stays = false }: WorkerProcess = {},
): Promise<NodeWorker> {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-worker-'));
  directories.push(directory);
  const always = ['--nthreads', '1', '--memory-limit', '1GiB', '--local-directory', directory];
  const [command, ...words] = [...under, process.execPath, CLI, 'worker', scheduler];
  const child = spawn(command!, [...words, ...always, ...(nanny ? [] : ['--no-nanny']), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ending = stays ? staying : children;
  ending.add(child);
  let log = '';
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    log += chunk.toString();
    for (const look of waiting) look();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('exit', (code, signal) => {
      ending.delete(child);
      resolve(code ?? signal);
    });
  });
  const prints = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(log);
        if (match === null) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      void exited.then((code) => reject(new Error(`the worker ended with ${code}:\n${log}`)));
      look();
    });
  const address = (await prints(/(tcp:\/\/\S+|tls:\/\/\S+) has joined/))[1]!;
  return { address, directory, child, log: () => log, exited, spilled: () => readdirSync(directory), prints };
}

const children = new Set<ChildProcess>();
const staying = new Set<ChildProcess>();
const directories: string[] = [];

afterEach(() => end(children));

afterAll(async () => {
  await end(staying);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Asks processes to end; the second time is in earnest. */
async function end(processes: ReadonlySet<ChildProcess>): Promise<void> {
  await Promise.all(
    [...processes].map(async (child) => {
      const exit = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGTERM'), 2_000);
      await exit;
      clearTimeout(timer);
    }),
  );
}
