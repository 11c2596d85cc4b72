/** Variables, queues, events and semaphores on the local engine. */
import { describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testCoordination } from './coordination-suite.js';

describe('what is shared by names', () => testCoordination(async () => new tw.LocalEngine({ threads: 2 })));

it('ends with the engine', async () => {
  const engine = new tw.LocalEngine({ threads: 1 });
  const client = new tw.Client(engine);
  const waits = client.queue('q').get();
  await engine.dispose();
  await expect(waits).rejects.toThrow('the engine was disposed of');
  await expect(client.queue('q').size()).rejects.toThrow('the engine was disposed of');
});

it('waits beside its thread: one is enough', async () => {
  await using engine = new tw.LocalEngine({ threads: 1 });
  const tasks = new tw.Client(engine).with({ captured: { getClient: tw.getClient } });
  const { getClient } = tw;
  const taken = tasks.submit(() => getClient().queue<number>('q').get());
  await tasks.submit((n: number) => getClient().queue<number>('q').put(n), 5);
  expect(await taken).toBe(5);
});
