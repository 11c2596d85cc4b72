import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folders, listing } from '../support/files.js';
import { programs } from './programs.js';

const folder = folders();
const { run } = programs();

describe('without disposing of anything, a program ends by itself', () => {
  test.each(['default', 'engine', 'spilled', 'aborted'])('%s', async (how) => {
    const spill = folder();
    const { code, signal, stderr, lines, seconds } = await run('lifetime', [how, spill]);
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(lines[0]).toEqual(
      how === 'spilled' ? true : how === 'aborted' ? 'TimeoutError' : expect.closeTo(100_000, -3),
    );
    expect(seconds).toBeLessThan(60);
    expect(listing(spill)).toEqual([]);
  });

  test('by an error that nobody takes', async () => {
    const { code, stderr, seconds } = await run('lifetime', ['failed']);
    expect(code).toBe(1);
    expect(stderr).toContain('TaskError: task "map-blocks-');
    expect(stderr).toContain('as it happens');
    expect(seconds).toBeLessThan(60);
  });

  test('what compressed archives were inflated to is removed', async () => {
    const temporary = folder();
    mkdirSync(join(temporary, 'of-another'));
    const archive = join(import.meta.dirname, '../data/io/npy/deflated.npz');
    const { code, lines, stderr } = await run('inflate', [archive], { env: { TMPDIR: temporary } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines[0]).toBeGreaterThan(0);
    const left = listing(temporary).filter((name) => name !== 'of-another' && !/^tilework-\d+$/.test(name));
    expect(left).toEqual([]);
  });
});

test('two hundred rounds of computations, failed and aborted ones among them, leave nothing', async () => {
  const spill = folder();
  const { code, stderr, lines } = await run('lifetime', ['many', spill]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [{ before, after, files }] = lines as [{ before: State; after: State; files: string[] }];
  expect(after.stats.spill.blocks).toBeGreaterThan(before.stats.spill.blocks);
  expect(after.stats.memory.used).toBe(0);
  expect(after.stats.tasks.held).toBe(0);
  expect(after.stats.spill.onDisk).toBe(0);
  expect(files.filter((name) => /\/\d+$/.test(name))).toEqual([]);
  expect(after.handles).toBeLessThanOrEqual(before.handles + 2);
  expect(after.threads).toBeLessThanOrEqual(before.threads);
  // The memory limit of the program, for all that it takes.
  expect(after.peak).toBeLessThan(400e6);
  expect(after.heap).toBeLessThan(before.heap + 4 * 2 ** 20);
}, 180_000);

interface State {
  readonly peak: number;
  /** JavaScript objects in use. */
  readonly heap: number;
  readonly handles: number;
  readonly threads: number;
  readonly stats: {
    readonly tasks: { readonly held: number };
    readonly memory: { readonly used: number };
    readonly spill: { readonly onDisk: number; readonly blocks: number };
  };
}
