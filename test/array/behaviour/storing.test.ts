/** Several arrays written in one pass. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { ran } from './support.js';

const engine = new tw.LocalEngine({ threads: 2 });
const directory = mkdtempSync(join(tmpdir(), 'tilework-storing-'));
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

describe('store', () => {
  it('computes what arrays share once', async () => {
    const seen = tw.fromFunction((i) => i * 2, [40], { chunks: 10 });
    const paths = [join(directory, 'up.npy'), join(directory, 'down.zarr')];
    const { tasks: together } = await ran(engine, () =>
      tw.store([seen.add(1), seen.negative()], paths, { engine }),
    );
    const { tasks: alone } = await ran(engine, () =>
      tw.toNpy(seen.add(2), join(directory, 'alone.npy'), { engine }),
    );
    // Of each of four blocks: made, changed, written; and changed and written again.
    expect([together, alone]).toEqual([4 * 5, 4 * 3]);
    const [up, down] = [tw.fromNpy(paths[0]!), await tw.fromZarr(paths[1]!)];
    expect(down.chunks).toEqual([[10, 10, 10, 10]]);
    expect(await tw.compute([up.sum(), down.sum()], { engine })).toEqual([1600, -1560]);
  });

  it('leaves nothing at any path where one of the arrays fails', async () => {
    const fails = tw.arange(4).mapBlocks(() => {
      throw new Error('no such day');
    });
    const folder = join(directory, 'failing');
    const paths = [join(folder, 'good.npy'), join(folder, 'bad.zarr')];
    await expect(tw.store([tw.arange(4), fails], paths, { engine })).rejects.toThrow('no such day');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('begins nothing where one of the paths is taken, unless all are to be written again', async () => {
    const [first, second] = [join(directory, 'first.npy'), join(directory, 'second.npy')];
    await tw.toNpy(tw.arange(3), second, { engine });
    await expect(tw.store([tw.arange(4), tw.arange(5)], [first, second], { engine })).rejects.toThrow(
      'overwrite: true',
    );
    expect(existsSync(first)).toBe(false);
    expect(readdirSync(directory).filter((name) => name.startsWith('.') || name.includes('first'))).toEqual(
      [],
    );
    await tw.store([tw.arange(4), tw.arange(5)], [first, second], { engine, overwrite: true });
    expect(tw.fromNpy(second).shape).toEqual([5]);
  });
});
