import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { npzInfo, openNpz, prepareUpTo } from '../../src/io/npz.js';
import { read, run } from './run.js';

const data = join(import.meta.dirname, '../data/io/npy');
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8'));
const room = mkdtempSync(join(tmpdir(), 'tilework-npz-'));
afterAll(() => rmSync(room, { recursive: true }));
const options = { directory: join(room, 'inflated') };

test.each(['stored.npz', 'deflated.npz'])('members of %s', async (file) => {
  for (const name of ['a', 'b', 'flags']) {
    const source = openNpz(join(data, file), name, options);
    const wanted = truth[`npz:${name}`];
    expect(source).toMatchObject({ dtype: wanted.dtype, shape: wanted.shape });
    expect([...(await read(source))]).toEqual(wanted.values.map(Number));
    expect(source.prepare !== undefined).toBe(file === 'deflated.npz');
  }
});

test('a single member needs no name; zip64 records are read', async () => {
  for (const file of ['single.npz', 'zip64.npz'])
    expect([...(await read(openNpz(join(data, file), undefined, options)))]).toEqual(truth['npz:a'].values);
});

test('a missing or wrong name is told with those there are', () => {
  expect(() => openNpz(join(data, 'stored.npz'), undefined, options)).toThrow(
    /holds 3 arrays: say which of a, b, flags/,
  );
  expect(() => openNpz(join(data, 'stored.npz'), 'c', options)).toThrow(/no array 'c'; it holds a, b, flags/);
});

test('info lists members without reading them', () => {
  expect(npzInfo(join(data, 'deflated.npz'))).toEqual([
    { name: 'a', dtype: 'float64', shape: [3, 4], compressed: true },
    { name: 'b', dtype: 'int16', shape: [5], compressed: true },
    { name: 'flags', dtype: 'bool', shape: [3], compressed: true },
  ]);
});

test('part of a member is inflated no further than needed, and once', async () => {
  const directory = join(room, 'part');
  const source = openNpz(join(data, 'deflated.npz'), 'a', { directory });
  const prepare = prepareUpTo(source, [2, 4])!;
  expect(prepare.params.upTo).toBe(128 + 8 * 8);
  const prepared = await run(prepare.op, { params: prepare.params });
  const { file } = (prepared as { value: { file: string } }).value;
  expect(readFileSync(file).length).toBe(128 + 8 * 8);
  writeFileSync(file, readFileSync(file).fill(7, 128));
  await run(prepare.op, { params: prepare.params });
  expect(readFileSync(file)[128]).toBe(7);
  const out = { dtype: source.dtype, shape: [2, 2] };
  writeFileSync(file, new Uint8Array(new Float64Array(24).fill(1.5).buffer));
  const result = await run(source.op, {
    params: { start: [0, 1], step: [1, 2] },
    common: source.common,
    inputs: [prepared],
    out,
  });
  expect(result).toMatchObject({ blocks: [{ data: new Float64Array(4).fill(1.5) }] });
  expect(readdirSync(directory)).toHaveLength(1);
});

describe('archives that are not whole', () => {
  test('cut off anywhere: refused when opened', () => {
    const bytes = readFileSync(join(data, 'deflated.npz'));
    const path = join(room, 'cut.npz');
    for (let length = 0; length < bytes.length; length += 13) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(() => openNpz(path, 'a', options)).toThrow(/cut\.npz is not a whole zip archive/);
    }
  });

  const damage = (name: string, change: (bytes: Buffer, at: number) => void): string => {
    const bytes = readFileSync(join(data, 'deflated.npz'));
    // `a.npy` is the first member: its compressed bytes follow its local header.
    change(bytes, 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28));
    const path = join(room, name);
    writeFileSync(path, bytes);
    return path;
  };

  test('a wrong checksum is found', async () => {
    const path = damage('crc.npz', (bytes) => {
      const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1');
      bytes.writeUInt32LE(0x12345678, directory + 16);
    });
    const directory = join(room, 'crc');
    await expect(read(openNpz(path, 'a', { directory }))).rejects.toThrow(
      /crc\.npz\[a\.npy\] is damaged: its checksum is [0-9a-f]+, the archive says 12345678/,
    );
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a stream that ends early is told with the bytes found', async () => {
    const path = damage('end.npz', (bytes) => {
      const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1');
      bytes.writeUInt32LE(1000, directory + 24);
    });
    await expect(read(openNpz(path, 'a', options))).rejects.toThrow(
      /end\.npz\[a\.npy\] is truncated: expected 1000 bytes, found 224/,
    );
  });

  test('a damaged stream is refused', async () => {
    const path = damage('stream.npz', (bytes, at) => bytes.fill(0xff, at, at + 8));
    expect(() => openNpz(path, 'a', options)).toThrow(/stream\.npz\[a\] is damaged/);
    const late = damage('late.npz', (bytes, at) => bytes.fill(0xff, at + 100, at + 140));
    await expect(async () => read(openNpz(late, 'a', options))).rejects.toThrow(
      /late\.npz\[a.*\] is damaged/,
    );
  });

  test('no archive at all, no arrays, unknown compression', () => {
    expect(() => openNpz(join(data, 'one.npy'), undefined, options)).toThrow(/not a whole zip archive/);
    expect(() => openNpz(join(data, 'lzma.npz'), undefined, options)).toThrow(/zip method 14/);
    const empty = join(room, 'empty.npz');
    writeFileSync(empty, Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'));
    expect(() => openNpz(empty, undefined, options)).toThrow(/holds no arrays/);
  });

  test('a directory that cannot be made is named', async () => {
    const path = join(room, 'copy.npz');
    copyFileSync(join(data, 'deflated.npz'), path);
    const source = openNpz(path, 'a', { directory: join(path, 'inside') });
    await expect(read(source)).rejects.toThrow(/cannot inflate .*copy\.npz.* into .*inside.*ENOTDIR/);
    truncateSync(path, 10);
    await expect(read(source)).rejects.toThrow(/has changed since it was opened/);
  });
});

const mask = join(import.meta.dirname, '../../../shared/data/globe_land_mask.npz');
const title = existsSync(mask) ? '' : ' (skipped: ../shared/data is not here)';
test.skipIf(!existsSync(mask))(`rows of the GLOBE land mask${title}`, async () => {
  const source = openNpz(mask, 'mask', options);
  expect(source).toMatchObject({ dtype: 'bool', shape: [21600, 43200] });
  const prepare = prepareUpTo(source, [1401, 43200])!;
  const part = { start: [0, 0], step: [700, 1], count: [3, 43200] };
  const rows = await read({ ...source, prepare }, part);
  // NumPy: [int(mask[r].sum()) for r in (0, 700, 1400)]
  const sums = [0, 0, 0];
  rows.forEach((v, i) => {
    sums[Math.floor(i / 43200)]! += Number(v);
  });
  expect(sums).toEqual([43200, 43200, 32507]);
});
