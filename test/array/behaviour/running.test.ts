/** What engines hold, tell and give up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';
import { operations, ran, stored } from './support.js';

const engine = new tw.LocalEngine({ threads: 2 });
const directory = mkdtempSync(join(tmpdir(), 'tilework-behaviour-'));
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

describe('persist', () => {
  it('keeps blocks in the engine, and what reads them does not make them again', async () => {
    const x = stored([600, 4], [100, 4]).exp();
    const held = await x.persist({ engine });
    expect(held.dtype).toBe('float64');
    expect(held.chunks).toEqual(x.chunks);
    expect(engine.stats().tasks.held).toBeGreaterThanOrEqual(6);
    expect(held.graph().size).toBe(0);
    const { tasks, value } = await ran(engine, () => held.min().compute({ engine }));
    expect(tasks).toBe(held.min().graph().size);
    expect(operations(held.min().graph())).toEqual({ 'array/fused': 7 });
    expect(value).toBe(1);
    // The blocks have the names of the work: what asks for them as they are finds them too.
    const again = await ran(engine, () => x.compute({ engine }));
    expect(again.tasks).toBe(0);
  });

  it('gives blocks up when it is told to', async () => {
    await using own = new tw.LocalEngine({ threads: 1 });
    const x = stored([600, 4], [100, 4]);
    const [low, high] = await tw.persist([x.add(1), x.add(2)], { engine: own });
    expect(own.stats().tasks.held).toBe(12);
    low.release();
    low.release();
    expect(own.stats().tasks.held).toBe(6);
    const refused = {
      name: 'EngineError',
      message: expect.stringMatching('an array .* was released: .* persist it again'),
    };
    await expect(low.sum().compute()).rejects.toMatchObject(refused);
    await expect(low.rechunk([600, 4]).persist()).rejects.toMatchObject(refused);
    {
      using both = await high.add(1).persist();
      expect(await both.min().compute()).toBe(await x.min().add(3).compute({ engine: own }));
      expect(own.stats().tasks.held).toBe(12);
    }
    expect(own.stats().tasks.held).toBe(6);
  });

  it('keeps several in one pass', async () => {
    const x = stored([8, 3], [4, 3]);
    const [total, plus] = [x.sum(), x.add(1)];
    const { tasks, value } = await ran(engine, () => tw.persist([total, plus], { engine }));
    expect(tasks).toBe(total.graph().size + plus.graph().size - 2);
    const [sum, elements] = await tw.compute(value, { engine });
    expect(sum).toBe(864);
    expect((elements as tw.NDArray).shape).toEqual([8, 3]);
  });

  it('has the engine that holds blocks compute what reads them, and no other', async () => {
    await using other = new tw.LocalEngine({ threads: 3 });
    const held = await tw.arange(6, { chunks: 2 }).persist({ engine });
    expect(await held.sum().compute()).toBe(15);
    expect(
      await tw
        .fromArray(held, 'n')
        .agg({ most: tw.col('n').max() })
        .rows(),
    ).toEqual([{ most: 5 }]);
    const refused = {
      name: 'EngineError',
      message:
        'tilework.LocalEngine<2 threads> holds what is read, and tilework.LocalEngine<3 threads> has not got it: ' +
        'compute it with the first (leave engine out), or persist it in the second',
    };
    const double = tw.delayed((block: { data: Float64Array }) => 2 * block.data[0]!);
    await expect(held.add(1).compute({ engine: other })).rejects.toMatchObject(refused);
    await expect(held.T.persist({ engine: other })).rejects.toMatchObject(refused);
    await expect(tw.toNpy(held, join(directory, 'x.npy'), { engine: other })).rejects.toMatchObject(refused);
    await expect(double(held).compute({ engine: other })).rejects.toMatchObject(refused);
    await expect(held.toDelayed()[0]!.compute({ engine: other })).rejects.toMatchObject(refused);
    expect(() => new tw.Client(other).submit((x) => x, held)).toThrow(refused.message);
    await expect(tw.fromArray(held, 'n').rows({ engine: other })).rejects.toThrow(refused.message);

    const there = await tw.ones([6], { chunks: 2 }).persist({ engine: other });
    const both =
      /LocalEngine<2 threads> holds some of what is read, and tilework.LocalEngine<3 threads> the rest, .*persist both in one/;
    expect(() => held.add(there)).toThrow(both);
    const first = tw.delayed((blocks: readonly { data: Float64Array }[]) => blocks[0]!.data[0]!);
    expect(() => first(tw.delayed([held, there]))).toThrow(both);
    await expect(tw.compute([held, there])).rejects.toThrow(both);
  });

  it('gives blocks up when no array reads them any more', async () => {
    setFlagsFromString('--expose_gc');
    const gc = runInNewContext('gc') as () => void;
    const own = new tw.LocalEngine({ threads: 1 });
    try {
      const keys = await (async () => {
        const held = await tw.ones([10], { chunks: 5 }).add(0.5).persist({ engine: own });
        await held.sum().compute({ engine: own });
        return [...held.sum().graph().values()].flatMap(({ inputs }) => inputs).filter((key) => own.has(key));
      })();
      expect(keys).toHaveLength(2);
      for (let i = 0; i < 1_000 && keys.some((key) => own.has(key)); i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(keys.filter((key) => own.has(key))).toEqual([]);
      expect(own.stats().memory.used).toBe(0);
    } finally {
      await own.dispose();
    }
  });
});

describe('while it runs', () => {
  it('tells its progress, and at last that it is done', async () => {
    const x = stored([2000, 500], [100, 500]).sin().sum(0);
    const events: tw.Progress[] = [];
    await x.compute({ engine, onProgress: (progress) => events.push(progress) });
    const last = events[events.length - 1];
    expect(last).toMatchObject({ finished: true, done: x.graph().size, total: x.graph().size });
    expect(events.filter(({ finished }) => finished)).toHaveLength(1);
    for (const [i, { done, total, elapsed }] of events.entries()) {
      expect(done).toBeLessThanOrEqual(total);
      expect(done).toBeGreaterThanOrEqual(events[i - 1]?.done ?? 0);
      expect(elapsed).toBeGreaterThanOrEqual(events[i - 1]?.elapsed ?? 0);
    }
  });

  it('can be aborted, with the reason, and the engine goes on', async () => {
    const slow = tw.mapBlocks(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        return [1];
      },
      [],
      { shape: [50], chunks: 1 },
    );
    const stop = new AbortController();
    const reason = new Error('seen enough');
    const computing = slow.compute({ engine, signal: stop.signal });
    setTimeout(() => stop.abort(reason), 50);
    await expect(computing).rejects.toBe(reason);
    await expect(slow.compute({ engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(slow.persist({ engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await tw.ones([3]).sum().compute({ engine })).toBe(3);
  });
});
