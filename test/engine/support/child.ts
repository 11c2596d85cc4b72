import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';
import { entry } from './engine.js';

const folder = mkdtempSync(join(tmpdir(), 'tilework-child-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the child has printed a text. */
  printed(text: string): Promise<void>;
}

let scripts = 0;

/**
 * Runs a program in a Node process of its own. It has `LocalEngine`, `entry` (of threads with the operations of tests), and
 * the makers of graphs.
 *
 * @param asText the program is not a file, but an option to Node
 */
export function startChild(program: string, { asText = false } = {}): Child {
  const script = join(folder, `program-${++scripts}.ts`);
  const sources = join(import.meta.dirname, '../../../src/engine/index.ts');
  const graphs = join(import.meta.dirname, 'graphs.ts');
  writeFileSync(
    script,
    `import { LocalEngine } from ${JSON.stringify(sources)};
     import * as graphs from ${JSON.stringify(graphs)};
     const entry = new URL(${JSON.stringify(entry.href)});
     ${program}`,
  );
  const outfile = script.replace(/ts$/, 'mjs');
  buildSync({
    entryPoints: [script],
    outfile,
    bundle: true,
    platform: 'node',
    // The oldest that is supported, as the build has it.
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    // Linux takes no argument of more than 128 KiB.
    minify: asText,
  });
  const main = asText ? ['--input-type=module', '-e', readFileSync(outfile, 'utf8')] : [outfile];
  const child = spawn(process.execPath, main, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const printed = async (text: string): Promise<void> => {
    while (!output.includes(text)) {
      if (child.exitCode !== null) throw new Error(`the child ended with ${child.exitCode}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { process: child, ended, printed };
}
