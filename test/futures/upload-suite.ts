/** What uploads do on any engine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

/** A function with `import()` as it is written, not as a test runner has it. */
const make = <F>(text: string): F => new Function(`return (${text})`)() as F;

/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)) */
const WASM = Buffer.from(
  '0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b',
  'hex',
);

export function testUploads(start: () => Promise<Engine>): void {
  let engine: Engine;
  let client: tw.Client;
  const root = mkdtempSync(join(tmpdir(), 'tilework-upload-'));
  const write = (path: string, text: string | Uint8Array): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  beforeAll(async () => {
    engine = await start();
    client = new tw.Client(engine);
  });
  afterAll(async () => {
    rmSync(root, { recursive: true });
    await engine?.dispose();
  });

  it('are imported by the name of the package, in functions that are text and as modules', async () => {
    write(
      'tools/package.json',
      JSON.stringify({
        name: '@me/tools',
        type: 'module',
        exports: { '.': './main.js', './*': './lib/*.js' },
      }),
    );
    write(
      'tools/main.js',
      "import { by } from './lib/scale.js'; import { LocalEngine } from 'tilework'; export const times = (n) => n * by; export const own = typeof LocalEngine;",
    );
    write('tools/lib/scale.js', 'export const by = 3; export const twice = (n) => 2 * n;');
    write('tools/node_modules/secret/index.js', 'throw new Error()');
    write('tools/.env', 'SECRET=1');
    const times = make<(n: number) => Promise<number>>("async (n) => (await import('@me/tools')).times(n)");
    const before = await client.submit(times, 2).exception();
    expect(before).toMatchObject({ name: 'TaskError', message: expect.stringMatching(/@me\/tools/) });
    expect(await client.upload(pathToFileURL(join(root, 'tools')))).toEqual(['@me/tools']);
    expect(await client.submit(times, 2)).toBe(6);
    expect(await client.submit<number>({ module: '@me/tools/scale', name: 'twice' }, 4)).toBe(8);
    const more =
      "async () => { const m = await import('@me/tools'); return [m.own, typeof (await import('acorn')).parse]; }";
    expect(await client.submit(make<() => Promise<string[]>>(more))).toEqual(['function', 'function']);
    // Beside them lies what is installed. Also as an array's function, by a name that is computed.
    const blocks =
      'async (block, info) => { const m = await import(where); for (let i = 0; i < block.data.length; i++) info.out.data[i] = m.times(block.data[i]); }';
    const tripled = tw.mapBlocks(make<() => unknown>(blocks), [tw.arange(4, { chunks: 2 })], {
      captured: { where: '@me/tools' },
    });
    expect(((await tripled.compute({ engine })) as tw.NDArray).tolist()).toEqual([0, 3, 6, 9]);
  });

  it('may be single files, and come from several uploads', async () => {
    const files = [
      write('half.mjs', 'export const half = (n) => n / 2;'),
      write('table.json', '{"a": [1, 2]}'),
      write('add.wasm', WASM),
      write('old.cjs', 'exports.three = 3;'),
    ];
    expect(await client.upload(...files)).toEqual(['half.mjs', 'table.json', 'add.wasm', 'old.cjs']);
    write('alone/index.js', 'exports.four = 4;');
    await client.upload(join(root, 'alone'));
    const all = `async (n) => {
      const { half } = await import('half.mjs');
      const { default: table } = await import('table.json', { with: { type: 'json' } });
      const { default: module } = await import('add.wasm');
      const { exports } = await WebAssembly.instantiate(module);
      const { default: old } = await import('old.cjs');
      const { default: alone } = await import('alone/index.js');
      return [half(n), table.a, exports.add(n, 1), old.three, alone.four];
    }`;
    expect(await client.submit(make<(n: number) => Promise<unknown>>(all), 6)).toEqual([3, [1, 2], 7, 3, 4]);
  });

  it('are other work when the package is uploaded again, changed', async () => {
    const version = make<() => Promise<number>>("async () => (await import('versioned')).version");
    write('versioned/package.json', '{"name": "versioned", "main": "main.cjs"}');
    write('versioned/main.cjs', 'exports.version = 1;');
    await client.upload(join(root, 'versioned'));
    const first = client.submit(version);
    expect(await first).toBe(1);
    write('versioned/main.cjs', 'exports.version = 2;');
    await client.upload(join(root, 'versioned'));
    const second = client.submit(version);
    expect(await second).toBe(2);
    expect(second.key).not.toBe(first.key);
  });

  it('may be what npm packed', async () => {
    write(
      `packed/package.json`,
      JSON.stringify({ name: 'packed', version: '1.2.3', type: 'module', exports: './main.js' }),
    );
    const long = `${'deep/'.repeat(25)}file.js`;
    write('packed/main.js', `export { nine } from './${long}';`);
    write(`packed/${long}`, 'export const nine = 9;');
    execFileSync('npm', ['pack', '--silent', '--pack-destination', root], { cwd: join(root, 'packed') });
    expect(await client.upload(join(root, 'packed-1.2.3.tgz'))).toEqual(['packed']);
    expect(
      await client.submit(make<() => Promise<number>>("async () => (await import('packed')).nine")),
    ).toBe(9);
  });

  it('are seen by what tasks submit', async () => {
    await client.upload(write('inner.mjs', 'export const one = 1;'));
    const text = `async () => { await import('inner.mjs'); const client = getClient(); return 1 + await client.submit(async () => (await import('inner.mjs')).one); }`;
    expect(
      await client.with({ captured: { getClient: tw.getClient } }).submit(make<() => Promise<number>>(text)),
    ).toBe(2);
    const inside = 'async () => getClient().upload("x.mjs")';
    await expect(
      client.with({ captured: { getClient: tw.getClient } }).submit(make<() => Promise<unknown>>(inside)),
    ).rejects.toThrow(/a task cannot upload/);
  });

  it('of another engine are refused', async () => {
    const other = new tw.Client(new tw.LocalEngine({ threads: 1 }));
    await other.upload(write('elsewhere.mjs', 'export const one = 1;'));
    const one = make<() => Promise<number>>("async () => (await import('elsewhere.mjs')).one");
    expect(await other.submit(one)).toBe(1);
    await expect(client.submit(one)).rejects.toThrow(/uploaded.* engine.*upload it/);
    await client.upload(join(root, 'elsewhere.mjs'));
    expect(await client.submit(one)).toBe(1);
    await other.engine.dispose();
  });
}
