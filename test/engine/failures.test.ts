import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { EngineError, LocalEngine, TaskError, ThreadDiedError } from '../../src/engine/index.js';
import { makeEngine } from './support/engine.js';
import { callTask, fillTask, graphOf, holdTask, rejection, tree, valueIn } from './support/graphs.js';

describe('a task that throws', () => {
  test('rejects the run with its key, operation, message and stack', async () => {
    const engine = makeEngine();
    const task = callTask('broken', 'function userCode() { throw new RangeError("not in range"); }');
    const error = (await rejection(engine.run(graphOf(task), ['broken']))) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error.message).toBe('task "broken" (call) failed: RangeError: not in range');
    expect(error.key).toBe('broken');
    expect(error.op).toBe('call');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect((error.cause as Error).stack).toMatch(
      /^RangeError: not in range\n {4}at userCode \(tilework-function-/,
    );
    expect(error.stack).toMatch(/^TaskError: task "broken".*\n {4}at userCode \(tilework-function-/);
  });

  test('keeps the cause, name and properties of its error', async () => {
    const engine = makeEngine();
    const source = `() => {
      const error = new Error('outer', { cause: new TypeError('inner') });
      error.name = 'OwnError';
      throw Object.assign(error, { code: 'E_OWN', detail: [1, 2], fn: () => 0 });
    }`;
    const error = (await rejection(engine.run(graphOf(callTask('a', source)), ['a']))) as TaskError;
    expect(error.cause).toMatchObject({ name: 'OwnError', message: 'outer', code: 'E_OWN', detail: [1, 2] });
    expect((error.cause as Error).cause).toBeInstanceOf(TypeError);
  });

  test.each([
    ['throws a string', '() => { throw "plain"; }', 'failed: plain'],
    ['throws nothing', '() => { throw undefined; }', 'failed: undefined'],
    ['rejects', 'async () => { throw new Error("late"); }', 'failed: late'],
    ['does not compile', '() => { let let; }', 'failed: SyntaxError'],
    ['returns a function', '() => () => 1', 'TypeError: the result is a function: return plain data'],
    ['returns a symbol', '() => [{ a: Symbol("s") }]', 'the result[0].a is a symbol: return plain data'],
    ['returns a method', '() => ({ n: 1, m() {} })', 'the result.m is a function: return plain data'],
    [
      'returns a promise inside',
      'async () => ({ p: Promise.resolve(1) })',
      'the result.p is an instance of Promise, of which nothing would arrive',
    ],
    [
      'returns what is native',
      '() => new URL("http://a/b")',
      'the result is an instance of URL, of which nothing would arrive',
    ],
    [
      'returns private fields',
      '() => new (class Secret { #n = 1; })()',
      'an instance of Secret, of which nothing would arrive',
    ],
    ['returns an iterator', '() => [1].values()', 'of which nothing would arrive'],
    [
      'returns a proxy',
      '() => new Proxy({ a: 1 }, {})',
      'cannot be sent to another thread: #<Object> could not be cloned',
    ],
  ])('%s', async (_, source, message) => {
    const engine = makeEngine();
    const error = await rejection(engine.run(graphOf(callTask('a', source)), ['a']));
    expect(error).toBeInstanceOf(TaskError);
    expect((error as Error).message).toContain(message);
  });

  test.each([
    ['a message that is no text', 'error.message = { of: 1 };', 'failed: {"of":1}'],
    ['a message that is a function', 'error.message = () => 1;', 'failed: () => 1'],
    ['a name that is a symbol', "error.name = Symbol('own');", 'failed: Symbol(own): x'],
    ['a name that objects have', "error.name = '__proto__';", 'failed: __proto__: x'],
    ['a stack that is no text', 'error.stack = [() => 1];', 'failed: x'],
    [
      'a property that throws',
      "Object.defineProperty(error, 'bad', { enumerable: true, get() { throw new Error('unread'); } });",
      'failed: x',
    ],
    ['a property that contains itself', 'error.itself = {}; error.itself.again = error.itself;', 'failed: x'],
  ])('throws an error with %s', async (_, change, message) => {
    const engine = makeEngine({ threads: 1 });
    const source = `() => { const error = new Error('x'); ${change} throw error; }`;
    const error = (await rejection(engine.run(graphOf(callTask('a', source)), ['a']))) as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error).not.toBeInstanceOf(ThreadDiedError);
    expect(error.message).toBe(`task "a" (call) ${message}`);
  });

  test('tells of all errors where none of several promises is kept', async () => {
    const source =
      "() => Promise.any([Promise.reject(new Error('one')), Promise.reject(new TypeError('two'))])";
    const error = await rejection(makeEngine().run(graphOf(callTask('a', source)), ['a']));
    expect((error as TaskError).cause).toMatchObject({
      name: 'AggregateError',
      errors: [{ message: 'one' }, { message: 'two' }],
    });
  });

  test('is run again as often as is allowed', async () => {
    const engine = makeEngine({ threads: 1 });
    const source =
      "() => { globalThis.tries = (globalThis.tries ?? 0) + 1; if (tries < 3) throw new Error('try ' + tries); return tries; }";
    await expect(engine.run(graphOf(callTask('a', source)), ['a'], { retries: 1 })).rejects.toThrow('try 2');
    using results = await engine.run(graphOf(callTask('a', source)), ['a'], { retries: 1 });
    expect(valueIn(results.get('a'))).toBe(3);
  });

  test('does not disturb other runs, nor what is computed later', async () => {
    const engine = makeEngine();
    const graph = new Map([...tree(1024), ['bad', callTask('bad', '() => { throw new Error("bad"); }')]]);
    const [bad, good] = await Promise.allSettled([engine.run(graph, ['bad']), engine.run(graph, ['root'])]);
    expect(bad.status).toBe('rejected');
    expect(good.status === 'fulfilled' && valueIn(good.value.get('root'))).toBe((1024 * 1025) / 2);
    await expect(engine.run(graph, ['bad'])).rejects.toThrow('bad');
  });

  test('leaves nothing in memory', async () => {
    const engine = makeEngine();
    const graph = graphOf(
      fillTask('a', 1, 10_000),
      fillTask('b', 1, 10_000),
      callTask('c', '() => { throw new Error("no"); }', [{ $input: 0 }, { $input: 1 }], ['a', 'b']),
    );
    await expect(engine.run(graph, ['c'])).rejects.toThrow(TaskError);
    await expect.poll(() => engine.stats()).toMatchObject({ memory: { used: 0 }, tasks: { held: 0 } });
  });
});

