/** Functions of users on a cluster: as text, and of modules that are on no worker. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { EngineError, TaskError } from '../../../src/engine/errors.js';
import { moduleFunction } from '../../../src/graph/functions.js';
import * as tw from '../../../src/index.js';
import { useCluster } from '../support/cluster.js';
import { describeWithDask } from '../support/scheduler.js';

// The modules are gone when they are to be imported: what is computed comes of what was sent.
const folder = mkdtempSync(join(tmpdir(), 'tilework-functions-'));
const module = pathToFileURL(join(folder, 'steps.mjs'));
cpSync(join(import.meta.dirname, 'steps'), folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

await describeWithDask('functions of users on a cluster', (python) => {
  const on = useCluster(python);
  const computed = <const S>(structure: S) => tw.compute(structure, { engine: on.engine });

  test('of modules are sent with what they import, and run where the files are not', async () => {
    const shifted = tw.delayed<number>({ module, name: 'shifted' });
    const first = await computed([shifted(1), tw.delayed<number>({ module })(6, 7)]);
    expect(first).toEqual([101, 42]);
    rmSync(folder, { recursive: true });
    const x = tw.arange(6, { chunks: 2 });
    const { where, ...rest } = await computed({
      many: Array.from({ length: 20 }, (_, i) => shifted(i)),
      blocks: x.mapBlocks({ module, name: 'shiftedBlock' }).sum(),
      places: tw.fromFunction({ module, name: 'position' }, [2, 2], { chunks: 1 }).max(),
      required: tw.delayed({ module, name: 'fileOf' })('a/b.c'),
      where: tw.delayed<{ url: string; has: string }>({ module, name: 'where' })(),
    });
    expect(rest).toEqual({
      many: Array.from({ length: 20 }, (_, i) => 100 + i),
      blocks: 615,
      places: 101,
      required: 'b.c',
    });
    expect(where.url).toMatch(/tilework-.*\/[0-9a-f]{32}\.mjs$/);
    expect(where.has).toBe('function');
  });

  test('of modules are captured by others', async () => {
    const add = moduleFunction(module, 'shifted');
    // What is captured is a reference here, and a function there.
    const twice = tw.delayed((n: number) => 2 * (add as unknown as (n: number) => number)(n), {
      captured: { add },
    });
    expect(await twice(1).compute({ engine: on.engine })).toBe(202);
  });

  test('as text, with what they capture', async () => {
    const by = 3;
    const scaled = tw.arange(4, { chunks: 2 }).mapBlocks(
      ({ data }, { out }) => {
        for (let i = 0; i < data.length; i++) out.data[i] = data[i]! * by;
      },
      { captured: { by } },
    );
    expect(String(await scaled.compute({ engine: on.engine }))).toBe('[0. 3. 6. 9.]');
    expect(() => tw.delayed((n: number) => n * by)).toThrow(/it uses by/);
  });

  test('take the bytes of a file that only the program has', async () => {
    const bytes = readFileSync(import.meta.filename);
    const lines = tw.delayed((text: Uint8Array) => new TextDecoder().decode(text).split('\n').length);
    expect(await lines(bytes).compute({ engine: on.engine })).toBe(String(bytes).split('\n').length);
  });

  test('say what is wrong, and where', async () => {
    const failing = tw.delayed<number>({ module, name: 'fail' })(7);
    const error: unknown = await failing.compute({ engine: on.engine }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TaskError);
    expect((error as TaskError).key).toBe(failing.key);
    expect(String((error as TaskError).cause)).toBe('RangeError: no 7');
    const nameless = tw.delayed({ module, name: 'lost' })(1);
    await expect(nameless.compute({ engine: on.engine })).rejects.toThrow(
      /exports the functions default, fail, fileOf, position, shifted, shiftedBlock, shiftedColumns, shiftedRow, where/,
    );
  });

  test('that cannot be bundled are refused before anything runs, and found once they can', async () => {
    const late = join(folder, '..', `late-${process.pid}.mjs`);
    const call = tw.delayed<number>({ module: pathToFileURL(late), name: 'one' })();
    await expect(call.compute({ engine: on.engine })).rejects.toThrow(
      new RegExp(`cannot bundle file:.*late-${process.pid}.mjs`),
    );
    await expect(call.compute({ engine: on.engine })).rejects.toBeInstanceOf(EngineError);
    writeFileSync(late, 'export const one = () => 1;');
    try {
      expect(await call.compute({ engine: on.engine })).toBe(1);
    } finally {
      rmSync(late);
    }
  });
});
