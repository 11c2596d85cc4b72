/** Uploads on the local engine, and what is refused. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, describe, expect, it } from 'vitest';
import { readUpload } from '../../src/futures/upload/index.js';
import * as tw from '../../src/index.js';
import { testUploads } from './upload-suite.js';

describe('uploads', () => testUploads(async () => new tw.LocalEngine({ threads: 2 })));

describe('refused', () => {
  const root = mkdtempSync(join(tmpdir(), 'tilework-refused-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const file = (name: string, text: string | Uint8Array = ''): string => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };
  const directory = (name: string): string => {
    mkdirSync(join(root, name), { recursive: true });
    return join(root, name);
  };
  const archive = async (...entries: Parameters<typeof packTar>[0]): Promise<string> =>
    file('archive.tgz', gzipSync(await packTar(entries)));
  const named = { header: { name: 'package/package.json', size: 14 }, body: '{"name": "it"}' };
  /** A file of so many MiB of nothing. */
  const sparse = (path: string, size: number): string => {
    writeFileSync(path, '');
    truncateSync(path, size * 2 ** 20);
    return path;
  };

  const cases: Record<string, [() => unknown, RegExp]> = {
    nothing: [() => [], /no path is given/],
    'what is not there': [() => [join(root, 'none.mjs')], /cannot read .*none\.mjs/],
    'an address': [() => [new URL('https://example.org/a.mjs')], /no path of a file/],
    'another kind of file': [() => [file('data.csv')], /data\.csv: a file to upload is a \.js/],
    'an empty directory': [() => [directory('empty')], /without files/],
    'the name of a package of Node': [
      () => {
        writeFileSync(join(directory('builtin'), 'package.json'), '{"name": "fs"}');
        return [join(root, 'builtin')];
      },
      /"fs" is no name/,
    ],
    'a name that leads elsewhere': [
      () => {
        writeFileSync(join(directory('evil'), 'package.json'), '{"name": "../evil"}');
        return [join(root, 'evil')];
      },
      /"\.\.\/evil" is no name/,
    ],
    'two of a name': [() => [file('two.mjs'), join(root, 'two.mjs')], /two of what is uploaded/],
    'a module without what it imports': [
      () => {
        file('beside.mjs');
        return [file('lonely.mjs', "import './beside.mjs';")];
      },
      /imports "\.\/beside\.mjs".*upload the directory/,
    ],
    'a link': [
      () => {
        symlinkSync('/etc/passwd', join(directory('linked'), 'passwd'));
        return [join(root, 'linked')];
      },
      /passwd is a link/,
    ],
    'what is no file': [
      () => {
        execFileSync('mkfifo', [join(root, 'pipe.mjs')]);
        return [join(root, 'pipe.mjs')];
      },
      /pipe\.mjs is neither a file nor a directory/,
    ],
    'a name that every object has': [
      () => {
        writeFileSync(join(directory('proto'), 'package.json'), '{"name": "__proto__"}');
        return [join(root, 'proto')];
      },
      /"__proto__" is no name/,
    ],
    'a module in a broken package': [
      () => {
        writeFileSync(join(directory('around'), 'package.json'), '[');
        return [file('around/module.js')];
      },
      /around\/package\.json: its package\.json cannot be read/,
    ],
    'a large file': [() => [sparse(join(root, 'large.wasm'), 65)], /at most 64 MiB/],
    'a large directory': [
      () => {
        sparse(join(directory('large'), 'a.bin'), 1);
        sparse(join(root, 'large/b.bin'), 63.5);
        return [join(root, 'large')];
      },
      /at most 64 MiB/,
    ],
    'an archive that grows': [() => [file('bomb.tgz', gzipSync(Buffer.alloc(100 * 2 ** 20)))], /too large/],
    'what is no archive': [() => [file('no.tgz', 'text')], /is no archive/],
    'an archive without a package': [
      async () => [await archive({ header: { name: 'package/a.js', size: 1 }, body: ' ' })],
      /no package\.json/,
    ],
    'an archive that leads elsewhere': [
      async () => [await archive(named, { header: { name: 'package/../../a.js', size: 1 }, body: ' ' })],
      /"package\/\.\.\/\.\.\/a\.js" lies outside/,
    ],
    'an archive with a link': [
      async () => [
        await archive(named, { header: { name: 'package/a', size: 0, type: 'symlink', linkname: '/etc' } }),
      ],
      /"package\/a" is a symlink/,
    ],
    'a broken package.json': [
      () => {
        writeFileSync(join(directory('broken'), 'package.json'), '{');
        return [join(root, 'broken')];
      },
      /package\.json cannot be read/,
    ],
  };
  it.each(Object.entries(cases))('%s', async (_, [paths, message]) => {
    const given = (await paths()) as string[];
    await expect(readUpload(given)).rejects.toThrow(message);
    await expect(readUpload(given)).rejects.toMatchObject({ name: 'UploadError' });
  });

  it('by an engine: paths that lead elsewhere', async () => {
    const spillDirectory = directory('spill');
    const engine = new tw.LocalEngine({ threads: 1, spillDirectory });
    const upload = (path: string) =>
      engine.upload({ hash: 'ab', files: new Map([[path, new Uint8Array(1)]]) });
    for (const path of ['../x', '/x', 'a//b', 'a/../../b', 'C:\\x', ''])
      await expect(upload(path)).rejects.toThrow(/leads elsewhere/);
    expect(readdirSync(spillDirectory)).toEqual([]);
    await upload('a/b.mjs');
    expect(readdirSync(spillDirectory)).toHaveLength(1);
    await engine.dispose();
    expect(readdirSync(spillDirectory)).toEqual([]);
  });
});
