/** Which files patterns match. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesMatching } from '../../src/io/glob.js';
import { partialName } from '../../src/io/partial.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilework-glob-'));
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  mkdirSync(join(folder, 'c.txt'));
  const names = ['a2.txt', 'a10.txt', 'b.txt', 'b+1.log', '.hidden.txt', 'deep/x.txt', 'deep/er/y.txt'];
  for (const name of names) writeFileSync(join(folder, name), '');
  writeFileSync(partialName(join(folder, 'b.txt')), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['*.txt', ['a2.txt', 'a10.txt', 'b.txt']],
  ['a?.txt', ['a2.txt']],
  ['[!a]*', ['b.txt', 'b+1.log']],
  ['b+*.log', ['b+1.log']],
  ['.*', ['.hidden.txt']],
  ['**/*.txt', ['a2.txt', 'a10.txt', 'b.txt', 'deep/er/y.txt', 'deep/x.txt']],
  ['d*/*/y.txt', ['deep/er/y.txt']],
  ['nowhere/*.txt', []],
  ['b.txt/*', []],
])('%s', (pattern, expected) => {
  expect(filesMatching(join(folder, pattern)).map((path) => relative(folder, path))).toEqual(expected);
});
