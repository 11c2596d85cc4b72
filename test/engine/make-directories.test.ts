import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectories } from '../../src/engine/disk/make-directories.js';

const base = mkdtempSync(join(tmpdir(), 'tilework-directories-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('makes what is not there, and takes what is', () => {
  const path = join(base, 'a', 'b', 'c');
  makeDirectories(path, 0o700);
  makeDirectories(path);
  for (const made of [path, join(base, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('says where a file is in the way', () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  expect(() => makeDirectories(file)).toThrow('EEXIST');
  expect(() => makeDirectories(join(file, 'a', 'b'))).toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')('ends where the system lets nobody make anything', () => {
  expect(() => makeDirectories('/proc/tilework/a')).toThrow(
    "ENOENT: no such file or directory, mkdir '/proc/tilework'",
  );
});
