import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders, listing } from '../support/files.js';
import { programs } from './programs.js';

const folder = folders();
const { start } = programs();

/** Sends a signal to a program when it says that it is in the middle of its work. */
async function interrupted(what: string, signal: NodeJS.Signals) {
  const target = folder();
  const spill = folder();
  const program = start('interrupted', [what, join(target, 'out'), spill]);
  expect(await program.next()).toBe('middle');
  const before = { target: listing(target), spill: listing(spill) };
  program.child.kill(signal);
  const { code, signal: by, stderr, lines } = await program.ended;
  expect({ code, by, stderr }).toEqual({ code: null, by: signal, stderr: '' });
  expect(lines).not.toContain('finished');
  return { target, spill, before };
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of', (signal) => {
  test.each(['zarr', 'npy'])('a %s write: the process ends by it, nothing is left', async (what) => {
    const { target, before } = await interrupted(what, signal);
    expect(before.target.some((name) => /^out\.partial-/.test(name))).toBe(true);
    expect(readdirSync(target)).toEqual([]);
  });

  test.each(['spill', 'idle'])('spilling (%s): the process ends by it, nothing is left', async (what) => {
    const { spill, before } = await interrupted(what, signal);
    expect(before.spill.some((name) => /\/\d+$/.test(name))).toBe(true);
    expect(readdirSync(spill)).toEqual([]);
  });
});

describe('a process that is killed', () => {
  test('leaves no zarr store that looks whole, nor is in the way of the next', async () => {
    const { target } = await interrupted('zarr', 'SIGKILL');
    const path = join(target, 'out');
    expect(existsSync(path)).toBe(false);
    const [partial, ...more] = readdirSync(target);
    expect(more).toEqual([]);
    expect(partial).toMatch(/^out\.partial-/);
    await expect(tw.fromZarr(join(target, partial!))).rejects.toThrow(partial);
    await tw.toZarr(tw.ones([3]), path);
    expect((await tw.fromZarr(path)).shape).toEqual([3]);
    expect(readdirSync(target)).toEqual(['out']);
  });

  test.each(['zarr', 'npy'] as const)(
    'leaves what the next %s write to the same path removes, and no other',
    async (what) => {
      const { target } = await interrupted(what, 'SIGKILL');
      const path = join(target, 'out');
      const [abandoned] = readdirSync(target);
      const [, place, pid, started] = abandoned!.split('-');
      // Of another path, of a process that lives, of another machine, and what a user has named alike; and a former one, moved aside.
      const others = [
        abandoned!.replace('out', 'other'),
        `out.partial-${place}-${process.pid}-0-00000000`,
        `out.partial-00000000-${pid}-${started}-00000000`,
        'out.partial-mine',
      ];
      for (const name of others) writeFileSync(join(target, name), '');
      mkdirSync(join(target, `${abandoned}.former`));
      mkdirSync(join(target, `${abandoned}.aborted`));
      const write = what === 'zarr' ? tw.toZarr : tw.toNpy;
      await write(tw.ones([3]), path);
      // The former one was all there was until now.
      expect(readdirSync(target).sort()).toEqual([...others, 'out', `${abandoned}.former`].sort());
      await write(tw.ones([3]), path, { overwrite: true });
      expect(readdirSync(target).sort()).toEqual([...others, 'out'].sort());
    },
  );

  test('leaves no npy file that looks whole', async () => {
    const { target } = await interrupted('npy', 'SIGKILL');
    const [partial, ...more] = readdirSync(target);
    expect(more).toEqual([]);
    expect(partial).toMatch(/^out\.partial-/);
    expect(() => tw.fromNpy(join(target, partial!))).toThrow(partial);
  });

  test('leaves spilled blocks, which the next engine removes at its start', async () => {
    const { spill } = await interrupted('idle', 'SIGKILL');
    expect(listing(spill).some((name) => /\/\d+$/.test(name))).toBe(true);
    // What is not an engine's own stays.
    mkdirSync(join(spill, 'mine'));
    const engine = new tw.LocalEngine({ threads: 1, memoryLimit: '1GB', spillDirectory: spill });
    expect(readdirSync(spill)).toEqual(['mine']);
    await engine.dispose();
  });
});
