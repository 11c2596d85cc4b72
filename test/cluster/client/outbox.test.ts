/** Which graphs go out together, and what becomes of each: without a scheduler. */
import { expect, test } from 'vitest';
import { inGroups, joined } from '../../../src/cluster/client/joined.js';
import { Outbox, Parcel } from '../../../src/cluster/client/outbox.js';
import type { Session } from '../../../src/cluster/client/session.js';
import type { Submission } from '../../../src/cluster/client/submit.js';
import { PYTHON_OP } from '../../../src/cluster/python/index.js';
import type { Task } from '../../../src/graph/task.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const taskOf = (key: string, more: Partial<Task> = {}): Task => ({
  key,
  op: 'number',
  inputs: [],
  params: 1,
  ...more,
});

function submissionOf(tasks: readonly Task[], more: Partial<Submission> = {}): Submission {
  return {
    graph: new Map(tasks.map((task) => [task.key, task])),
    outputs: [tasks.at(-1)!.key],
    priorities: undefined,
    priority: 0,
    retries: 0,
    resources: undefined,
    workers: undefined,
    allowOtherWorkers: false,
    counted: false,
    ...more,
  };
}

interface Message {
  readonly op: string;
  readonly graph: string;
  readonly keys?: readonly string[];
  readonly tasks?: readonly (readonly [key: string, rank: number])[];
}

function outboxOf(): { outbox: Outbox; sent: Message[]; failed: string[]; post: typeof post } {
  const sent: Message[] = [];
  const failed: string[] = [];
  const session = {
    send: (...messages: Message[]) => void sent.push(...messages),
    drained: async () => {},
  } as unknown as Session;
  const outbox = new Outbox(session);
  const post = (submission: Submission, after: readonly Parcel[] = [], alone = false): Parcel => {
    const fail = (reason: unknown): void => void failed.push(`${submission.outputs}: ${reason}`);
    const parcel = new Parcel(
      () => submission,
      () => after,
      fail,
      alone,
    );
    outbox.post(parcel);
    return parcel;
  };
  return { outbox, sent, failed, post };
}

const submitted = (sent: readonly Message[]) =>
  sent.flatMap(({ op, keys }) => (op === 'tilework-submit' ? [keys] : []));

test('what is sent in one turn, one after another and in the same way, is one graph; what tasks share is in it once', async () => {
  const { outbox, sent, post } = outboxOf();
  const common = { text: 'x'.repeat(5000) };
  const [a, b] = ['a', 'b'].map((key) => post(submissionOf([taskOf(key, { common })])));
  post(submissionOf([taskOf('c', { common })], { priority: 1 }));
  post(submissionOf([taskOf('d', { common })]));
  expect(sent).toEqual([]);
  await turn();
  expect(submitted(sent)).toEqual([['a', 'b'], ['c'], ['d']]);
  const first = sent.filter(({ op, graph }) => op === 'tilework-tasks' && graph === a!.graphId);
  expect(first.flatMap(({ tasks }) => tasks!.map(([key]) => key.slice(0, 6)))).toEqual(['common', 'a', 'b']);
  expect(b!.graphId).toBe(a!.graphId);
  outbox.confirmed(a!.graphId!);
  await Promise.all([a!.confirmed, b!.confirmed]);
});

test('another way of running, calls of Python, what is counted, and what is alone keep graphs apart', () => {
  const plain = () => submissionOf([taskOf('a')]);
  const apart = [
    { priority: 1 },
    { retries: 1 },
    { resources: { GPU: 1 } },
    { workers: ['one'] },
    { allowOtherWorkers: true },
    { counted: true },
  ].map((more) => submissionOf([taskOf('b')], more));
  const python = submissionOf([taskOf('p', { op: PYTHON_OP })]);
  const sizes = (all: readonly Submission[], alone: readonly Submission[] = []) =>
    inGroups(
      all,
      (one) => one,
      (one) => alone.includes(one),
    ).map(({ length }) => length);
  for (const other of [...apart, python]) expect(sizes([plain(), other, plain()])).toEqual([1, 1, 1]);
  const one = plain();
  expect(sizes([plain(), one, plain()], [one])).toEqual([1, 1, 1]);
  expect(sizes([one, plain(), python, python])).toEqual([2, 2]);
  const counted = submissionOf([taskOf('b')], { counted: true });
  expect(sizes([counted, counted])).toEqual([1, 1]);
  expect(sizes(Array.from({ length: 2500 }, plain))).toEqual([1000, 1000, 500]);
});

