import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { awsCommand } from '../../../src/cli/aws.js';
import { k8sCommand } from '../../../src/cli/k8s.js';
import { Executor } from '../../../src/deploy/executor.js';
import type { Program } from '../../../src/deploy/step.js';

const SHIM = join(import.meta.dirname, 'shim.sh');
const FAKE = join(import.meta.dirname, 'fake-tools.sh');
const PROGRAMS: readonly Program[] = ['aws', 'kops', 'helm', 'kubectl'];

/** Environment variables that a world sets, for this process: tools inherit them. */
const BEFORE = { ...process.env };

/** Tools on a PATH of their own, each behind a shim that notes calls and fails when told to; a home and a state of their own. */
export class World {
  readonly home = mkdtempSync(join(tmpdir(), 'tilework-deploy-'));
  /** How many calls were looked at. */
  private seen = 0;

  /** @param real paths of programs that are not played by a script */
  constructor(
    real: Partial<Record<Program, string>> = {},
    environment: Readonly<Record<string, string>> = {},
  ) {
    for (const directory of ['bin', 'tools', 'made', 'home']) mkdirSync(join(this.home, directory));
    for (const program of PROGRAMS) {
      copyFileSync(SHIM, join(this.home, 'bin', program));
      symlinkSync(real[program] ?? FAKE, join(this.home, 'tools', program));
    }
    writeFileSync(join(this.home, 'calls'), '');
    this.objects([]);
    Object.assign(process.env, {
      PATH: `${join(this.home, 'bin')}:${BEFORE.PATH}`,
      WORLD: this.home,
      HOME: join(this.home, 'home'),
      XDG_STATE_HOME: join(this.home, 'state'),
      ...environment,
    });
  }

  /** How tools were called since the last time: program and arguments. */
  calls(): string[][] {
    // Of a tool that is just noting its call nothing gets lost.
    const all = readFileSync(join(this.home, 'calls'), 'utf8').split('\n').slice(0, -1);
    const calls = all.slice(this.seen);
    this.seen = all.length;
    return calls.map((line) => line.split('\t').slice(0, -1));
  }

  /** The next command with this word among its arguments fails. */
  fail(word: string): void {
    writeFileSync(join(this.home, 'fail'), word);
  }

  /** What `kubectl get` finds of a release. */
  objects(items: readonly unknown[]): void {
    writeFileSync(join(this.home, 'objects.json'), JSON.stringify({ items }));
  }

  path(...below: readonly string[]): string {
    return join(this.home, ...below);
  }

  /** A tool that is played by a script of this text. */
  script(name: Program, text: string): void {
    rmSync(this.path('tools', name));
    writeFileSync(this.path('tools', name), text);
    chmodSync(this.path('tools', name), 0o755);
  }

  /** A command of the command line in this process. */
  async run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const said = { out: '', err: '' };
    const log = vi.spyOn(console, 'log').mockImplementation((line = '') => {
      said.out += `${line}\n`;
    });
    const error = vi.spyOn(console, 'error').mockImplementation((line) => {
      said.err += `${line}\n`;
    });
    try {
      const [command, ...rest] = args;
      const code = await (command === 'aws' ? awsCommand(rest) : k8sCommand(rest));
      return { code, ...said };
    } finally {
      log.mockRestore();
      error.mockRestore();
    }
  }

  /** What runs steps without the command line. */
  executor(said: string[] = []): Executor {
    return new Executor({
      say: (line) => void said.push(line),
      log: { path: 'nowhere', write: () => {} },
      dryRun: false,
      signal: new AbortController().signal,
    });
  }

  close(): void {
    for (const name of Object.keys(process.env)) if (!(name in BEFORE)) delete process.env[name];
    Object.assign(process.env, BEFORE);
    rmSync(this.home, { recursive: true, force: true });
  }
}
