import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StreamMessage } from '../../../src/cluster/comm/index.js';
import { together, toScheduler } from '../../../src/cluster/worker/scheduler-messages.js';

const finished = (key: string, source?: string): StreamMessage =>
  toScheduler({
    op: 'task-finished',
    key,
    run_id: 7,
    nbytes: 8,
    typename: 'number',
    startstops: [
      ...(source === undefined ? [] : [{ action: 'transfer' as const, start: 0.5, stop: 1, source }]),
      { action: 'compute', start: 1, stop: 2 },
    ],
    thread: 3,
    stimulus_id: `end-${key}`,
  });
const other: StreamMessage = { op: 'add-keys', keys: ['z'], stimulus_id: 's' };

test('tasks that finished one after another are told of in one message', () => {
  expect(together([finished('a'), finished('b', 'tcp://peer'), other, finished('c')])).toEqual([
    {
      op: 'tilework-finished',
      tasks: [
        ['a', 7, 8, 'number', 3, [['compute', 1, 2]], 'end-a'],
        [
          'b',
          7,
          8,
          'number',
          3,
          [
            ['transfer', 0.5, 1, 'tcp://peer'],
            ['compute', 1, 2],
          ],
          'end-b',
        ],
      ],
    },
    other,
    finished('c'),
  ]);
});

test('nothing is left out, and all stays in its order', () => {
  const message = fc.oneof(
    fc.string().map((key) => finished(key)),
    fc.string().map((key) => ({ ...other, key })),
  );
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const keys = together(messages).flatMap(({ op, key, tasks }) =>
        op === 'tilework-finished'
          ? (tasks as readonly (readonly unknown[])[]).map((row) => ['task-finished', row[0]])
          : [[op, key]],
      );
      expect(keys).toEqual(messages.map(({ op, key }) => [op, key]));
    }),
  );
});
