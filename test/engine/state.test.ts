import { describe, expect, test } from 'vitest';
import { MemoryLimitError, SpillError, ThreadDiedError } from '../../src/engine/errors.js';
import type { Instruction, Report } from '../../src/engine/state/instructions.js';
import type { RunRecord } from '../../src/engine/state/records.js';
import { EngineState } from '../../src/engine/state/state.js';
import type { Graph, Key, Task } from '../../src/graph/task.js';
import { task } from './support/world.js';

const MIB = 2 ** 20;

const make = (threads: number, budgetMib = 100): EngineState =>
  new EngineState({ threads, budget: budgetMib * MIB, memoryLimit: 2 * budgetMib * MIB });

const graphOf = (...tasks: Task[]): Graph => new Map(tasks.map((task) => [task.key, task]));

let runs = 0;
const submit = (
  state: EngineState,
  graph: Graph,
  outputs: readonly Key[],
  more: { streamed?: boolean; retries?: number; priorities?: ReadonlyMap<Key, number> } = {},
): RunRecord => {
  const run = state.submitted({ run: ++runs, graph, outputs, retries: 0, streamed: false, ...more });
  state.begin();
  return run;
};

/** Instructions since the last call, of one kind. */
type Kind = Instruction['do'];
type Of<K extends Kind> = Extract<Instruction, { do: K }>;
function taken<K extends Kind>(state: EngineState, kind: K): Of<K>[] {
  return state.take().filter((instruction): instruction is Of<K> => instruction.do === kind);
}

/** What was sent since the last call: one line a batch, the thread and the keys. */
const sent = (state: EngineState): string[] => batches(state.take());
const batches = (instructions: readonly Instruction[]): string[] =>
  instructions.flatMap((instruction) =>
    instruction.do === 'run'
      ? [`${instruction.thread}: ${instruction.tasks.map((record) => record.task.key).join(' ')}`]
      : [],
  );

