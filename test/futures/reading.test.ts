/** How results are asked for: of an engine that only counts questions. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Engine, RunOptions } from '../../src/engine/engine.js';
import { FetchedResults } from '../../src/engine/fetched-results.js';
import type { Result } from '../../src/engine/op.js';
import { read } from '../../src/futures/reading.js';
import { GraphError } from '../../src/graph/errors.js';
import type { Graph, Key } from '../../src/graph/task.js';

/** Gives `value of KEY`; not at all of keys that are lost, and not yet of those that are stuck. */
function asked({ lost = [], stuck }: { lost?: readonly Key[]; stuck?: Promise<void> } = {}) {
  const questions: (readonly Key[])[] = [];
  const run = async (_: Graph, keys: readonly Key[], { onOutput }: RunOptions = {}) => {
    questions.push(keys);
    if (keys.some((key) => key.startsWith('stuck'))) await stuck;
    await turn();
    for (const key of keys) {
      if (lost.includes(key)) throw new GraphError(`${key} is lost`);
      await onOutput!(key, { kind: 'value', value: `value of ${key}` } as Result);
    }
    return new FetchedResults(new Map());
  };
  const engine = { run } as unknown as Engine;
  const of = (key: Key): Promise<unknown> =>
    read(engine, key, (result) => (result as { value: unknown }).value, {});
  return { questions, of };
}

describe('reading results', () => {
  it('asks for all of a turn together', async () => {
    const { questions, of } = asked();
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    const values = Promise.all([...keys, 'k7'].map(of));
    expect(await values).toEqual([...keys, 'k7'].map((key) => `value of ${key}`));
    expect(await of('k0')).toBe('value of k0');
    expect(questions).toEqual([keys, ['k0']]);
  });

  it('says of each that is lost that it is, and gives the others', async () => {
    const { of } = asked({ lost: ['b', 'd'] });
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(of));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)),
    ).toEqual(['value of a', 'b is lost', 'value of c', 'd is lost', 'value of e']);
  });

  it('gathers what comes while questions are open, and waits for none that is stuck', async () => {
    let go!: () => void;
    const stuck = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { questions, of } = asked({ stuck });
    const late: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) {
      late.push(of(`stuck${i}`));
      await turn();
    }
    const values: Promise<unknown>[] = [];
    for (let i = 0; i < 3; i++) {
      values.push(of(`k${i}`));
      await turn();
    }
    expect(questions.length).toBe(4);
    expect(await Promise.all(values)).toEqual(['value of k0', 'value of k1', 'value of k2']);
    expect(questions.slice(4)).toEqual([['k0', 'k1', 'k2']]);
    go();
    expect(await Promise.all(late)).toEqual([0, 1, 2, 3].map((i) => `value of stuck${i}`));
  });
});