describe('a task that cannot be sent', () => {
  test('is named, and its neighbours are computed', async () => {
    const engine = makeEngine({ threads: 1 });
    const bad = { key: 'bad', op: 'leaf', inputs: [], params: { fn: () => 0 } };
    const graph = new Map([...tree(64), ['bad', bad]]);
    const [failed, done] = await Promise.allSettled([
      engine.run(graph, ['bad']),
      engine.run(graph, ['root']),
    ]);
    expect(done.status === 'fulfilled' && valueIn(done.value.get('root'))).toBe(32 * 65);
    const error = (failed as PromiseRejectedResult).reason as TaskError;
    expect(error).toBeInstanceOf(TaskError);
    expect(error.message).toBe(
      'task "bad" (leaf) failed: TypeError: the parameters of the task, or what it reads, cannot be sent to a thread',
    );
  });
});

describe('a task that reads what cannot be sent', () => {
  test('is named', async () => {
    const engine = makeEngine({ threads: 1 });
    await engine.supply('held', { value: () => 1 });
    const graph = graphOf(callTask('reads', '(held) => held', [{ $input: 0 }], ['held']));
    await expect(engine.run(graph, ['reads'])).rejects.toThrow(
      /task "reads" .*or what it reads, cannot be sent/,
    );
  });
});

