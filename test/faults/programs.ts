import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

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

interface Programs {
  /** Starts a program of `programs/` with the built tilework, as a user's own. */
  readonly start: (name: string, args?: readonly string[], options?: ProgramOptions) => Program;
  /** Runs a program to its end. */
  readonly run: (name: string, args?: readonly string[], options?: ProgramOptions) => Promise<Ended>;
}

/** What starts programs, which end at the latest with the test: called by each file, since hooks are the file's that sets them up. */
export function programs(): Programs {
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });
  const start: Programs['start'] = (...given) => started(running, ...given);
  return { start, run: (...given) => start(...given).ended };
}

function started(
  running: Set<ChildProcess>,
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
