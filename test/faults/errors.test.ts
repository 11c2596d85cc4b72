import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/index.js';
import { folders } from '../support/files.js';
import { programs } from './programs.js';

const folder = folders();
const { run } = programs();

const engine = new tw.LocalEngine({ threads: 2, memoryLimit: '2GB', spillDirectory: folder() });
afterAll(() => engine.dispose());

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`it resolved with ${String(value)}`);
    },
    (error: unknown) => error,
  );

describe('a function of the user that throws', () => {
  test('its error has its message, the task, and its own stack', async () => {
    const x = tw.arange(12, undefined, 1, { chunks: [4] });
    const y = tw.mapBlocks(
      function halve(block, info) {
        if (info.blockIndex[0] === 2) throw new RangeError('nothing is to be had of block two');
        info.out.data.set(block.data as never);
      },
      [x],
    );
    const error = (await rejection(y.compute({ engine }))) as tw.TaskError;
    expect(error).toBeInstanceOf(tw.TaskError);
    expect(error.op).toBe('array/map-blocks');
    expect([...y.graph().keys()]).toContain(error.key);
    expect(error.message).toContain(JSON.stringify(error.key));
    expect(error.message).toContain('array/map-blocks');
    expect(error.message).toContain('RangeError: nothing is to be had of block two');
    expect(error.cause).toBeInstanceOf(RangeError);
    // The function's name, the file that stands for its text, and the line within the function.
    expect(error.stack).toMatch(/^ +at halve \(tilework-function-[0-9a-f]{8}:2:\d+\)$/m);
  });

  test('from a module, the stack names the module and the inner function', async () => {
    const file = join(import.meta.dirname, 'programs', 'steps.mjs');
    const y = tw.mapBlocks({ module: pathToFileURL(file), name: 'checkedRoot' }, [
      tw.arange(8, undefined, 1, { chunks: [4] }).subtract(2),
    ]);
    const error = (await rejection(y.compute({ engine }))) as tw.TaskError;
    expect(error.message).toContain('no root of -2');
    expect(error.stack).toMatch(/at rootOf \(file:.*steps\.mjs:7:/);
  });

  test('what it throws may be anything', async () => {
    const thrown = tw.mapBlocks(() => Promise.reject({ code: 7 }), [tw.zeros([3], { chunks: [3] })]);
    const error = (await rejection(thrown.compute({ engine }))) as tw.TaskError;
    expect(error).toBeInstanceOf(tw.TaskError);
    expect(error.cause).toEqual({ code: 7 });
  });

  test('other results of the same engine come all the same, and the engine goes on', async () => {
    const x = tw.ones([100], { chunks: [10] });
    const bad = tw.mapBlocks(() => {
      throw new Error('no');
    }, [x]);
    const settled = await Promise.allSettled([
      x.sum().compute({ engine }),
      bad.sum().compute({ engine }),
      x.add(1).sum().compute({ engine }),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await x.add(2).sum().compute({ engine })).toBe(300);
    // A thread may be at one of the tasks still that nobody waits for.
    await expect.poll(() => engine.stats()).toMatchObject({ memory: { used: 0 }, tasks: { held: 0 } });
  });

  test('a function with free variables is refused where it is written, with their names', () => {
    const offset = 3;
    expect(() =>
      tw.mapBlocks((block) => Array.from(block.data as Float64Array, (v) => v + offset), [[1, 2]]),
    ).toThrow(/offset/);
  });
});

describe('a function that ends its thread', () => {
  test.each(['exit', 'heap'])('by %s: named after three deaths, others unaffected', async (how) => {
    const { code, lines, stderr } = await run('deadly', [how]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [{ name, message, key, deadly, other, after, held }] = lines as [
      {
        name: string;
        message: string;
        key: string;
        deadly: string[];
        other: unknown;
        after: unknown;
        held: number;
      },
    ];
    expect(name).toBe('ThreadDiedError');
    expect(deadly).toContain(key);
    expect(message).toContain(`task "${key}" (array/map-blocks) killed its thread 3 times`);
    expect(message).toContain(how === 'exit' ? 'exited with code 3' : 'memory');
    expect(other).toBe(499_500);
    expect(after).toBe(1000);
    expect(held).toBe(0);
  });
});
