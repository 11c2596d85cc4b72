import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { col, count, FrameError, fromColumns } from '../../src/frame/index.js';
import { EngineError, LocalEngine } from '../../src/index.js';
import { cannot, withDisk } from '../faults/disk.js';
import { programs } from '../faults/programs.js';
import { folders, listing } from '../support/files.js';
import { limitLeaving } from '../support/memory.js';

const folder = folders();
const { run, start } = programs();

const partitions = 6;
const rows = 200_000;
const frame = fromColumns({
  key: Int32Array.from({ length: rows }, (_, i) => Math.imul(i, 2654435761) >> 12),
  text: Array.from({ length: rows }, (_, i) => (i === 150_000 ? 'none' : String(i))),
});
const work = () =>
  frame
    .sort('text')
    .groupBy('key')
    .agg({ n: count(), m: col('text').last() });

let engine: LocalEngine;
let spill: string;
beforeEach(() => {
  spill = folder();
  engine = new LocalEngine({ threads: 2, memoryLimit: limitLeaving(1.7e9), spillDirectory: spill });
});
afterEach(() => engine.dispose());

const exchanges = (): string[] => listing(spill).filter((name) => name.includes('exchange-'));

describe('of a frame in partitions', () => {
  test('an abort rejects with its reason and leaves no file', async () => {
    for (const partitionsDone of [0, 0.2, 0.6]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const done = work().count({
        engine,
        partitions,
        signal: controller.signal,
        onProgress: (share) => {
          if (share >= partitionsDone) controller.abort(reason);
        },
      });
      await expect(done).rejects.toBe(reason);
      expect(exchanges()).toEqual([]);
    }
    await expect(work().count({ engine, partitions, signal: AbortSignal.abort('before') })).rejects.toBe(
      'before',
    );
  });

  test('an abort between batches ends them', async () => {
    const controller = new AbortController();
    const batches = frame.sort('text').batches({ engine, partitions, signal: controller.signal });
    await batches.next();
    controller.abort('enough');
    await expect(batches.next()).rejects.toBe('enough');
    expect(exchanges()).toEqual([]);
  });

  test('batches that nobody takes any more leave no file', async () => {
    for await (const _ of frame.sort('text').batches({ engine, partitions })) break;
    expect(exchanges()).toEqual([]);
  });

  test('an error in a fragment is that of one fragment, and leaves no file', async () => {
    const bad = frame
      .withColumns({ v: col('text').cast('int64') })
      .groupBy('key')
      .agg({ v: col('v').median() });
    const message = async (options: object): Promise<string> => {
      const error: unknown = await bad.rows({ engine, ...options }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(FrameError);
      return (error as Error).message;
    };
    expect(await message({ partitions })).toBe(await message({}));
    expect(exchanges()).toEqual([]);
    expect(await work().count({ engine, partitions })).toBe(await work().count({ engine }));
  });

  test('what onProgress throws rejects', async () => {
    const error = new Error('from the caller');
    const onProgress = (): never => {
      throw error;
    };
    await expect(work().count({ engine, partitions, onProgress })).rejects.toBe(error);
    expect(exchanges()).toEqual([]);
  });

  test('progress rises to 1', async () => {
    const shares: number[] = [];
    await work().rows({ engine, partitions, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});

describe('an engine that is disposed of', () => {
  test('ends its frames, and removes their files', async () => {
    // Every row beside every row beside every row: nobody will see the end of it.
    const same = fromColumns({ key: new Int32Array(60_000) });
    const product = same
      .join(same, { on: 'key' })
      .join(same, { on: 'key' })
      .agg({ n: col('key').max() });
    const running = [work().count({ engine, partitions }), product.rows({ engine })];
    const ended = running.map((each) => expect(each).rejects.toBeInstanceOf(EngineError));
    await expect.poll(exchanges, { interval: 5 }).not.toEqual([]);
    await engine.dispose();
    await Promise.all(ended);
    expect(readdirSync(spill)).toEqual([]);
    await expect(work().count({ engine })).rejects.toBeInstanceOf(EngineError);
  });

  test('ends batches that are not taken to the end', async () => {
    const batches = frame.batches({ engine });
    await batches.next();
    await engine.dispose();
    await expect(batches.next()).rejects.toBeInstanceOf(EngineError);
    expect(readdirSync(spill)).toEqual([]);
  });
});

describe('a process', () => {
  test('ends by itself, and leaves no file', async () => {
    const disk = folder();
    const { code, lines, stderr } = await run('frame-partitions', ['idle', disk]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines).toEqual([{ spill: 1 }]);
    expect(listing(disk)).toEqual(['spill']);
  });

  test('whose engine is disposed of while a frame connects to the database goes on', async () => {
    const { code, lines, stderr } = await run('frame-partitions', ['connecting', folder()]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lines).toEqual([{ error: 'EngineError', end: ['spill'] }]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ended by %s leaves no file', async (signal) => {
    const disk = folder();
    const program = start('frame-partitions', ['signal', disk]);
    await program.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    program.child.kill(signal);
    expect((await program.ended).signal).toBe(signal);
    expect(listing(disk)).toEqual(['spill']);
  });

  test('that was killed leaves files, and the next engine removes them', async () => {
    const disk = folder();
    const program = start('frame-partitions', ['signal', disk]);
    await program.next();
    program.child.kill('SIGKILL');
    await program.ended;
    expect(listing(disk).length).toBeGreaterThan(1);
    await new LocalEngine({ threads: 1, spillDirectory: `${disk}/spill` }).dispose();
    expect(listing(disk)).toEqual(['spill']);
  });

  test.skipIf(cannot !== '')('whose disk is full says so, and leaves no file', async () => {
    const disk = folder();
    const { code, lines, stderr } = await run('frame-partitions', ['disk', disk], { under: withDisk(disk) });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { error, left, after, end } = lines[0] as {
      error?: { name: string; message: string };
      left: string[];
      after: number;
      end: string[];
    };
    expect(error?.name).toBe('SpillError');
    expect(error?.message).toMatch(/full.*spillDirectory/);
    expect(left).toEqual([]);
    expect(after).toBe(2);
    expect(end).toEqual(['spill']);
  });
});
