/** The programs of examples/ print what Dask gives for their Python originals (`test/truth/tutorials.py`). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const truth: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  readFileSync(`${root}test/truth/tutorials.json`, 'utf8'),
);
const programs = readdirSync(`${root}examples`).filter((file) => file.endsWith('.ts'));

/** What a program prints. */
function printed(name: string): Promise<string> {
  const child = spawn(process.execPath, ['scripts/examples.mjs', name], { cwd: root });
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
  });
  child.stderr.on('data', (piece) => {
    text += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${name} ended with ${code}:\n${text}`)),
    );
  });
}

it('there is a truth of each', () => {
  expect(programs.map((file) => file.slice(0, -3)).sort()).toEqual(Object.keys(truth).sort());
});

it.each(Object.keys(truth))('%s', async (name) => {
  const text = await printed(name);
  const found: Record<string, unknown> = {};
  for (const label of Object.keys(truth[name]!)) {
    const line = text.split('\n').find((line) => line.startsWith(`${label}: `));
    found[label] = line === undefined ? 'not printed' : JSON.parse(line.slice(label.length + 2));
  }
  expect(found).toEqual(truth[name]);
});