test('the tasks of each come before all of the next, and what several need is made for the first', () => {
  const one = submissionOf([taskOf('y'), taskOf('x', { inputs: ['y'] })], {
    priorities: new Map([
      ['x', 7],
      ['y', 5],
    ]),
  });
  const two = submissionOf([taskOf('z'), taskOf('y'), taskOf('v', { inputs: ['y', 'z'] })], {
    priorities: new Map([
      ['y', 0],
      ['z', 1],
      ['v', 2],
    ]),
  });
  const three = submissionOf([taskOf('u')]);
  const { graph, outputs, priorities } = joined([one, two, three]);
  expect(outputs).toEqual(['x', 'v', 'u']);
  expect([...graph.keys()].sort((a, b) => priorities!.get(a)! - priorities!.get(b)!)).toEqual([
    'y',
    'x',
    'z',
    'v',
    'u',
  ]);
  expect(joined([one])).toBe(one);
});

test('one that cannot be sent fails alone', async () => {
  const { sent, failed, post } = outboxOf();
  const bad = post(submissionOf([taskOf('bad', { params: () => 1 })]));
  const rest = ['a', 'b'].map((key) => post(submissionOf([taskOf(key)])));
  await Promise.all([bad, ...rest].map((parcel) => parcel.sent));
  expect(failed).toEqual([expect.stringContaining('bad: TypeError: task "bad"')]);
  expect(submitted(sent)).toEqual([['a'], ['b']]);
  expect(sent.find(({ op }) => op === 'tilework-discard')).toBeDefined();
  await bad.confirmed;
});

test('one that nobody needs any more is left out before it is sent, and confirmed with the others after', async () => {
  const { outbox, sent, failed, post } = outboxOf();
  const [a, b, c] = ['a', 'b', 'c'].map((key) => post(submissionOf([taskOf(key)])));
  b!.recalled = true;
  await Promise.all([a, b, c].map((parcel) => parcel!.sent));
  await b!.confirmed;
  expect(submitted(sent)).toEqual([['a', 'c']]);
  a!.recalled = true;
  let confirmed = 0;
  void a!.confirmed.then(() => confirmed++);
  await turn();
  expect(confirmed).toBe(0);
  outbox.refused(a!.graphId!, new Error('no'));
  await Promise.all([a!.confirmed, c!.confirmed]);
  expect(failed).toEqual(['c: Error: no']);
  const late = post(submissionOf([taskOf('d')]));
  late.recalled = true;
  await late.confirmed;
  expect(submitted(sent)).toHaveLength(1);
});

test('what reads what is sent before waits for it, also in one turn', async () => {
  const { sent, post } = outboxOf();
  let bundled!: () => void;
  const bundling = new Promise<void>((resolve) => {
    bundled = resolve;
  });
  const first = post(submissionOf([taskOf('a')], { priority: 1 }));
  const before = new Parcel(
    () => submissionOf([]),
    () => [],
    () => {},
  );
  void bundling.then(() => before.leave());
  const b = post(submissionOf([taskOf('b')]), [before, first]);
  post(submissionOf([taskOf('c')]), [b]);
  await turn();
  await turn();
  expect(submitted(sent)).toEqual([['a']]);
  bundled();
  await b.sent;
  expect(submitted(sent)).toEqual([['a'], ['b', 'c']]);
});
