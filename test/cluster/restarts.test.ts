import { expect, test } from 'vitest';
import { endsInARow, pauseAfter } from '../../src/cluster/restarts.js';

test('a worker that ends again and again is started again ever later', () => {
  const delays: number[] = [];
  let ends = 0;
  for (let i = 0; i < 8; i++) {
    ends = endsInARow(ends, 500);
    delays.push(pauseAfter(ends));
  }
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(pauseAfter(endsInARow(ends, 3_600_000))).toBe(1_000);
  expect(pauseAfter(0)).toBe(0);
});
