/** Actors on the local engine: what they do on any, and what is its own. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testActors } from './actors-suite.js';

const { Client, LocalEngine } = tw;

testActors(async () => new LocalEngine({ threads: 2 }));

class Counter {
  n = 0;
  increment(): number {
    return ++this.n;
  }
  never(): Promise<never> {
    return new Promise(() => {});
  }
}

it('end with the engine', async () => {
  const engine = new LocalEngine({ threads: 1 });
  const counter = await new Client(engine).actor(Counter);
  const waiting = expect(counter.never()).rejects.toThrow(/disposed of/);
  await engine.dispose();
  await waiting;
  await expect(counter.increment()).rejects.toThrow(/disposed of/);
  await expect(new Client(engine).actor(Counter)).rejects.toThrow(/disposed of/);
});

it('have no resources here', async () => {
  await using engine = new LocalEngine({ threads: 1 });
  await expect(new Client(engine).with({ resources: { GPU: 1 } }).actor(Counter)).rejects.toThrow(
    /offers no resource "GPU"/,
  );
});

it('work beside tasks that have all threads', async () => {
  await using engine = new LocalEngine({ threads: 1 });
  const client = new Client(engine);
  using counter = await client.actor(Counter);
  const waits = client.submit(() => new Promise<number>(() => {}));
  expect(await counter.increment()).toBe(1);
  waits.cancel();
});

it('end when they are collected', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await using engine = new LocalEngine({ threads: 1 });
  await (async () => {
    const counter = await new Client(engine).actor(Counter);
    await counter.increment();
  })();
  expect(engine.actors.keys()).toHaveLength(1);
  await expect
    .poll(() => {
      collect();
      return engine.actors.keys();
    })
    .toEqual([]);
});

it('collect garbage with the threads of the engine', async () => {
  await using engine = new LocalEngine({ threads: 1 });
  using counter = await new Client(engine).actor(Counter);
  await counter.increment();
  await engine.collectGarbage();
  expect(await counter.n).toBe(1);
});
