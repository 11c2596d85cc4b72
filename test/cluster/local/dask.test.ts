import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { commandOf, DISTRIBUTED, findDask, onPath } from '../../../src/cluster/local/dask.js';

const directory = mkdtempSync(join(tmpdir(), 'tilework-dask-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
  vi.unstubAllEnvs();
});

describe('the program dask', () => {
  test('is what is named, what is on the PATH, or one line that says how to install it', async () => {
    vi.stubEnv('PATH', directory);
    vi.stubEnv('XDG_CACHE_HOME', directory);
    await expect(findDask({})).rejects.toThrow(
      /^Dask's scheduler is not on this machine: pip install .* \{ install: true \}/,
    );
    await expect(findDask({ dask: join(directory, 'none') })).rejects.toThrow(/there is no .*none/);
    const dask = join(directory, 'dask');
    writeFileSync(dask, '');
    expect(await findDask({})).toEqual([dask]);
    expect(onPath('dask', ['', '/nowhere', directory].join(delimiter))).toBe(dask);
    vi.stubEnv('TILEWORK_DASK', join(directory, 'dask'));
    expect(await findDask({})).toEqual([dask]);
  });

  test('is asked of a Python as its module', () => {
    expect(commandOf('/venv/bin/python3.11')).toEqual(['/venv/bin/python3.11', '-m', 'dask']);
    expect(commandOf('/venv/bin/dask')).toEqual(['/venv/bin/dask']);
  });

  test('is installed as the version that is tested', () => {
    const requirements = readFileSync(join(import.meta.dirname, '..', 'requirements.txt'), 'utf8');
    expect(requirements).toContain(`distributed==${DISTRIBUTED}\n`);
  });
});
