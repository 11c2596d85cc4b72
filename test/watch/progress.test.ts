import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/engine/engine.js';
import { formatBytes, formatSeconds, progressBar } from '../../src/watch/progress.js';

const event = (done: number, more: Partial<Progress> = {}): Progress => ({
  done,
  total: 8,
  running: 1,
  memoryUsed: 3 * 2 ** 20,
  memoryBudget: 2 ** 30,
  memoryLimit: 2 ** 31,
  spilled: 0,
  elapsed: 1500,
  finished: false,
  ...more,
});

/** A stream that remembers what was written. */
function sink(): { stream: NodeJS.WriteStream; written: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => text };
}

describe('the progress bar', () => {
  test('shows tasks, memory against what there is, and time', async () => {
    const { stream, written } = sink();
    const show = progressBar('mean', { stream, force: true });
    show(event(2));
    show(event(8, { spilled: 5 * 2 ** 30, elapsed: 61_000, finished: true }));
    await expect.poll(written).toContain('8/8 tasks');
    expect(written()).toContain('mean [');
    expect(written()).toContain('25% | 2/8 tasks | memory 3.0 MiB of 1.0 GiB | 1.5 s');
    expect(written()).toContain('100% | 8/8 tasks | memory 3.0 MiB of 1.0 GiB, 5.0 GiB on disk | 1 min 1 s');
  });

  test('says nothing where there is no terminal', async () => {
    const { stream, written } = sink();
    progressBar('', { stream })(event(8, { finished: true }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written()).toBe('');
  });
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [10 * 1024, '10 KiB'],
  [1.5 * 2 ** 40, '1.5 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0.0 s'],
  [59_940, '59.9 s'],
  [125_000, '2 min 5 s'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatSeconds(milliseconds)).toBe(text);
});
