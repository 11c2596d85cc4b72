import { describe, expect, test } from 'vitest';
import { PriorityQueue } from '../../../src/cluster/worker/state/priority-queue.js';
import { TaskRecord } from '../../../src/cluster/worker/state/records.js';
import { World } from './support/world.js';

const A = 'tcp://10.0.0.1:2000';
const B = 'tcp://10.0.0.2:2000';

/** A worker with one thread, one GPU and a graph; `a` reads nothing unless said. */
function worker(graph: Readonly<Record<string, readonly string[]>>, threads = 1): World {
  return new World(graph, threads, 1);
}

const stateOf = (world: World, key: string): string | undefined => world.state.core.tasks.get(key)?.state;
const ops = (world: World): string[] => world.mail.map(({ op }) => op);
const done = (world: World, key: string, start = 1, stop = 1): void => {
  const { runId } = world.executions.get(key)!;
  const held = { nbytes: 8, typename: 'string' };
  world.end(key, { kind: 'execute-done', key, runId, ...held, start, stop });
};

describe('computing', () => {
  test('a finished task is told with its run, size and an interval that has a length', () => {
    const world = worker({ a: [] });
    world.ask('a');
    done(world, 'a');
    expect(world.mail).toEqual([
      {
        op: 'task-finished',
        key: 'a',
        run_id: 1,
        nbytes: 8,
        typename: 'string',
        startstops: [{ action: 'compute', start: 1, stop: 1.000001 }],
        thread: 1,
        stimulus_id: 'event-2',
      },
    ]);
  });

  test('the most urgent task goes first, whenever it came', () => {
    const world = worker({ a: [], b: [], c: [] });
    const ask = (key: string, priority: readonly number[]): void =>
      world.tell({ kind: 'compute-task', key, runId: 1, priority, dependencies: [], spec: 0 });
    ask('a', [0, 1]);
    ask('b', [0, 3]);
    ask('c', [0, 2]);
    done(world, 'a');
    expect([...world.executions.keys()]).toEqual(['c']);
  });

  test('a task that needs a resource waits until it is given back; others pass it', () => {
    const world = worker({ a: [], b: [], c: [] }, 3);
    world.ask('a', true);
    world.ask('b', true);
    world.ask('c');
    expect([...world.executions.keys()]).toEqual(['a', 'c']);
    done(world, 'a');
    expect([...world.executions.keys()]).toEqual(['c', 'b']);
  });

  const many = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${kind}-${i}`);
  const reading = (keys: readonly string[]) =>
    Object.fromEntries(keys.map((key): [string, string[]] => [key, []]));

  const askInOrder = (world: World, keys: readonly string[]): void =>
    keys.forEach((key, i) => {
      world.tell({ kind: 'compute-task', key, runId: 1, priority: [0, i], dependencies: [], spec: 0 });
    });

  test('what had a thread from the start has all of its time, whatever ends beside it', () => {
    const world = worker(reading(['a', 'b', 'c', 'd']), 2);
    askInOrder(world, ['a', 'b', 'c', 'd']);
    done(world, 'b', 1, 2);
    done(world, 'c', 2, 3);
    done(world, 'd', 3, 4);
    world.mail.length = 0;
    done(world, 'a', 1, 5);
    expect(world.mail).toMatchObject([{ startstops: [{ start: 1, stop: 5 }] }]);
  });

  test('brief tasks are begun ahead, as long as all that executes is brief; each has the time that it had the thread', () => {
    const [brief, long] = [many('brief', 90), many('long', 3)];
    const world = worker(reading([...brief, ...long]));
    askInOrder(world, [...brief.slice(0, 80), ...long, ...brief.slice(80)]);
    // Nobody knows yet.
    expect([...world.executions.keys()]).toEqual(['brief-0']);
    done(world, 'brief-0', 1, 1.00005);
    expect([...world.executions.keys()]).toEqual(brief.slice(1, 66));
    // More are begun when all of these have ended.
    for (const key of brief.slice(1, 65)) done(world, key, 1.0001, 1.0002);
    expect([...world.executions.keys()]).toEqual(['brief-65']);
    world.mail.length = 0;
    done(world, 'brief-65', 1.0001, 1.0004);
    expect(world.mail).toMatchObject([{ startstops: [{ start: 1.0002, stop: 1.0004 }] }]);
    // Behind the long ones, of which nothing is known, no brief one is begun, nor before them.
    expect([...world.executions.keys()]).toEqual(brief.slice(66, 80));
    for (const key of brief.slice(66, 80)) done(world, key, 1.0004, 1.0005);
    for (const key of long) {
      expect([...world.executions.keys()]).toEqual([key]);
      done(world, key, 2, 3);
    }
    expect([...world.executions.keys()]).toEqual(brief.slice(80));
  });

  test('tasks of a kind that was brief are not begun ahead any more when one took long', () => {
    const keys = many('task', 20);
    const world = worker(reading(keys));
    askInOrder(world, ['task-0']);
    done(world, 'task-0', 1, 1.0001);
    askInOrder(world, ['task-1']);
    done(world, 'task-1', 2, 3);
    askInOrder(world, keys.slice(2));
    expect([...world.executions.keys()]).toEqual(['task-2']);
    done(world, 'task-2', 3, 3.0001);
    expect([...world.executions.keys()]).toEqual(['task-3']);
  });

  test('a task asked for again when its result is here is told to be finished, by its new run', () => {
    const world = worker({ a: [] });
    world.ask('a');
    done(world, 'a');
    world.mail.length = 0;
    world.ask('a');
    expect(world.executions.size).toBe(0);
    expect(world.mail).toMatchObject([
      { op: 'task-finished', run_id: 2, startstops: [{ action: 'compute' }] },
    ]);
  });

  test('what was fetched for a task is told with it; tasks that execute at once are told apart by threads', () => {
    const world = worker({ a: [], b: ['a'], c: [], d: [] }, 2);
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.answer(A);
    world.ask('c');
    done(world, 'b');
    world.ask('d');
    done(world, 'd');
    const [, finished, next] = world.mail;
    const compute = { action: 'compute', start: 1, stop: 1.000001 };
    const transfer = { action: 'transfer', start: 1, stop: 2, source: A };
    expect(finished).toMatchObject({ key: 'b', startstops: [transfer, compute], thread: 1 });
    expect(next).toMatchObject({ key: 'd', startstops: [compute], thread: 1 });
    expect(world.state.core.tasks.get('c')).toMatchObject({ thread: 2 });
  });

  test('a task that waits for its own tasks gives its thread to others, keeps its resources, and is told of once', () => {
    const world = worker({ a: [], b: [], c: [] });
    world.ask('a', true);
    world.ask('b');
    world.ask('c', true);
    expect([...world.executions.keys()]).toEqual(['a']);
    world.tell({ kind: 'execute-seceded', key: 'a', duration: 0.5 });
    world.tell({ kind: 'execute-seceded', key: 'a', duration: 0.7 });
    expect(world.mail).toMatchObject([{ op: 'long-running', key: 'a', run_id: 1, compute_duration: 0.5 }]);
    expect([...world.executions.keys()]).toEqual(['a', 'b']);
    done(world, 'b');
    expect([...world.executions.keys()]).toEqual(['a']);
    done(world, 'a');
    expect([...world.executions.keys()]).toEqual(['c']);
    expect(world.finished).toEqual([]);
    expect(ops(world)).toEqual(['long-running', 'task-finished', 'task-finished']);
  });

  test('cancelled and asked for again while it waits for its own tasks, the scheduler hears so again', () => {
    const world = worker({ a: [] });
    world.ask('a');
    world.tell({ kind: 'execute-seceded', key: 'a', duration: 0.5 });
    world.free(['a']);
    expect(stateOf(world, 'a')).toBe('cancelled');
    world.ask('a');
    expect(world.mail).toMatchObject([
      { run_id: 1 },
      { op: 'long-running', run_id: 2, compute_duration: null },
    ]);
    expect(stateOf(world, 'a')).toBe('executing');
  });

  test('paused, it begins nothing and fetches nothing, and ends what is under way', () => {
    const world = worker({ a: [], b: [], c: ['b'] }, 2);
    world.ask('a');
    world.tell({ kind: 'pause' });
    world.keys.get('b')!.holders.add(A);
    world.ask('c');
    done(world, 'a');
    expect(world.gathers.size).toBe(0);
    world.tell({ kind: 'unpause' });
    expect([...world.gathers.keys()]).toEqual([A]);
  });
});

describe('cancelling', () => {
  test('what executes is aborted, and stays known until it has ended', () => {
    const world = worker({ a: [] });
    world.ask('a');
    world.free(['a']);
    expect(stateOf(world, 'a')).toBe('cancelled');
    expect(world.executions.get('a')).toMatchObject({ aborted: true });
    world.end('a', { kind: 'execute-aborted', key: 'a' });
    expect(stateOf(world, 'a')).toBeUndefined();
    expect(ops(world)).toEqual([]);
  });

  test('of what the scheduler has freed it hears only where that was a copy', () => {
    const world = worker({ a: [], b: ['a'] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.answer(A);
    done(world, 'b');
    world.mail.length = 0;
    world.free(['a', 'b']);
    expect(world.engine.size).toBe(0);
    expect(world.mail).toMatchObject([{ op: 'release-worker-data', key: 'a' }]);
  });

  test('a result that comes in spite of it is dropped', () => {
    const world = worker({ a: [] });
    world.ask('a');
    world.free(['a']);
    done(world, 'a');
    expect(world.engine.size).toBe(0);
    expect(ops(world)).toEqual([]);
  });

  test('asked for again before it has ended: its result counts, else it runs again', () => {
    const finished = worker({ a: [] });
    finished.ask('a');
    finished.free(['a']);
    finished.ask('a');
    done(finished, 'a');
    expect(stateOf(finished, 'a')).toBe('memory');

    const aborted = worker({ a: [] });
    aborted.ask('a');
    aborted.free(['a']);
    aborted.ask('a');
    aborted.end('a', { kind: 'execute-aborted', key: 'a' });
    expect(aborted.executions.get('a')).toMatchObject({ runId: 2, aborted: false });
  });

  test('executing, then to be fetched: a result of its own is a copy for the scheduler, a failure is not told', () => {
    for (const end of ['done', 'failed', 'aborted'] as const) {
      const world = worker({ a: [], b: ['a'] });
      world.ask('a');
      world.free(['a']);
      world.keys.get('a')!.holders.add(A);
      world.ask('b');
      expect(stateOf(world, 'a')).toBe('resumed');
      const failure = { name: 'Error', message: 'no', stack: '' };
      if (end === 'done') done(world, 'a');
      else if (end === 'aborted') world.end('a', { kind: 'execute-aborted', key: 'a' });
      else world.end('a', { kind: 'execute-failed', key: 'a', runId: 1, failure, start: 1, stop: 2 });
      if (end === 'done') expect(ops(world)).toEqual(['add-keys']);
      else expect([...world.gathers.keys()]).toEqual([A]);
      if (end !== 'done') world.answer(A);
      expect(world.executions.has('b')).toBe(true);
    }
  });

  test('in flight, then to be computed: what arrives counts as finished, what does not is computed', () => {
    for (const arrives of [true, false]) {
      const world = worker({ a: [], b: ['a'] });
      world.keys.get('a')!.holders.add(A);
      world.ask('b');
      world.free(['a', 'b']);
      expect(stateOf(world, 'a')).toBe('cancelled');
      world.ask('a');
      expect(stateOf(world, 'a')).toBe('resumed');
      if (arrives) world.keys.get('a')!.holders.add(A);
      world.answer(A);
      expect(stateOf(world, 'a')).toBe(arrives ? 'memory' : 'executing');
      if (arrives) expect(ops(world)).toEqual(['task-finished']);
    }
  });
});

describe('fetching', () => {
  test('one message asks a peer for what fits in it, and nothing more before it has answered', () => {
    const world = worker({ a: [], b: [], c: [], d: ['a', 'b', 'c'] });
    for (const key of ['a', 'b', 'c']) world.keys.get(key)!.holders.add(A);
    world.ask('d');
    expect(world.gathers.get(A)!.keys).toEqual(['a', 'b']);
    world.answer(A);
    expect(world.gathers.get(A)!.keys).toEqual(['c']);
    world.answer(A);
    expect(world.executions.has('d')).toBe(true);
  });

  test('a busy peer is asked again later, another holder at once', () => {
    const world = worker({ a: [], b: ['a'] });
    world.keys.get('a')!.holders.add(A).add(B);
    world.ask('b');
    const [first] = [...world.gathers.keys()];
    world.gathered(first!, { kind: 'gather-busy', worker: first! });
    expect([...world.gathers.keys()]).toEqual([first === A ? B : A]);
    const [second] = [...world.gathers.keys()];
    world.gathered(second!, { kind: 'gather-busy', worker: second! });
    expect(ops(world)).toEqual(['request-refresh-who-has']);
    world.tell({ kind: 'retry-busy', worker: world.retries[0]! });
    expect(world.gathers.size).toBe(1);
  });

  test('a peer that cannot be reached counts as gone: what only it had is missing, and asked for', () => {
    const world = worker({ a: [], b: ['a'], c: [] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.gathered(A, { kind: 'gather-failed', worker: A });
    expect(stateOf(world, 'a')).toBe('missing');
    world.tell({ kind: 'find-missing' });
    expect(ops(world)).toEqual(['request-refresh-who-has']);
    world.tell({ kind: 'refresh-who-has', whoHas: { a: [B] } });
    expect([...world.gathers.keys()]).toEqual([B]);
  });

  test('a peer that cannot be reached again and again is told of, and what nobody can give fails its readers', () => {
    const world = worker({ a: [], b: ['a'], c: [] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    for (let times = 1; times <= 3; times++) {
      expect(ops(world)).not.toContain('tilework-unreachable');
      if (times > 1) world.tell({ kind: 'refresh-who-has', whoHas: { a: [A] } });
      world.gathered(A, { kind: 'gather-failed', worker: A });
    }
    expect(world.mail.at(-1)).toMatchObject({ op: 'tilework-unreachable', keys: ['a'], peer: A });
    world.tell({ kind: 'give-up', key: 'a', reason: 'no way' });
    expect(world.mail.at(-1)).toMatchObject({ op: 'task-erred', key: 'b', failure: { message: 'no way' } });
    expect(stateOf(world, 'a')).toBe('released');
  });

  test('what a peer sent and cannot be taken in fails the task that was to read it', () => {
    const world = worker({ a: [], b: ['a'] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.answer(A, { unusable: true });
    expect(world.mail).toMatchObject([{ op: 'task-erred', key: 'b', failure: { message: 'too far' } }]);
    expect(stateOf(world, 'a')).toBe('released');
  });

  test('a copy removed while a task here is to read it is fetched again', () => {
    const world = worker({ a: [], b: [], c: ['a'] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.ask('c');
    world.answer(A);
    expect(stateOf(world, 'c')).toBe('ready');
    world.removeReplica('a');
    expect(stateOf(world, 'a')).toBe('missing');
    expect(stateOf(world, 'c')).toBe('waiting');
    world.drain();
    expect(world.finished).toEqual(['b', 'c']);
  });

  test('what is sent here is kept, and what waited for it goes on', () => {
    const world = worker({ a: [], b: ['a'] });
    world.tell({
      kind: 'compute-task',
      key: 'b',
      runId: 1,
      priority: [0],
      dependencies: [['a', 8, [A]]],
      spec: 0,
    });
    world.gathered(A, { kind: 'gather-failed', worker: A });
    world.engine.add('a');
    world.tell({ kind: 'update-data', received: new Map([['a', { nbytes: 8, typename: 'string' }]]) });
    expect(world.executions.has('b')).toBe(true);
  });
});

describe('stealing', () => {
  test('what has not begun is given up, what has is not', () => {
    const world = worker({ a: [], b: [], c: [] });
    world.ask('a');
    world.ask('b');
    world.tell({ kind: 'steal-request', key: 'a' });
    world.tell({ kind: 'steal-request', key: 'b' });
    world.tell({ kind: 'steal-request', key: 'c' });
    expect(world.mail).toMatchObject([
      { op: 'steal-response', key: 'a', state: 'executing', stimulus_id: 'event-3' },
      { op: 'steal-response', key: 'b', state: 'ready', stimulus_id: 'event-4' },
      { op: 'steal-response', key: 'c', state: null, stimulus_id: 'event-5' },
    ]);
    expect(stateOf(world, 'b')).toBeUndefined();
  });

  test('what it was fetching for a stolen task comes, and is dropped', () => {
    const world = worker({ a: [], b: ['a'] });
    world.keys.get('a')!.holders.add(A);
    world.ask('b');
    world.tell({ kind: 'steal-request', key: 'b' });
    expect(stateOf(world, 'a')).toBe('cancelled');
    world.answer(A);
    expect(world.engine.size).toBe(0);
    expect(world.state.core.tasks.size).toBe(0);
  });
});

test('a queue by priority: tuples as Python compares them, equals in the order in which they came', () => {
  const queue = new PriorityQueue();
  const tasks = [[1], [0, 2], [0, 1, 5], [0, 1], [0, 2]].map(
    (priority, i) => new TaskRecord(`${i}`, priority),
  );
  for (const task of tasks) queue.add(task);
  queue.delete(tasks[3]!);
  queue.add(tasks[3]!);
  queue.delete(tasks[2]!);
  const order: string[] = [];
  for (let task = queue.pop(); task !== undefined; task = queue.pop()) order.push(task.key);
  expect(order).toEqual(['3', '1', '4', '0']);
});
