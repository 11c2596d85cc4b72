import { spawn } from 'node:child_process';
import { InterruptedError } from './errors.js';
import type { Answer, Command } from './step.js';
import { missing } from './tools.js';

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Is given each line as it comes, of standard output and error, and all of standard output until then. */
  readonly onLine?: (line: string, stdout: string) => void;
}

/** For how long a tool that was interrupted may put things in order. */
const GRACE_MS = 30_000;

/**
 * Runs a command to its end.
 * @throws DeployError where the tool is not there, InterruptedError where the signal came first: then the tool was told, and has ended
 */
export function run({ program, args }: Command, { signal, onLine }: RunOptions): Promise<Answer> {
  if (signal.aborted) return Promise.reject(new InterruptedError());
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // aws has pagers wait for keys.
      env: { ...process.env, AWS_PAGER: '' },
    });
    const said = { stdout: '', stderr: '' };
    const lines = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
        const [...whole] = (lines[name] + text).split('\n');
        lines[name] = whole.pop()!;
        for (const line of whole) onLine?.(line, said.stdout);
      });
    let killing: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      child.kill('SIGINT');
      killing = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    const ended = (settle: () => void): void => {
      clearTimeout(killing);
      signal.removeEventListener('abort', interrupt);
      for (const rest of Object.values(lines)) if (rest !== '') onLine?.(rest, said.stdout);
      settle();
    };
    child.on('error', (error: NodeJS.ErrnoException) =>
      ended(() => reject(error.code === 'ENOENT' ? missing(program) : error)),
    );
    child.on('close', (code) =>
      ended(() => (signal.aborted ? reject(new InterruptedError()) : resolve({ ...said, code: code ?? 1 }))),
    );
  });
}
