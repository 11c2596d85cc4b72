/** Files that workers of one machine have of each other. */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { heldFile, linkFile } from '../../../src/cluster/frame/link.js';
import { folders, listing } from '../../support/files.js';

const folder = folders();

test('a file is had by a second name, and stays when the first goes', async () => {
  const directory = folder();
  const path = join(directory, '0.parquet');
  writeFileSync(path, 'rows');
  const held = await heldFile(path);
  expect(held.bytes).toBe(4);
  const to = join(directory, 'copy.parquet');
  expect(await linkFile(held, to)).toBe(true);
  expect(statSync(to).ino).toBe(statSync(path).ino);
  rmSync(path);
  expect(readFileSync(to, 'utf8')).toBe('rows');
});

test('another file at the same path, and none, are not taken', async () => {
  const directory = folder();
  const path = join(directory, '0.parquet');
  writeFileSync(path, 'rows');
  const held = await heldFile(path);
  // The first one stays, so that its number is not given again.
  linkSync(path, join(directory, 'first.parquet'));
  writeFileSync(join(directory, 'other.parquet'), 'cows');
  renameSync(join(directory, 'other.parquet'), path);
  const to = join(directory, 'copy.parquet');
  expect(await linkFile(held, to)).toBe(false);
  rmSync(path);
  expect(await linkFile(held, to)).toBe(false);
  expect(listing(directory).some((name) => name.endsWith('copy.parquet'))).toBe(false);
});