describe('threads that cannot start', () => {
  test('reject what runs, with the reason', async () => {
    const broken = new URL(`data:text/javascript,${encodeURIComponent('throw new Error("no such luck")')}`);
    const engine = new LocalEngine({ threads: 1 }, { entry: broken });
    const error = await rejection(engine.run(tree(4), ['root']));
    expect(error).toBeInstanceOf(EngineError);
    expect((error as Error).message).toBe('threads end before they run a task: no such luck');
    await engine.dispose();
  });
});

describe('a thread that dies', () => {
  test('is replaced, and only the task that killed it is blamed', async () => {
    const engine = makeEngine();
    const graph = new Map([...tree(4096), ['killer', callTask('killer', '() => process.exit(3)')]]);
    const [killer, others] = await Promise.allSettled([
      engine.run(graph, ['killer']),
      engine.run(graph, ['root']),
    ]);
    expect(killer).toMatchObject({ status: 'rejected' });
    const error = (killer as PromiseRejectedResult).reason as ThreadDiedError;
    expect(error).toBeInstanceOf(ThreadDiedError);
    expect(error.message).toBe(
      'task "killer" (call) killed its thread 3 times; last: the thread exited with code 3',
    );
    expect(others.status === 'fulfilled' && valueIn(others.value.get('root'))).toBe((4096 * 4097) / 2);
  });

  test('of too many JavaScript objects: the task is named, the process lives', async () => {
    const engine = makeEngine({ threads: 1, memoryLimit: '256MiB' });
    const hog = callTask('hog', '() => { const all = []; for (;;) all.push({ all: [all.length] }); }');
    const error = (await rejection(engine.run(graphOf(hog), ['hog']))) as ThreadDiedError;
    expect(error).toBeInstanceOf(ThreadDiedError);
    expect(error.message).toContain('task "hog" (call) killed its thread 3 times; last: ');
    expect(error.cause).toHaveProperty('code', 'ERR_WORKER_OUT_OF_MEMORY');
    using results = await engine.run(graphOf({ key: 'a', op: 'leaf', inputs: [], params: 1 }), ['a']);
    expect(valueIn(results.get('a'))).toBe(1);
  });

  test('once costs one more try', async () => {
    const engine = makeEngine({ threads: 1 });
    const path = JSON.stringify(`/tmp/tilework-test-${process.pid}-${Date.now()}`);
    const source = `async () => {
      const fs = await import('node:fs');
      try { fs.rmdirSync(${path}); } catch { fs.mkdirSync(${path}); process.exit(1); }
      return 'second try';
    }`;
    using results = await engine.run(graphOf(callTask('a', source)), ['a']);
    expect(valueIn(results.get('a'))).toBe('second try');
  });

  test('by an error outside of any task does not stop the work', async () => {
    const engine = makeEngine({ threads: 1 });
    const stray = callTask(
      'stray',
      '() => { setTimeout(() => { throw new Error("stray"); }, 5); return 1; }',
    );
    (await engine.run(graphOf(stray), ['stray']))[Symbol.dispose]();
    await sleep(50);
    using results = await engine.run(tree(256), ['root']);
    expect(valueIn(results.get('root'))).toBe((256 * 257) / 2);
  });
});

