import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pythonOf } from './scripts.js';

/** The python that has moto; undefined where it cannot be installed and need not be. */
export const motoPython = (): string | undefined =>
  pythonOf('what needs AWS', 'moto', 'test/support/moto-requirements.txt');

/** Starts moto, which answers as AWS does, on a port of loopback. */
export async function startMoto(
  python: string,
): Promise<{ readonly endpoint: string; readonly stop: () => Promise<void> }> {
  const server = spawn(python, ['-B', path.join(import.meta.dirname, 'aws_server.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = await Promise.race([
    once(server.stdout, 'data') as Promise<[Buffer]>,
    once(server, 'exit').then(([code]) => {
      throw new Error(`moto ended with ${code}`);
    }),
  ]);
  return {
    endpoint: `http://127.0.0.1:${Number(String(said[0]))}`,
    stop: async () => {
      const ended = once(server, 'exit');
      server.stdin.end();
      await ended;
    },
  };
}
