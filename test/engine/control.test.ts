import { expect, test } from 'vitest';
import { Control } from '../../src/engine/control.js';

test.each([0, 5, 1023, 1024, 2 ** 31 - 1, 2 ** 32 + 7, 2 ** 40])(
  'the task that runs is known, from number %d on',
  (first) => {
    const main = new Control();
    const thread = new Control(main.buffer);
    expect(main.running).toBe(-1);
    main.offer(first, 300);
    main.offer(first + 300, 200);
    for (const at of [0, 1, 299, 499]) {
      expect(thread.begin(first + at)).toBe(true);
      expect(main.running).toBe(first + at);
      expect(main.revoke(first + at)).toBe(false);
    }
    expect(main.revoke(first + 498)).toBe(true);
    expect(thread.begin(first + 498)).toBe(false);
    thread.rest();
    expect(main.running).toBe(-1);
  },
);
