/** Futures on a real scheduler with real Node workers. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { TaskError } from '../../../src/engine/errors.js';
import { Client } from '../../../src/futures/index.js';
import { describeWithDask, type Process, startScheduler } from '../support/scheduler.js';
import { startWorker } from '../worker/support/process.js';

await describeWithDask('futures on a cluster', (python) => {
  let scheduler: Process;
  let engine: ClusterEngine;
  beforeAll(async () => {
    scheduler = await startScheduler(python);
    engine = await connect(scheduler.address);
    return () => engine.dispose();
  });
  beforeEach(async () => {
    await startWorker(scheduler.address);
  });

  test('give results, also of each other, and the errors of users', async () => {
    const client = new Client(engine);
    const squares = Array.from({ length: 20 }, (_, i) => client.submit((n: number) => n * n, i));
    const total = client.submit((list: number[]) => list.reduce((a, b) => a + b, 0), squares);
    expect(await total).toBe(2470);
    const odd = client.submit((m: Map<string, bigint>) => new Set([m.get('a')]), new Map([['a', 5n]]));
    expect(await odd.result()).toEqual(new Set([5n]));
    const bad = client.submit((text: string) => JSON.parse(text), '[1, 2');
    const error = (await bad.exception()) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });
});
