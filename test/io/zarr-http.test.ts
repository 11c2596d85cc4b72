import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openZarr } from '../../src/io/zarr/open.js';
import { read } from './run.js';

const data = join(import.meta.dirname, '../data/io/zarr');
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8'));
const asked: string[] = [];
let server: Server;
let base = '';

/** A static file server with ranges; `/private` wants a token, `/broken` answers 500. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    asked.push(url.pathname);
    let path = normalize(url.pathname);
    if (path.startsWith('/private') && request.headers.authorization !== 'Bearer token') {
      response.writeHead(401).end();
      return;
    }
    if (path.startsWith('/broken') && !path.endsWith('zarr.json')) {
      response.writeHead(500).end();
      return;
    }
    path = join(data, path.replace(/^\/(private|broken)/, ''));
    if (!existsSync(path) || statSync(path).isDirectory()) {
      response.writeHead(404).end();
      return;
    }
    const { size } = statSync(path);
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = range ? Number(range[2]) : size - 1;
    response.writeHead(range ? 206 : 200, { 'content-length': end - start + 1 });
    if (request.method === 'HEAD') response.end();
    else createReadStream(path, { start, end }).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test.each([
  'v3_none',
  'v3_zstd',
  'v2_blosc',
  'v2_slashes',
  'v3_sharded',
  'v3_sharded_start',
  'v2_delta',
  'v3_fill_nan',
])('%s over HTTP', async (name) => {
  const source = await openZarr(`${base}/${name}`);
  const values = truth[name].values.map((v: unknown) => (v === 'nan' ? Number.NaN : v));
  expect([...(await read(source))]).toEqual(values);
});

test('opening asks for metadata only, reading for the chunks that it covers', async () => {
  asked.length = 0;
  const source = await openZarr(`${base}/v3_none/`);
  expect(asked).toEqual(['/v3_none/zarr.json']);
  asked.length = 0;
  await read(source, { start: [0, 7], step: [1, 1], count: [2, 2] });
  expect(asked).toEqual(['/v3_none/c/0/1']);
});

test('a group lists its arrays by consolidated metadata', async () => {
  await expect(openZarr(`${base}/v3_group`)).rejects.toThrow(
    /is a zarr group, not an array; .*: .*climate\/t/,
  );
  await expect(openZarr(`${base}/v2_group`)).rejects.toThrow(/is a zarr group, not an array; .*: t/);
  const t = await openZarr(`${base}/v3_group`, { path: 'climate/t' });
  expect((await read(t))[15]).toBe(15);
});

test('headers are sent with every request', async () => {
  await expect(openZarr(`${base}/private/v3_zstd`)).rejects.toThrow(
    /cannot fetch http.*\/private\/v3_zstd\/zarr\.json: .*401/,
  );
  const source = await openZarr(`${base}/private/v3_zstd`, { headers: { authorization: 'Bearer token' } });
  expect([...(await read(source))]).toEqual(truth.v3_zstd.values);
});

test('errors name the URL', async () => {
  await expect(read(await openZarr(`${base}/broken/v3_zstd`))).rejects.toThrow(
    /cannot fetch http.*\/broken\/v3_zstd\/c\/\d\/\d: .*500/,
  );
  await expect(openZarr('http://127.0.0.1:9/nothing')).rejects.toThrow(
    /cannot fetch http:\/\/127\.0\.0\.1:9\/nothing/,
  );
});
