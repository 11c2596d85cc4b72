import { expect, it } from 'vitest';
import { detached } from '../../src/engine/detached.js';

it('what is to last has copies of the memory that it was lent, whatever looks at it', () => {
  const lent = new SharedArrayBuffer(16);
  const floats = new Float64Array(lent);
  floats.fill(1.5);
  const views = [floats, Buffer.from(lent, 0, 8), new DataView(lent, 8), new Uint8Array(lent, 4, 4)];
  const lasting = detached(new Map([['views', views]])) as Map<string, typeof views>;
  const before = lasting.get('views')!.map(({ buffer }) => [...new Uint8Array(buffer)]);
  floats.fill(0);
  const kept = lasting.get('views')!;
  expect(kept.map((view) => view.constructor.name)).toEqual(views.map((view) => view.constructor.name));
  expect(kept.map(({ buffer }) => [...new Uint8Array(buffer)])).toEqual(before);
  for (const { buffer } of kept) expect(buffer).not.toBe(lent);
  expect(kept[0]).toEqual(Float64Array.of(1.5, 1.5));
});

it('what was lent nothing is not copied', () => {
  const value = { list: [new Float64Array(2), new Map([['a', new Set([1])]])] };
  expect(detached(value)).toBe(value);
});

it('errors, dates and patterns stay what they are, whatever hangs on them', () => {
  const error = Object.assign(new RangeError('x'), {
    block: new Uint8Array(new SharedArrayBuffer(2)),
    fn: () => 1,
  });
  const list = [error, new Date(0), /a/, new ArrayBuffer(1), Object(2n), {}, new Map(), Object.create(null)];
  expect(detached(list)).toBe(list);
});
