import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { withModules } from '../../src/cluster/modules/index.js';
import { moduleKey, TaskEncoder } from '../../src/cluster/wire/index.js';
import { moduleFunction } from '../../src/graph/functions.js';
import type { Task } from '../../src/graph/task.js';

const steps = new URL('./collections/steps/steps.mjs', import.meta.url);
const call = (key: string, common: unknown): [string, Task] => [
  key,
  { key, op: 'call', inputs: [], params: { args: [] }, common },
];

test('a module is one task, on which all tasks that run its functions depend', async () => {
  const graph = new Map([
    call('a', { fn: moduleFunction(steps, 'shifted') }),
    call('b', { fn: moduleFunction(steps, 'where') }),
    call('c', { fn: moduleFunction('node:path', 'basename') }),
    call('d', { fn: { kind: 'module', url: steps.href, name: 'fail' }, form: 'blocks' }),
  ]);
  const complete = await withModules(graph);
  const encoder = new TaskEncoder();
  const sent = [...complete.values()].flatMap((task) => encoder.encode(task));
  const modules = sent.map(({ key }) => key).filter((key) => key.startsWith(moduleKey('')));
  expect(modules).toHaveLength(1);
  const reads = sent.filter(({ dependencies }) => dependencies.includes(modules[0]!));
  expect(reads.map(({ key }) => key)).toEqual(['a', 'b', 'd']);
  expect(String(complete.get(modules[0]!)!.params)).toContain('OFFSET = 100');
});

test('a module that has changed since it was named is not sent under that name', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tilework-changed-'));
  const file = join(directory, 'module.mjs');
  writeFileSync(file, 'export const f = () => 1;');
  const graph = new Map([call('a', { fn: moduleFunction(file, 'f') })]);
  writeFileSync(file, 'export const f = () => 2;');
  await expect(withModules(graph)).rejects.toThrow(/module\.mjs for workers: its file.* has changed since/);
  rmSync(directory, { recursive: true });
});

test('a graph without functions of files stays as it is', async () => {
  const graph = new Map([call('c', { fn: moduleFunction('node:path', 'basename') })]);
  expect(await withModules(graph)).toBe(graph);
});

test('without esbuild the error says what to do', async () => {
  vi.doMock('esbuild', () => {
    throw new Error("Cannot find package 'esbuild'");
  });
  const graph = new Map([call('a', { fn: moduleFunction(`${steps.href}?again`, 'shifted') })]);
  await expect(withModules(graph)).rejects.toThrow(
    /steps\.mjs\?again is a file of this machine.*npm install esbuild/,
  );
  vi.doUnmock('esbuild');
  expect((await withModules(graph)).size).toBe(2);
});
