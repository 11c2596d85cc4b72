/** Compressed frames, as Python writes and reads them; and what a peer may not claim. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect, formatAddress, listen, RpcPool } from '../../../src/cluster/comm/index.js';
import { compressFrame, decompressFrame } from '../../../src/cluster/wire/compression.js';
import {
  COMPRESSIONS,
  type Compression,
  compressResult,
  decodeMessage,
  decodeResult,
  encodeMessage,
  encodeResult,
  Serialized,
} from '../../../src/cluster/wire/index.js';
import { describeWithDask } from '../support/scheduler.js';

/** Another address of loopback: peers do not take each other for one machine's, which would compress nothing. */
const ELSEWHERE = '127.0.0.2';
const BYTES = 9e6;

const handlers = (agreed: unknown[]) => ({
  reverse: async ({ data }: Readonly<Record<string, unknown>>, connection: { compression?: Compression }) => {
    const { blocks } = decodeResult(data as Serialized) as unknown as {
      blocks: [{ data: Uint8Array }];
    };
    const result = encodeResult({
      blocks: [{ ...blocks[0], data: blocks[0].data.slice().reverse() } as never],
    });
    agreed.push(connection.compression);
    return connection.compression ? compressResult(result, connection.compression) : result;
  },
});

/** Passes bytes on, and counts them. */
async function counting(host: string, port: number) {
  const passed = { there: 0, back: 0 };
  const server = createServer((near) => {
    const far = connectTcp({ host, port });
    near.on('data', (bytes) => (passed.there += bytes.length));
    far.on('data', (bytes) => (passed.back += bytes.length));
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.3', resolve));
  onTestFinished(() => void server.close());
  return { passed, address: `tcp://127.0.0.3:${(server.address() as { port: number }).port}` };
}

await describeWithDask(
  'Python',
  (python) => {
    async function talk(ours: Compression | undefined, theirs: string) {
      const agreed: unknown[] = [];
      const host = ELSEWHERE;
      await using listener = await listen({
        host,
        handlers: handlers(agreed),
        ...(ours && { compression: ours }),
      });
      const { passed, address } = await counting(host, listener.address.port);
      const script = join(import.meta.dirname, 'compression.py');
      // Frames are cut into pieces, each of which is compressed by itself.
      const env = {
        ...process.env,
        DASK_DISTRIBUTED__COMM__COMPRESSION: theirs,
        DASK_DISTRIBUTED__COMM__SHARD: '1MiB',
      };
      const { stdout } = await promisify(execFile)(python, ['-B', script, address], { env });
      return { seen: JSON.parse(stdout) as unknown, agreed, passed };
    }

    for (const name of COMPRESSIONS)
      test(`writes and reads ${name}, where that pays`, async () => {
        const { seen, agreed, passed } = await talk(name, name);
        expect(seen).toEqual({ agreed: name, right: [true, true] });
        expect(agreed).toEqual([name, name]);
        // A million bytes of noise went uncompressed.
        for (const bytes of [passed.there, passed.back]) {
          expect(bytes).toBeGreaterThan(1e6);
          expect(bytes).toBeLessThan(3e6);
        }
      });

    test('and Node compress nothing unless both say the same', async () => {
      for (const ours of [undefined, 'zlib'] as const) {
        const { seen, passed } = await talk(ours, 'lz4');
        expect(seen).toEqual({ agreed: null, right: [true, true] });
        expect(passed.there).toBeGreaterThan(BYTES);
        expect(passed.back).toBeGreaterThan(BYTES);
      }
    });
  },
  'libraries',
);

describe('compression', () => {
  test('is not agreed on within one machine', async () => {
    const agreed: unknown[] = [];
    await using listener = await listen({ handlers: handlers(agreed), compression: 'zlib' });
    const pool = new RpcPool({ compression: 'zlib' });
    const data = encodeResult({ blocks: [{ dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) }] });
    await pool.call(formatAddress(listener.address), 'reverse', { data });
    pool.close();
    expect(agreed).toEqual([undefined]);
  });

  test('that this machine does not have is refused at once', async () => {
    const bad = { compression: 'snappy' as Compression };
    await expect(connect('tcp://127.0.0.1:1', bad)).rejects.toThrow('one of lz4, zstd, zlib');
    await expect(listen({ handlers: {}, ...bad })).rejects.toThrow('one of lz4, zstd, zlib');
  });

  test('of what cannot be read here fails the result, and not the connection', () => {
    const frames = [new Uint8Array(9)];
    const sent = new Serialized({ serializer: 'msgpack', compression: ['snappy'] }, frames);
    const came = decodeMessage(encodeMessage(sent)) as Serialized;
    expect(() => decodeResult(came)).toThrow(/compressed by snappy, which cannot be read here/);
  });

  for (const name of COMPRESSIONS)
    test(`by ${name}: short frames and noise stay as they are, others come back; damage and false claims are found`, async () => {
      expect(await compressFrame(new Uint8Array(9_999), name)).toBeUndefined();
      const noise = randomBytes(60_000);
      const smooth = Uint8Array.from({ length: 300_000 }, (_, i) => i >> 8);
      expect(await compressFrame(noise, name)).toBeUndefined();
      const compressed = (await compressFrame(smooth, name))!;
      expect(compressed.length).toBeLessThan(30_000);
      expect(decompressFrame(compressed, name)).toEqual(smooth);
      const changed = (at: number, byte: number): Uint8Array =>
        compressed.map((b, i) => (i === at ? byte : b));
      for (const bad of [compressed.subarray(0, 3), compressed.subarray(0, 20), compressed.subarray(0, -9)])
        expect(() => decompressFrame(bad, name)).toThrow(/cannot be read/);
      // The last bytes of the sizes that lz4 and zstd say.
      if (name === 'lz4') expect(() => decompressFrame(changed(3, 0x7d), name)).toThrow(/claims/);
      if (name === 'zstd') {
        const single = (compressed[4]! & 0x20) !== 0;
        expect(() => decompressFrame(changed(single ? 8 : 9, 0x7d), name)).toThrow(/claims/);
      }
    });
});