describe('cancelling', () => {
  test('rejects at once with the reason, though a task is running', async () => {
    const engine = makeEngine({ threads: 1 });
    const controller = new AbortController();
    const endless = { key: 'endless', op: 'spin', inputs: [], params: { ms: 1e9 } };
    const run = engine.run(
      graphOf(endless, { key: 'next', op: 'add', inputs: ['endless'], params: 0 }),
      ['next'],
      {
        signal: controller.signal,
      },
    );
    const outcome = rejection(run);
    await sleep(100);
    controller.abort(new Error('enough'));
    // In the same turn of the event loop: a thread cannot have said anything meanwhile.
    const later = new Promise((resolve) => setImmediate(resolve, 'later'));
    expect(await Promise.race([outcome, later])).toMatchObject({ message: 'enough' });
    // The thread is replaced: there is only one.
    using results = await engine.run(tree(64), ['root']);
    expect(valueIn(results.get('root'))).toBe(32 * 65);
  });

  test('frees all memory, once threads are done', async () => {
    const engine = makeEngine();
    const controller = new AbortController();
    const directory = mkdtempSync(join(tmpdir(), 'tilework-cancelled-'));
    const [started, released] = [join(directory, 'started'), join(directory, 'released')];
    const block = [{ dtype: 'float64' as const, shape: [10_000] }];
    const held = Array.from({ length: 20 }, (_, i) => holdTask(`held-${i}`, { started, released }, block));
    const run = engine.run(
      graphOf(...held),
      held.map((task) => task.key),
      { signal: controller.signal },
    );
    while (!existsSync(started)) await sleep(5);
    controller.abort();
    await expect(run).rejects.toThrow(controller.signal.reason);
    expect(engine.stats().memory.used).toBeGreaterThan(0);
    writeFileSync(released, '');
    await expect.poll(() => engine.stats()).toMatchObject({ memory: { used: 0 }, tasks: { held: 0 } });
    rmSync(directory, { recursive: true });
  });

  test('leaves what another run needs', async () => {
    const engine = makeEngine();
    const controller = new AbortController();
    const graph = graphOf({ key: 'shared', op: 'sleep', inputs: [], params: { ms: 100 } });
    const cancelled = engine.run(graph, ['shared'], { signal: controller.signal });
    const kept = engine.run(graph, ['shared']);
    controller.abort();
    await expect(cancelled).rejects.toThrow();
    expect(valueIn((await kept).get('shared'))).toBe(100);
    expect(engine.stats().tasks.done).toBe(1);
  });

  test('a large graph, or an error or a refusal in the midst of it, leaves nothing', async () => {
    const engine = makeEngine();
    const leaves = 2 ** 13;
    const graph = tree(leaves);
    const keys = [...graph.keys()];
    const idle = async (): Promise<void> => {
      while (engine.stats().tasks.held > 0) await sleep(5);
      expect(engine.stats().memory.used).toBe(0);
    };
    let taken = 0;
    const midway = (act: () => void) => (): void => {
      if (++taken === leaves / 2) act();
    };
    const controller = new AbortController();
    const aborted = engine.run(graph, keys, {
      signal: controller.signal,
      onOutput: midway(() => controller.abort(new Error('enough'))),
    });
    await expect(aborted).rejects.toThrow('enough');
    await idle();
    taken = 0;
    const refused = engine.run(graph, keys, {
      onOutput: midway(() => {
        throw new RangeError('not this one');
      }),
    });
    await expect(refused).rejects.toThrow('not this one');
    await idle();
    const wrong = callTask('leaf-5000', '() => { throw new TypeError("in the midst"); }');
    const failing = new Map([...graph, [wrong.key, wrong]]);
    await expect(engine.run(failing, keys)).rejects.toThrow(
      'task "leaf-5000" (call) failed: TypeError: in the midst',
    );
    await idle();
    const results = await engine.run(graph, ['root']);
    expect(valueIn(results.get('root'))).toBe((leaves * (leaves + 1)) / 2);
    results[Symbol.dispose]();
    await idle();
  });

  test('before the start starts nothing', async () => {
    const engine = makeEngine();
    await expect(engine.run(tree(4), ['root'], { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(engine.stats().tasks).toEqual({ done: 0, held: 0 });
  });
});

describe('an engine that is disposed of', () => {
  test('rejects what runs, and later runs', async () => {
    const engine = makeEngine();
    const run = engine.run(graphOf({ key: 'a', op: 'spin', inputs: [], params: { ms: 1e9 } }), ['a']);
    const outcome = rejection(run);
    await sleep(60);
    await engine.dispose();
    expect(await outcome).toBeInstanceOf(EngineError);
    await expect(engine.run(tree(4), ['root'])).rejects.toThrow(EngineError);
    expect(engine.stats().threads.running).toBe(0);
  });
});
