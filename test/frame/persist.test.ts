/** Frames that the engine of this process keeps, and makes of delayed values. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import { fromRows } from '../../src/frame/index.js';
import { LocalEngine } from '../../src/index.js';
import { listing } from '../support/files.js';
import { testFrameFromDelayed } from './delayed-suite.js';
import { testPersisted } from './persist-suite.js';

describe('frames in the engine of this process', () => {
  let engine: LocalEngine;
  beforeAll(() => {
    engine = new LocalEngine({ threads: 2 });
  });
  afterAll(() => engine.dispose());
  testPersisted(() => engine);
  testFrameFromDelayed(() => engine);

  const held = (): string[] =>
    listing(Database.of(engine).scratch()).filter((name) => /held-\d+\/.*parquet/.test(name));

  test('files are there until they are released', async () => {
    const before = held().length;
    {
      using frame = await fromRows([{ x: 1 }, { x: 2 }]).persist({ engine });
      expect(frame.partitions).toBe(1);
      expect(held()).toHaveLength(before + 1);
    }
    expect(held()).toHaveLength(before);
  });

  test('files go when nothing that reads them is in use', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    let made: unknown = (await fromRows([{ x: 1 }]).persist({ engine })).select('x');
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    collect();
    expect(held().length).toBeGreaterThan(0);
    expect(await (made as { count(): Promise<number> }).count()).toBe(1);
    made = undefined;
    for (let tries = 0; held().length > 0 && tries < 1_000; tries++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(held()).toEqual([]);
  });
});
