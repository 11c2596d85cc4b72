/** The commands and programs of docs/cluster.md, section by section, on this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { pythonOf } from '../support/scripts.js';
import { runExample } from './run.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const python = pythonOf('commands of docs/cluster.md', 'cluster', 'test/cluster/requirements.txt');

/** What goes on until it is ended, and what it says when it is ready. */
const READY: readonly (readonly [RegExp, RegExp])[] = [
  [/dask scheduler /, /Scheduler at:/],
  [/dask worker /, /Starting established connection/],
  [/tilework worker /, /has joined/],
  [/tilework cluster /, /scheduler at/],
];

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks below each heading of the second level. */
function sectionsOf(document: string): Map<string, Block[]> {
  const sections = new Map<string, Block[]>();
  for (const section of document.split(/^## /m).slice(1)) {
    const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
    sections.set(
      section.slice(0, section.indexOf('\n')),
      blocks.map(([, language, text]) => ({ language: language!, text: text! })),
    );
  }
  return sections;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const running: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = [];
let folder: string;
let home: string;
let environment: NodeJS.ProcessEnv;

/** Starts what goes on, and resolves when it is ready. */
function start(command: string, ready: RegExp): Promise<void> {
  const child = spawn('bash', ['-c', command], { detached: true, cwd: folder, env: environment });
  const ended = new Promise((resolve) => child.once('close', resolve));
  running.push({ child, ended });
  return new Promise((resolve, reject) => {
    let log = '';
    const take = (chunk: Buffer): void => {
      log += chunk.toString();
      if (ready.test(log)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void ended.then((code) => reject(new Error(`${command}\nended with ${code}:\n${log}`)));
  });
}

async function run({ language, text }: Block): Promise<void> {
  if (language === 'js') await runExample(text, { tw });
  else if (language === 'python')
    execFileSync(python!, ['-c', text], { cwd: folder, env: environment, stdio: 'pipe' });
  else if (language === 'sh')
    for (const command of text.trim().split('\n')) {
      const ready = READY.find(([pattern]) => pattern.test(command))?.[1];
      if (ready) await start(command, ready);
      else execFileSync('bash', ['-c', command], { cwd: folder, env: environment, stdio: 'pipe' });
    }
}

describe.skipIf(python === undefined)('docs/cluster.md', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tilework-cluster-doc-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/tilework'));
    // The programs that the commands name; ssh runs its command here.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const programs = {
      dask: `exec '${python}' -m dask "$@"`,
      npx: `[ "$1" = tilework ] || exit 64; shift; exec '${process.execPath}' '${root}dist/esm/cli.js' "$@"`,
      ssh: 'shift; exec sh -c "$*"',
    };
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    environment = { ...process.env, PATH: `${bin}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: '1' };
    home = process.cwd();
    process.chdir(folder);
  });
  afterEach(async () => {
    for (const { child } of running)
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // it has ended
      }
    await Promise.all(running.splice(0).map(({ ended }) => ended));
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  const sections = sectionsOf(readFileSync(join(root, 'docs/cluster.md'), 'utf8'));
  for (const [heading, blocks] of sections)
    if (blocks.some(({ language }) => language === 'sh'))
      it(heading, async () => {
        const port = String(await freePort());
        const here = (text: string): string =>
          text.replaceAll('8786', port).replace(/(?<!ssh )\bnode\d\b/g, '127.0.0.1');
        for (const { language, text } of blocks) await run({ language, text: here(text) });
      }, 120_000);

  it('has no block that nothing runs', () => {
    const languages = [...sections.values()].flat().map(({ language }) => language);
    expect(new Set(languages)).toEqual(new Set(['ts', 'sh', 'js', 'python']));
    expect([...sections].filter(([, blocks]) => blocks.length > 0).length).toBe(8);
  });
});
