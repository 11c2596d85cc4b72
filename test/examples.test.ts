/** The programs of examples/ print what Dask gives for their Python originals (`test/truth/tutorials.py`). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalCluster } from '../src/cluster/local/index.js';
import { describeWithDask } from './cluster/support/scheduler.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const truth: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  readFileSync(`${root}test/truth/tutorials.json`, 'utf8'),
);
// What needs Python has its test beside that of Python.
const programs = readdirSync(`${root}examples`).filter((file) => /(?<!^sklearn)\.ts$/.test(file));

/** What a program prints, on this machine or on a cluster. */
function printed(name: string, scheduler?: string): Promise<string> {
  const args = scheduler === undefined ? [] : ['--scheduler', scheduler];
  const child = spawn(process.execPath, ['scripts/examples.mjs', ...args, name], { cwd: root });
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

/** Runs a program, and compares what it prints under each label of its truth. */
async function check(name: string, scheduler?: string): Promise<void> {
  const text = await printed(name, scheduler);
  const found: Record<string, unknown> = {};
  for (const label of Object.keys(truth[name]!)) {
    const line = text.split('\n').find((line) => line.startsWith(`${label}: `));
    found[label] = line === undefined ? 'not printed' : JSON.parse(line.slice(label.length + 2));
  }
  expect(found).toEqual(truth[name]);
}

it.each(Object.keys(truth))('%s', (name) => check(name));

await describeWithDask('on a cluster', (python) => {
  let cluster: LocalCluster;
  beforeAll(async () => {
    cluster = await LocalCluster({ workers: 2, dask: join(dirname(python), 'dask') });
  });
  afterAll(() => cluster?.close());

  it.each(Object.keys(truth))('%s', (name) => check(name, cluster.address));
});
