import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DeployError, InterruptedError } from '../errors.js';
import type { Command } from '../step.js';
import { missing } from '../tools.js';

/** Milliseconds between attempts to forward again what has ended. */
const AGAIN_MS = 1_000;

/** A port of this machine's loopback that nobody has: this one where it is free. */
export async function freePort(preferred: number): Promise<number> {
  for (const port of [preferred, 0]) {
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    } finally {
      server.close();
    }
  }
  throw new DeployError('no port of loopback is free');
}

/**
 * Keeps a `kubectl port-forward` going: it ends whenever the pod behind the service does, and is then begun again, until the signal is aborted.
 * Resolves when it first forwards, to what resolves when it has ended.
 * @throws DeployError where it never forwards, with what it said
 */
export async function forward(
  command: Command,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<{ readonly ended: Promise<void> }> {
  let child = await begin(command, signal);
  const keep = async (): Promise<void> => {
    while (!signal.aborted) {
      await exit(child);
      if (signal.aborted) return;
      say(`${command.args[1]} is gone; trying again`);
      for (;;) {
        await pause(AGAIN_MS, signal);
        if (signal.aborted) return;
        try {
          child = await begin(command, signal);
          say(`${command.args[1]} is there again`);
          break;
        } catch (error) {
          if (!(error instanceof DeployError)) throw error;
        }
      }
    }
  };
  return { ended: keep() };
}

/** Starts it, and waits until it forwards. */
function begin({ program, args }: Command, signal: AbortSignal): Promise<ChildProcess> {
  if (signal.aborted) return Promise.reject(new InterruptedError());
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const interrupt = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', interrupt, { once: true });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Forwarding from')) resolve(child);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing(program) : error),
    );
    child.on('close', () => {
      signal.removeEventListener('abort', interrupt);
      reject(
        signal.aborted
          ? new InterruptedError()
          : new DeployError(`kubectl port-forward ended: ${said.trim().split('\n').at(-1)}`),
      );
    });
  });
}

async function exit(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