const done = (milliseconds: number): Report => ({ outcome: 'finished', milliseconds, value: null });
const many = (count: number, make: (i: number) => Task): Task[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Reports all tasks done, as they are sent; the writes to disk asked for meanwhile. */
function finishAll(state: EngineState, milliseconds = 1): Of<'spill'>[] {
  const spills: Of<'spill'>[] = [];
  for (;;) {
    const instructions = state.take();
    spills.push(...instructions.filter((one): one is Of<'spill'> => one.do === 'spill'));
    const batches = instructions.filter((one): one is Of<'run'> => one.do === 'run');
    if (batches.length === 0) return spills;
    for (const { thread, tasks } of batches)
      state.reported(
        thread,
        tasks.map(() => done(milliseconds)),
      );
  }
}

describe('the main thread', () => {
  const withHere = (threads = 2): EngineState =>
    new EngineState({ threads, here: true, budget: 100 * MIB, memoryLimit: 200 * MIB });
  const little = (key: string, inputs: readonly Key[] = []): Task => task(key, inputs, { work: 1000 });

  test('does a little work itself, without a thread', () => {
    const state = withHere();
    submit(state, graphOf(little('a'), little('b', ['a'])), ['b']);
    const instructions = state.take();
    expect(batches(instructions)).toEqual(['2: a b']);
    expect(instructions.filter((one) => one.do === 'start')).toEqual([{ do: 'start', thread: 2 }]);
    state.reported(2, [done(0.1), done(0.1)]);
    expect(taken(state, 'resolve').length).toBe(1);
    submit(state, graphOf(little('c')), ['c']);
    expect(sent(state)).toEqual(['2: c']);
  });

  test.each([
    ['a task that may wait', [little('a'), task('b', ['a'])]],
    ['a task of unknown work', [task('b', [], { work: Number.NaN })]],
    ['much work', [task('a', [], { work: 3e6 }), task('b', ['a'], { work: 3e6 })]],
    [
      'many tasks',
      [
        ...many(80, (i) => little(`t${i}`)),
        little('b', ['t0', 't79', ...many(78, (i) => little(`t${i + 1}`)).map(({ key }) => key)]),
      ],
    ],
  ])('leaves %s to threads', (_, tasks) => {
    const state = withHere();
    submit(state, graphOf(...tasks), ['b']);
    expect(new Set(taken(state, 'run').map(({ thread }) => thread))).not.toContain(2);
  });

  test('is sent some milliseconds of work at a time', () => {
    const state = withHere();
    const tasks = many(9, (i) => task(`t${i}`, [], { work: 5e5 }));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    expect(sent(state)).toEqual(['2: t0 t1 t2 t3 t4']);
    state.reported(2, Array(5).fill(done(0.01)));
    // However fast it was: what tasks say counts.
    expect(sent(state)).toEqual(['2: t5 t6 t7 t8']);
  });

  test('is sent nothing more when there is more than a little, and what it has stays with it', () => {
    const state = withHere();
    const tasks = many(9, (i) => task(`t${i}`, [], { work: 5e5 }));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    expect(sent(state)).toEqual(['2: t0 t1 t2 t3 t4']);
    const other = task('other', [], { work: 4e6 });
    submit(state, graphOf(other), ['other']);
    expect(sent(state)).toEqual(['0: t5 t6 t7', '1: t8']);
    state.reported(2, Array(5).fill(done(0.01)));
    expect(sent(state)).toEqual(['1: other']);
  });

  test('that cannot run anything leaves all to threads', () => {
    const state = withHere();
    submit(state, graphOf(little('a'), little('b', ['a'])), ['b']);
    expect(sent(state)).toEqual(['2: a b']);
    state.died(2, -1, new Error('no such file'));
    expect(sent(state)).toEqual(['0: a b']);
  });
});

describe('batches', () => {
  test('a chain goes to one thread at once', () => {
    const state = make(2);
    submit(state, graphOf(task('a', []), task('b', ['a']), task('c', ['b', 'a'])), ['c']);
    expect(sent(state)).toEqual(['0: a b c']);
  });

  test('before a layer was timed few tasks are sent, afterwards many', () => {
    const state = make(1);
    const tasks = many(1000, (i) => task(`t${i}`, []));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    const [first] = taken(state, 'run');
    expect(first!.tasks.length).toBeLessThan(10);
    state.reported(
      0,
      first!.tasks.map(() => done(0.002)),
    );
    const next = taken(state, 'run');
    // Two batches: one to work at, one to be next.
    expect(next[0]!.tasks.length).toBe(256);
  });

  test('tasks that take long are sent one ahead, and shared among threads', () => {
    const state = make(2);
    const tasks = many(6, (i) => task(`t${i}`, []));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    const first = sent(state);
    expect(first).toEqual(['0: t0 t1 t2', '1: t3 t4']);
  });

  test('lower priorities run first, an earlier run before a later one', () => {
    const state = make(1);
    const busy = task('busy', []);
    submit(state, graphOf(busy), ['busy']);
    const tasks = many(12, (i) => task(`t${i}`, []));
    const keys = tasks.map(({ key }) => key);
    const priorities = new Map(keys.map((key, i) => [key, 12 - i]));
    submit(state, graphOf(...tasks), keys, { priorities });
    const late = many(2, (i) => task(`late${i}`, []));
    submit(state, graphOf(...late), ['late0', 'late1']);
    const order: string[] = [];
    for (;;) {
      const batch = taken(state, 'run').flatMap(({ tasks }) => tasks);
      if (batch.length === 0) break;
      order.push(...batch.map((record) => record.task.key));
      state.reported(
        0,
        batch.map(() => done(2)),
      );
    }
    expect(order).toEqual(['busy', ...keys.toReversed(), 'late0', 'late1']);
  });
});

describe('an idle thread', () => {
  test('is given what waits behind a long task', () => {
    const state = make(2);
    const tasks = many(3, (i) => task(`t${i}`, []));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    expect(sent(state)).toEqual(['0: t0 t1', '1: t2']);
    state.reported(1, [done(1)]);
    expect(state.take()).toEqual([{ do: 'revoke', thread: 0, sequence: 1, abandoned: false }]);
    state.revoked(0, 1);
    expect(sent(state)).toEqual(['1: t1']);
    state.reported(0, [done(1), { outcome: 'revoked' }]);
    state.reported(1, [done(1)]);
    expect(taken(state, 'resolve').length).toBe(1);
  });

  test('is not bothered with little', () => {
    const state = make(2);
    const warm = many(4, (i) => task(`warm${i}`, []));
    submit(
      state,
      graphOf(...warm),
      warm.map(({ key }) => key),
    );
    finishAll(state, 0.001);
    const tasks = many(3, (i) => task(`t${i}`, []));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    const [first, second] = taken(state, 'run');
    state.reported(
      second!.thread,
      second!.tasks.map(() => done(0.001)),
    );
    expect(taken(state, 'revoke')).toEqual([]);
    // Unless the busy thread gets nowhere.
    state.ticked();
    expect(taken(state, 'revoke')).toEqual([]);
    state.ticked();
    expect(taken(state, 'revoke')).toMatchObject([{ thread: first!.thread }]);
  });

  test('that is not running is started for what waits at a stalled one, and for nothing less', () => {
    const state = make(2);
    const warm = many(2, (i) => task(`warm${i}`, []));
    submit(
      state,
      graphOf(...warm),
      warm.map(({ key }) => key),
    );
    finishAll(state, 0.4);
    state.died(1, -1, new Error('ended'), true);
    const tasks = many(2, (i) => task(`t${i}`, []));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    // Taken back, t1 would go to thread 0 again, and so for ever.
    const first = state.take();
    expect(batches(first)).toEqual(['0: t0', '0: t1']);
    expect(first.length).toBe(2);
    state.ticked();
    expect(state.take()).toEqual([]);
    state.ticked();
    const [revoke] = taken(state, 'revoke');
    state.revoked(revoke!.thread, revoke!.sequence);
    const instructions = state.take();
    expect(instructions[0]).toEqual({ do: 'start', thread: 1 });
    expect(batches(instructions)).toEqual(['1: t1']);
  });
});

describe('memory', () => {
  test('roots are withheld above the target while others can run', () => {
    const state = make(2);
    // Sums of pairs of blocks of 22 MiB: one pair and a block are more than 60 %, two pairs more than 70 %.
    const tasks = [0, 1].flatMap((i) => [
      task(`a${i}`, [], { bytes: 22 * MIB }),
      task(`b${i}`, [], { bytes: 22 * MIB }),
      task(`sum${i}`, [`a${i}`, `b${i}`], { bytes: MIB }),
    ]);
    submit(state, graphOf(...tasks), ['sum0', 'sum1']);
    expect(sent(state)).toEqual(['0: a0 b0 sum0']);
    // Thread 1 is idle, but sum0 will free some.
    state.reported(0, [done(1), done(1)]);
    expect(sent(state)).toEqual([]);
    state.reported(0, [done(1)]);
    expect(sent(state)).toEqual(['0: a1']);
  });

  test('where there are only roots, they run side by side until something would go to disk', () => {
    const state = make(3);
    const tasks = many(5, (i) => task(`x${i}`, [], { bytes: 32 * MIB }));
    submit(
      state,
      graphOf(...tasks),
      tasks.map(({ key }) => key),
    );
    expect(sent(state)).toEqual(['0: x0', '1: x1']);
    state.reported(0, [done(1)]);
    expect(sent(state)).toEqual([]);
    state.reported(1, [done(1)]);
    const instructions = state.take();
    expect(batches(instructions)).toEqual(['0: x2']);
    expect(instructions.filter((one) => one.do === 'spill').length).toBe(2);
  });

  test('what is read last goes to disk first, and once', () => {
    const state = make(1);
    const blocks = many(3, (i) => task(`x${i}`, [], { bytes: 25 * MIB }));
    const run = submit(state, graphOf(...blocks), ['x0', 'x1', 'x2']);
    let spills = finishAll(state);
    // 75 MiB are more than 70 %: nobody reads these, so the one used longest ago goes.
    expect(spills.map(({ place }) => place.record.task.key)).toEqual(['x0']);
    state.spilled(spills[0]!.place);
    expect(run.held.get('x0')!.place).toMatchObject({ state: 'disk', onDisk: true });

    // Two tasks read x1 and x2 again; a third makes memory short while they wait.
    submit(
      state,
      graphOf(task('big', [], { bytes: 60 * MIB }), task('r2', ['x2', 'big']), task('r1', ['r2', 'x1'])),
      ['r1'],
      {
        priorities: new Map([
          ['big', 0],
          ['r2', 1],
          ['r1', 2],
        ]),
      },
    );
    spills = taken(state, 'spill');
    expect(spills.map(({ place }) => place.record.task.key)).toEqual(['x1', 'x2']);
    state.spilled(spills[0]!.place);
    state.spilled(spills[1]!.place);
    expect(sent(state)).toEqual(['0: big']);
    state.reported(0, [done(1)]);
    const [load] = taken(state, 'load');
    expect(load!.place.record.task.key).toBe('x2');
    state.loaded(load!.place);
    expect(sent(state)).toEqual(['0: r2']);
  });

  test('a copy that is on disk is dropped without being written again', () => {
    const state = make(1);
    const blocks = many(3, (i) => task(`x${i}`, [], { bytes: 25 * MIB }));
    const run = submit(state, graphOf(...blocks), ['x0', 'x1', 'x2']);
    state.spilled(finishAll(state)[0]!.place);
    state.fetch(run.held.get('x0')!, 1);
    // It is back at 75 MiB, so another is written; then the first is given back.
    const [load, spill] = state.take() as [Of<'load'>, Of<'spill'>];
    expect(load.place.record.task.key).toBe('x0');
    expect(spill.place.record.task.key).not.toBe('x0');
    state.loaded(load.place);
    state.unpinned(run.held.get('x0')!);
    state.spilled(spill.place);
    submit(state, graphOf(task('big', [], { bytes: 70 * MIB })), ['big']);
    const instructions = state.take();
    expect(run.held.get('x0')!.place!.state).toBe('disk');
    expect(
      instructions.filter((one) => one.do === 'spill').map((one) => one.place.record.task.key),
    ).not.toContain('x0');
  });

  test('what can never fit is refused, with numbers', () => {
    const state = make(1);
    submit(state, graphOf(task('huge', [], { bytes: 101 * MIB, op: 'make' })), ['huge']);
    const [{ error }] = taken(state, 'reject') as [Of<'reject'>];
    expect(error).toBeInstanceOf(MemoryLimitError);
    expect(error).toMatchObject({ key: 'huge', op: 'make', needed: 101 * MIB, available: 100 * MIB });
  });

  test('what does not fit because of a full disk says so', () => {
    const state = make(1);
    const blocks = many(3, (i) => task(`x${i}`, [], { bytes: 45 * MIB }));
    submit(state, graphOf(...blocks), ['x0', 'x1', 'x2']);
    const spills = finishAll(state);
    const full = new SpillError('the disk is full', '/spill');
    for (const { place } of spills) state.spillFailed(place, full);
    expect(taken(state, 'reject')).toMatchObject([{ error: full }]);
    expect(state.core.space.used).toBe(0);
  });

  test('a smaller budget is kept from then on, once collected garbage has not made room', () => {
    const state = make(1);
    state.budgeted(50 * MIB);
    submit(state, graphOf(task('x', [], { bytes: 60 * MIB })), ['x']);
    expect(taken(state, 'collect')).toHaveLength(1);
    state.collected();
    expect(taken(state, 'reject')).toMatchObject([{ error: { needed: 60 * MIB, available: 50 * MIB } }]);
  });

  test('other memory that goes away lets a task run that did not fit', () => {
    const state = make(1);
    state.budgeted(0);
    submit(state, graphOf(task('x', [], { bytes: 60 * MIB })), ['x']);
    expect(taken(state, 'collect')).toHaveLength(1);
    state.budgeted(70 * MIB);
    expect(sent(state)).toEqual(['0: x']);
    state.collected();
    expect(taken(state, 'reject')).toEqual([]);
  });

  test('garbage is collected again when something was done since', () => {
    const state = make(1);
    state.budgeted(50 * MIB);
    for (const size of [60, 70]) {
      const run = submit(state, graphOf(task(`${size}`, [], { bytes: size * MIB })), [`${size}`]);
      expect(taken(state, 'collect')).toHaveLength(1);
      state.budgeted(100 * MIB);
      state.collected();
      finishAll(state);
      state.closed(run);
      state.budgeted(50 * MIB);
    }
  });
});

describe('a thread that dies', () => {
  const cause = new Error('the end');

  test('three times at one task: that is named, those behind it are not', () => {
    const state = make(1);
    submit(state, graphOf(task('first', []), task('killer', []), task('behind', [])), [
      'first',
      'killer',
      'behind',
    ]);
    for (let death = 1; death <= 3; death++) {
      const [{ sequence, tasks }] = taken(state, 'run') as [Of<'run'>];
      const at = tasks.findIndex((record) => record.task.key === 'killer');
      if (death === 1) state.reported(0, [done(1)]);
      state.died(0, sequence + at, cause);
    }
    const [{ error }] = taken(state, 'reject') as [Of<'reject'>];
    expect(error).toBeInstanceOf(ThreadDiedError);
    expect(error).toMatchObject({ key: 'killer', cause });
  });

  test('loses what it had not reported, and a new one does it again', () => {
    const state = make(1);
    submit(state, graphOf(task('a', []), task('b', ['a'])), ['b']);
    expect(sent(state)).toEqual(['0: a b']);
    state.died(0, 1, cause);
    expect(sent(state)).toEqual(['0: a b']);
  });

  test('on purpose blames nobody', () => {
    const state = make(1);
    submit(state, graphOf(task('a', [])), ['a']);
    for (let death = 1; death <= 5; death++) {
      const [{ sequence }] = taken(state, 'run') as [Of<'run'>];
      state.died(0, sequence, cause, true);
    }
    expect(sent(state)).toEqual(['0: a']);
  });

  test('before it ran anything, again and again: what runs is rejected', () => {
    const state = make(1);
    submit(state, graphOf(task('a', [])), ['a']);
    state.died(0, -1, cause);
    state.died(0, -1, cause);
    expect(taken(state, 'reject')).toEqual([]);
    state.died(0, -1, cause);
    expect(taken(state, 'reject')).toMatchObject([{ error: { name: 'EngineError', cause } }]);
  });
});

describe('a run that is cancelled', () => {
  test('takes back what was not begun, and frees the rest when its thread is done', () => {
    const state = make(1);
    const graph = graphOf(task('a', [], { bytes: MIB }), task('b', [], { bytes: MIB }));
    const run = submit(state, graph, ['a', 'b']);
    expect(sent(state)).toEqual(['0: a b']);
    state.cancelled(run, 'enough');
    expect(state.take()).toMatchObject([
      { do: 'reject', error: 'enough' },
      { do: 'revoke', sequence: 1, abandoned: true },
      { do: 'revoke', sequence: 0, abandoned: true },
    ]);
    state.revoked(0, 1);
    expect(state.core.space.used).toBe(MIB);
    state.reported(0, [done(1), { outcome: 'revoked' }]);
    expect(state.core.space.used).toBe(0);
  });

  test('may be submitted again while its thread is still at it', () => {
    const state = make(1);
    const graph = graphOf(task('a', [], { bytes: MIB }));
    state.cancelled(submit(state, graph, ['a']), 'enough');
    state.take();
    submit(state, graph, ['a']);
    expect(sent(state)).toEqual(['0: a']);
    state.reported(0, [done(1), done(1)]);
    expect(taken(state, 'resolve').length).toBe(1);
    expect(state.core.space.used).toBe(MIB);
  });
});
