import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLI } from './support/kernel.js';

const home = mkdtempSync(join(tmpdir(), 'tilework-install-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const tilework = (args: readonly string[], env: Record<string, string> = {}) => {
  const environment = { PATH: process.env.PATH!, HOME: home, ...env };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'kernel', ...args], {
    env: environment,
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
};

describe('tilework kernel', () => {
  it('installs for a user, below a prefix and in an environment of Python, and removes', () => {
    const places: [string[], Record<string, string>, string][] = [
      [['--user'], { JUPYTER_DATA_DIR: join(home, 'data') }, join(home, 'data/kernels/tilework')],
      [['--prefix', join(home, 'prefix')], {}, join(home, 'prefix/share/jupyter/kernels/tilework')],
      [
        ['--sys-prefix', '--name', 'other'],
        { VIRTUAL_ENV: join(home, 'venv') },
        join(home, 'venv/share/jupyter/kernels/other'),
      ],
    ];
    for (const [args, env, folder] of places) {
      expect(tilework(['install', ...args], env)).toEqual({
        status: 0,
        stdout: `installed ${folder}`,
        stderr: '',
      });
      const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
      expect(spec).toMatchObject({
        argv: [process.execPath, CLI, 'kernel', 'run', '{connection_file}'],
        language: 'typescript',
        interrupt_mode: 'message',
      });
      expect(tilework(['remove', ...args], env)).toEqual({
        status: 0,
        stdout: `removed ${folder}`,
        stderr: '',
      });
      expect(existsSync(folder)).toBe(false);
    }
  });

  it('says in a line what is wrong', () => {
    const other = join(home, 'others/share/jupyter/kernels/python3');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'kernel.json'), JSON.stringify({ argv: ['python'], language: 'python' }));
    writeFileSync(join(home, 'file'), '');
    writeFileSync(join(home, 'connection.json'), '{"ip": "127.0.0.1", "key": ""}');
    const cases: [string[], RegExp][] = [
      [['install', '--name', '../up'], /^tilework kernel: a kernel's name has .*"\.\.\/up"$/],
      [
        ['install', '--sys-prefix'],
        /^tilework kernel: --sys-prefix: no Python environment is active; .*--prefix$/,
      ],
      [['install', '--prefix', join(home, 'file')], /^tilework kernel: .* cannot be written \(ENOTDIR\).*$/],
      [['remove', '--prefix', join(home, 'nothing')], /^tilework kernel: there is no kernel at .*$/],
      [
        ['remove', '--prefix', join(home, 'others'), '--name', 'python3'],
        /^tilework kernel: .* is not tilework's$/,
      ],
      [['run', join(home, 'none.json')], /^tilework kernel: connection file .*none\.json: ENOENT.*$/],
      [
        ['run', join(home, 'connection.json')],
        /^tilework kernel: connection file .*: shell_port is missing$/,
      ],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = tilework(args);
      expect(status).toBe(1);
      expect(stderr).toMatch(message);
    }
    expect(existsSync(other)).toBe(true);
    for (const args of [['instal'], ['install', '--user', '--prefix', 'x'], ['run'], ['install', '--wrong']])
      expect(tilework(args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('tilework kernel remove'),
      });
  });
});
