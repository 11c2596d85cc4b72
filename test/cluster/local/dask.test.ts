import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { LocalCluster } from '../../../src/cluster/index.js';
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

  test('may come without a scheduler that will do', async () => {
    for (const said of [
      "Error: No such command 'scheduler'.",
      '/usr/bin/python3: No module named dask',
      "ModuleNotFoundError: No module named 'distributed'",
      "ModuleNotFoundError: No module named 'dask._task_spec'",
    ]) {
      const dask = join(directory, 'without');
      writeFileSync(dask, `#!/bin/sh\necho "${said}" >&2\nexit 2\n`, { mode: 0o755 });
      await expect(LocalCluster({ workers: 0, dask })).rejects.toThrow(
        /without has no scheduler, or one that is too old: install it for the same Python \(pip install "distributed/,
      );
    }
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
