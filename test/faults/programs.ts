import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const folders: string[] = [];
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
// Hooks run in reverse: those of a test file, which end its engines, before this one.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A directory that is removed after the tests of the file. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tilework-faults-'));
  folders.push(made);
  return made;
}

/** Names of all files below a directory, directories too. Read again where some are removed meanwhile. */
export function listing(directory: string): string[] {
  for (;;)
    try {
      return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(directory)) throw error;
    }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What it printed: JSON values, one a line. */
  readonly lines: readonly unknown[];
  readonly seconds: number;
}

export interface Program {
  readonly child: ChildProcess;
  /** Resolves with the next line that the program prints, as JSON; rejects when it ends before. */
  next(): Promise<unknown>;
  readonly ended: Promise<Ended>;
}

export interface ProgramOptions {
  /** Words before `node …`: a command that runs it. */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program of `programs/` with the built tilework, as a user's own. */
export function start(
  name: string,
  args: readonly string[] = [],
  { under = [], env = {} }: ProgramOptions = {},
): Program {
  const words = [...under, process.execPath, join(import.meta.dirname, 'programs', `${name}.mjs`), ...args];
  const began = performance.now();
  const child = spawn(words[0]!, words.slice(1), {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: unknown[] = [];
  let taken = 0;
  let stderr = '';
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const call of waiting.splice(0)) call();
  };
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(JSON.parse(line));
    wake();
  });
  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      over = true;
      running.delete(child);
      wake();
      resolve({ code, signal, stderr, lines, seconds: (performance.now() - began) / 1000 });
    });
  });
  const next = async (): Promise<unknown> => {
    while (taken === lines.length) {
      if (over) throw new Error(`${name} ended and said nothing more:\n${stderr}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    return lines[taken++];
  };
  return { child, next, ended };
}

/** Runs a program to its end. */
export const run = (
  name: string,
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Promise<Ended> => start(name, args, options).ended;
