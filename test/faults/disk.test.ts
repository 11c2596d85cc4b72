import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders, listing } from '../support/files.js';
import { cannot, withDisk } from './disk.js';
import { programs } from './programs.js';

const folder = folders();
const { run } = programs();

interface Report {
  readonly error?: { name: string; message: string; directory?: string; code?: string };
  readonly left: string[];
  readonly after: number;
  readonly end: string[];
}

// Where a small disk cannot be made (no Linux, or a container that forbids it) there is none to fill.
describe.skipIf(cannot !== '')('a disk that is full', () => {
  const filled = async (what: string): Promise<Report & { disk: string }> => {
    const disk = folder();
    const { code, lines, stderr } = await run('full-disk', [what, disk], { under: withDisk(disk) });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return { ...(lines[0] as Report), disk };
  };

  test('of spilled blocks: the error names it and the ways out, nothing is left', async () => {
    const { disk, error, left, after, end } = await filled('spill');
    expect(error?.name).toBe('SpillError');
    expect(error?.directory).toBe(join(disk, 'spill'));
    expect(error?.message).toMatch(/^cannot write \d+ bytes of a block to the spill directory /);
    expect(error?.message).toContain(join(disk, 'spill'));
    expect(error?.message).toMatch(/the disk is full.*spillDirectory.*memoryLimit/);
    expect(left.filter((name) => /\/\d+$/.test(name))).toEqual([]);
    expect(after).toBe(1000);
    expect(end).toEqual(['spill']);
  });

  test.each([
    ['zarr', 'out.zarr'],
    ['npy', 'out.npy'],
  ])('of a %s target: the error names it, nothing is left', async (what, name) => {
    const { disk, error, left, after } = await filled(what);
    expect(error?.name).toBe('TaskError');
    expect(error?.message).toContain(`io/${what}-write`);
    expect(error?.message).toContain(join(disk, name));
    expect(error?.message).toContain('the disk is full; free some space or choose another directory');
    expect(left).toEqual([]);
    expect(after).toBe(1000);
  });
});

describe('data that are damaged', () => {
  let engine: tw.LocalEngine;
  beforeAll(() => {
    engine = new tw.LocalEngine({ threads: 2, memoryLimit: '2GB', spillDirectory: folder() });
  });
  afterAll(() => engine.dispose());

  const failure = (x: tw.TileArray): Promise<Error> =>
    x
      .sum()
      .compute({ engine })
      .then(
        (value) => {
          throw new Error(`it resolved with ${String(value)}`);
        },
        (error: Error) => error,
      );
  const noise = () => tw.random.defaultRng(5).random([40, 30], { chunks: [10, 30] });

  async function store(codec: 'zstd' | 'gzip' | 'blosc' | 'none'): Promise<string> {
    const path = join(folder(), 'store.zarr');
    await tw.toZarr(noise(), path, { engine, codec });
    return path;
  }

  test.each(['zstd', 'gzip', 'blosc', 'none'] as const)(
    'a %s chunk that is cut off: named, with its store; the engine goes on',
    async (codec) => {
      const path = await store(codec);
      truncateSync(join(path, 'c/2/0'), 100);
      const x = await tw.fromZarr(path);
      const error = await failure(x);
      expect(error).toBeInstanceOf(tw.TaskError);
      expect(error.message).toContain(path);
      expect(error.message).toContain('c/2/0');
      // What does not need the chunk is to be had.
      expect(await x.slice(':20').sum().compute({ engine })).toBeCloseTo(
        (await noise().slice(':20').sum().compute({ engine })) as number,
      );
    },
  );

  test.each(['zstd', 'gzip', 'blosc'] as const)('a %s chunk of nonsense is named', async (codec) => {
    const path = await store(codec);
    writeFileSync(join(path, 'c/1/0'), Buffer.alloc(200, 0x5a));
    const error = await failure(await tw.fromZarr(path));
    expect(error.message).toContain(path);
    expect(error.message).toContain('c/1/0');
  });

  test('metadata of nonsense is refused when opened', async () => {
    const path = await store('zstd');
    writeFileSync(join(path, 'zarr.json'), '{"zarr_format": 3, "node_type"');
    await expect(tw.fromZarr(path)).rejects.toThrow(path);
  });

  test('an npy file that is cut off is refused when opened, and when it happens later', async () => {
    const path = join(folder(), 'x.npy');
    await tw.toNpy(noise(), path, { engine });
    const x = tw.fromNpy(path, { chunks: [10, 30] });
    truncateSync(path, 5000);
    const error = await failure(x);
    expect(error.message).toContain(path);
    expect(error.message).toContain('5000');
    expect(() => tw.fromNpy(path)).toThrow(path);
  });

  test.each(['stored.npz', 'deflated.npz'])('%s, cut off anywhere: an error that names it', async (name) => {
    const whole = readFileSync(join(import.meta.dirname, '../data/io/npy', name));
    const path = join(folder(), name);
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
      expect(() => tw.fromNpz(path, tw.npzInfo(path)[0]?.name)).toThrow(path);
    }
  });

  test('a damaged member of an npz archive is named', async () => {
    const whole = readFileSync(join(import.meta.dirname, '../data/io/npy/deflated.npz'));
    const path = join(folder(), 'damaged.npz');
    writeFileSync(path, whole);
    const member = tw.npzInfo(path).find(({ shape }) => shape.length > 0)!;
    const at = whole.indexOf(`${member.name}.npy`) + member.name.length + 4;
    whole.fill(0xff, at + 40, at + 60);
    writeFileSync(path, whole);
    await expect(async () =>
      tw.fromNpz(path, member.name, { directory: folder() }).compute({ engine }),
    ).rejects.toThrow(`${path}[${member.name}] is damaged`);
  });

  test('what is not there is said, with its path', async () => {
    const path = join(folder(), 'nowhere');
    expect(() => tw.fromNpy(path)).toThrow(path);
    expect(() => tw.fromNpz(path)).toThrow(path);
    await expect(tw.fromZarr(path)).rejects.toThrow(path);
    expect(listing(join(path, '..'))).toEqual([]);
  });
});
