import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { pythonOf } from '../../support/scripts.js';

export const ROOT = join(import.meta.dirname, '../../..');
export const CLI = join(ROOT, 'dist/esm/cli.js');

/** The python of the notebook image: JupyterLab, Dask, and clients of kernels. */
export const notebookPython = (): string | undefined =>
  pythonOf('notebooks', 'notebook', 'deploy/images/notebook/requirements.txt');

export interface Said {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the protocol says of contents is what is tested.
  readonly content: any;
  readonly parent?: string;
}

export interface Answered {
  readonly reply: Said;
  readonly published: readonly Said[];
}

/** A folder of Jupyter's, with the kernel in it as `tilework kernel install` puts it there. */
export function installedKernel(): { readonly prefix: string; readonly path: string } {
  const prefix = mkdtempSync(join(tmpdir(), 'tilework-kernel-'));
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'kernel', 'install', '--prefix', prefix], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return { prefix, path: join(prefix, 'share/jupyter') };
}

/** A kernel with a real client. */
export class TestKernel {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly prefix: string,
  ) {}

  static async start(python: string, folder = ROOT): Promise<TestKernel> {
    const { prefix, path } = installedKernel();
    const child = spawn(python, ['-B', join(import.meta.dirname, 'client.py'), 'tilework', folder], {
      env: { ...process.env, JUPYTER_PATH: path, JUPYTER_RUNTIME_DIR: join(prefix, 'runtime') },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const kernel = new TestKernel(child, lines, prefix);
    expect(await kernel.line()).toEqual({ ready: true });
    return kernel;
  }

  async call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    this.child.stdin!.write(`${JSON.stringify([name, ...args])}\n`);
    const { value, error } = await this.line();
    if (error !== undefined) throw new Error(`${name}: ${error}`);
    return value as T;
  }

  ask(request: string, content: object, channel = 'shell'): Promise<Answered> {
    return this.call('ask', request, content, channel);
  }

  run(code: string, more: object = {}): Promise<Answered> {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    return this.ask('execute_request', { ...content, stop_on_error: true, ...more });
  }

  /** The text of the last expression. */
  async text(code: string): Promise<string | undefined> {
    return (await this.data(code))?.['text/plain'];
  }

  /** Forms of the last expression. @throws Error for a cell that fails */
  async data(code: string): Promise<Record<string, string> | undefined> {
    const { reply, published } = await this.run(code);
    if (reply.content.status !== 'ok') throw new Error(`${reply.content.ename}: ${reply.content.evalue}`);
    return published.find(({ type }) => type === 'execute_result')?.content.data;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin!.end();
    await ended;
    rmSync(this.prefix, { recursive: true, force: true });
  }

  private async line(): Promise<{ ready?: true; value?: unknown; error?: string }> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the client ended');
    return JSON.parse(value);
  }
}

/** What a cell has printed. */
export const printed = ({ published }: Answered, name = 'stdout'): string =>
  published
    .filter(({ type, content }) => type === 'stream' && content.name === name)
    .map(({ content }) => content.text)
    .join('');
