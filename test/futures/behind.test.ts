/** Walks over what is behind futures: graphs of inputs, of which some are works. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.js';
import { failedBehind, tasksFor, works, worksBehind } from '../../src/futures/behind.js';
import type { Work } from '../../src/futures/work.js';
import type { Task } from '../../src/graph/task.js';
import type { LazyInput } from '../../src/lazy/index.js';

const engine = {} as Engine;

/** A call of inputs; with an outcome a future's, which an engine is at while it is pending. */
function call(key: string, inputs: readonly LazyInput[], outcome?: Work['outcome']): LazyInput {
  const task = { key, op: 'call', inputs: inputs.map((input) => input.key), params: {} } as Task;
  const input: LazyInput = { key, inputs, tasks: () => [task] };
  const isAt = (asked: Engine): boolean => outcome === 'pending' && asked === engine;
  if (outcome !== undefined) works.set(input, { key, outcome, isAt } as unknown as Work);
  return input;
}

const STEPS = 100_000;

function chain(outcome: Work['outcome']): LazyInput {
  let last = call('0', [], outcome);
  for (let i = 1; i < STEPS; i++) last = call(String(i), [last], outcome);
  return last;
}

const keysOf = (found: Iterable<{ readonly key: string }>): string[] => Array.from(found, ({ key }) => key);

describe('what failed behind a future', () => {
  it('comes after what it reads, in a chain however deep', () => {
    const expected = Array.from({ length: STEPS }, (_, i) => String(i));
    expect(keysOf(failedBehind(call('end', [chain('error')], 'error')))).toEqual(expected);
  });

  it('is found behind delayed values and what did not fail, once', () => {
    const a = call('a', [], 'error');
    const b = call('b', [call('delayed', [a]), call('fine', [], 'finished')], 'error');
    const c = call('c', [a, b], 'finished');
    const end = call('end', [c, b, a], 'error');
    expect(keysOf(failedBehind(end))).toEqual(['a', 'b']);
    expect(keysOf(worksBehind([call('lazy', [end, c])]))).toEqual(['end', 'c']);
  });
});

describe('the tasks that an engine is given', () => {
  it('are not those before the inputs of what it is at', () => {
    const end = call('end', [chain('pending')]);
    expect([...tasksFor(end, engine).keys()]).toEqual(['end', String(STEPS - 1)]);
    expect(tasksFor(end, {} as Engine).size).toBe(STEPS + 1);
  });

  it('are all of what it is not at', () => {
    const held = call('held', [call('before', [], 'pending')], 'pending');
    const lazy = call('lazy', [held, call('other', [])]);
    const end = call('end', [call('outer', [lazy])]);
    expect(new Set(tasksFor(end, engine).keys())).toEqual(new Set(['end', 'outer', 'lazy', 'other', 'held']));
    const begun = call('begun', [call('a delayed value', [call('long ago', [], 'pending')])], 'pending');
    expect([...tasksFor(call('end', [begun]), engine).keys()]).toEqual(['end', 'begun', 'a delayed value']);
  });
});
