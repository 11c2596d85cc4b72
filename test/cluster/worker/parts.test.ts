import { closeSync, openSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { countNetwork, openFiles } from '../../../src/cluster/worker/host.js';
import { bytesToSpill, isShort, MemoryWatch } from '../../../src/cluster/worker/memory.js';
import { eventOf, toScheduler } from '../../../src/cluster/worker/scheduler-messages.js';
import { describeHeld } from '../../../src/cluster/worker/size.js';
import { Timers } from '../../../src/cluster/worker/timers.js';
import type { EngineStats } from '../../../src/engine/index.js';

const sizeOf = (held: Parameters<typeof describeHeld>[0]) => describeHeld(held, 2 ** 30);

test('results are measured where they are blocks, and estimated where they are values', () => {
  const blocks = [{ dtype: 'float64' as const, shape: [3, 4] }];
  expect(sizeOf({ blocks, bytes: 96 })).toEqual({ nbytes: 96, typename: 'float64[3, 4]' });
  expect(sizeOf({ value: new Float64Array(100) })).toEqual({ nbytes: 864, typename: 'Float64Array' });
  expect(sizeOf({ value: null }).typename).toBe('null');
  expect(sizeOf({ value: { constructor: { name: { short: 'Ferrari' } } } }).typename).toBe('Object');
  expect(sizeOf({ value: Object.create(null) }).typename).toBe('Object');
  const rows = (length: number) => Array.from({ length }, (_, i) => ({ name: `row ${i % 10}`, x: i }));
  const { nbytes } = sizeOf({ value: rows(1_000) });
  const ratio = sizeOf({ value: rows(10_000) }).nbytes / nbytes;
  expect(ratio).toBeGreaterThan(9);
  expect(ratio).toBeLessThan(11);
});

test('of files the scheduler is told so little that it gives a task any number of them', () => {
  const value = { is: 'tilework/frame-result', bytes: [[2 ** 34], [5]], outcome: {} };
  expect(sizeOf({ value })).toEqual({ nbytes: 2 ** 18, typename: 'rows' });
  expect(sizeOf({ value: { ...value, bytes: [[5], [6, 7]] } }).nbytes).toBe(18);
});

test('a value that contains itself has a size', () => {
  const loop: unknown[] = [];
  loop.push(loop, new Map([['loop', loop]]));
  expect(sizeOf({ value: loop }).nbytes).toBeGreaterThan(0);
});

test("the scheduler's messages are events; what concerns the worker itself is none", () => {
  const asked = {
    op: 'compute-task',
    key: 'a',
    run_id: 7,
    priority: [0, 1, 2],
    who_has: { b: ['tcp://x:1'] },
    nbytes: { b: 8 },
    run_spec: 'spec',
    resource_restrictions: { JS: 0.001 },
    stimulus_id: 's',
    duration: 0.5,
  };
  const event = {
    kind: 'compute-task',
    key: 'a',
    runId: 7,
    priority: [0, 1, 2],
    dependencies: [['b', 8, ['tcp://x:1']]],
    spec: 'spec',
    resources: { JS: 0.001 },
    stimulus: 's',
  };
  expect(eventOf(asked)).toEqual(event);
  const payload = new Uint8Array([1, 2]);
  const task = ['a', 7, [0, 1, 2], payload, [['b', 8, ['tcp://x:1']]], { JS: 0.001 }, 's'];
  expect(eventOf({ op: 'tilework-compute', task })).toEqual({ ...event, spec: payload });
  const free = ['a', 7, [0, 1, 2], payload, [], null, 's'];
  const { resources: _, ...without } = { ...event, spec: payload, dependencies: [] };
  expect(eventOf({ op: 'tilework-compute', task: free })).toEqual(without);
  expect(eventOf({ op: 'close', reason: 'x' })).toBeUndefined();
});

test('failures are sent as text for Python, with the stack', () => {
  const failure = new RangeError('too far');
  const told = toScheduler({
    op: 'task-erred',
    key: 'a',
    run_id: 1,
    failure,
    startstops: [],
    thread: 1,
    stimulus_id: 's',
  });
  expect(told).toMatchObject({
    op: 'task-erred',
    status: 'error',
    exception_text: 'RangeError: too far',
    traceback_text: expect.stringContaining('parts.test.ts'),
  });
  expect(told).not.toHaveProperty('failure');
});

test('what is not in blocks pauses the worker, and it resumes only well below', () => {
  const stats = { memory: { limit: 1000, touched: 500 } } as EngineStats;
  const taken = (resident: number, bounded = 0) => ({ resident, stats, bounded });
  expect(isShort(false, taken(1_200))).toBe(false);
  expect(isShort(false, taken(1_310))).toBe(true);
  expect(isShort(true, taken(1_250))).toBe(true);
  expect(isShort(true, taken(1_190))).toBe(false);
  expect(isShort(false, taken(1_700, 400))).toBe(false);
  expect(isShort(false, taken(1_710, 400))).toBe(true);
  // Values go to disk before that.
  expect(bytesToSpill(taken(1_190))).toBe(0);
  expect(bytesToSpill(taken(1_210))).toBe(110);
});

test('a worker is not paused for ever: where nothing runs that may give memory back, it goes on when the rest was given', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const done: string[] = [];
  const seen = {
    stats: { memory: { limit: 1000, touched: 0 } } as EngineStats,
    resident: 900,
    bounded: 0,
    paused: false,
    idle: false,
  };
  const watch = new MemoryWatch({
    look: () => seen,
    pause: (paused) => {
      seen.paused = paused;
      done.push(paused ? 'pause' : 'resume');
    },
    spill: async () => false,
    collect: async () => void done.push('collect'),
  });
  const after = async (ms: number): Promise<readonly string[]> => {
    await vi.advanceTimersByTimeAsync(ms);
    return done.splice(0);
  };
  try {
    expect(await after(200)).toEqual(['pause', 'collect']);
    // What runs may give some back: it is waited for.
    expect(await after(1_800)).toEqual([]);
    seen.idle = true;
    expect(await after(200)).toEqual(['collect']);
    expect(await after(2_000)).toEqual(['resume']);
    seen.idle = false;
    expect(await after(200)).toEqual(['pause', 'collect']);
    seen.resident = 650;
    expect(await after(200)).toEqual(['resume']);
  } finally {
    watch.close();
    vi.useRealTimers();
  }
});

test('the machine says what goes over its network, and what the process has open', () => {
  const table = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 100      10    0    0    0     0          0         0      100      10    0    0    0     0       0          0
  eth0:2000       7    0    0    0     0          0         0       30       5    0    0    0     0       0          0
`;
  expect(countNetwork(table)).toEqual({ received: 2100, sent: 130 });
  const before = openFiles();
  const file = openSync(import.meta.filename, 'r');
  expect(openFiles()).toBe(before + 1);
  closeSync(file);
});

test('timers last as long as is said, also beyond what the system can set', () => {
  vi.useFakeTimers();
  const day = 24 * 3_600_000;
  const timers = new Timers();
  const over = vi.fn();
  timers.later(60 * day, over);
  vi.advanceTimersByTime(60 * day - 1);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledOnce();
  timers.later(60 * day, over);
  vi.advanceTimersByTime(30 * day);
  timers.close();
  vi.advanceTimersByTime(60 * day);
  expect(over).toHaveBeenCalledOnce();
  vi.useRealTimers();
});
