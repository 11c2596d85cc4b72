import { describe, expect, it } from 'vitest';
import { snapshot } from '../../src/graph/snapshot.js';

const buffers = (value: unknown): ArrayBufferLike => (value as Uint8Array).buffer;

describe('snapshot', () => {
  it('is data as they were, of every kind that is sent', () => {
    const make = () => ({
      nothing: [null, undefined, Number.NaN, -0, 2n ** 70n, 'é', true],
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set([[1]])]]),
      date: new Date(5),
      pattern: /a.b/gi,
      bytes: [
        Uint8Array.of(1, 2),
        Float64Array.of(Number.NaN),
        new DataView(Uint8Array.of(7, 8, 9).buffer, 1),
      ],
      buffer: Uint8Array.of(3, 4).buffer,
      bare: Object.assign(Object.create(null), { a: 1 }),
      proto: JSON.parse('{ "__proto__": 1 }'),
    });
    const data = make();
    const copy = snapshot(data);
    data.nothing[0] = 1;
    data.map.clear();
    data.date.setTime(0);
    (data.bytes[0] as Uint8Array)[0] = 9;
    (data.bytes[2] as DataView).setUint8(0, 0);
    new Uint8Array(data.buffer)[0] = 0;
    data.bare.a = 2;
    data.proto = 0;
    expect(copy).toEqual({ ...make(), bare: { a: 1 } });
    expect(Object.keys(copy.proto)).toEqual(['__proto__']);
  });

  it('keeps what is not there, and what is the same twice', () => {
    const shared = { n: 1 };
    const holes: number[] = [];
    holes[1] = 1;
    const copy = snapshot({ holes, twice: [shared, shared] });
    expect([0 in copy.holes, copy.holes[1]]).toEqual([false, 1]);
    expect(copy.twice[0]).toBe(copy.twice[1]);
    expect(copy.twice[0]).not.toBe(shared);
  });

  it('copies bytes once while they stay the same', () => {
    const bytes = Uint8Array.of(1, 2);
    const first = snapshot([bytes]);
    expect(snapshot({ bytes }).bytes).toBe(first[0]);
    bytes[0] = 3;
    expect(snapshot(bytes)).toEqual(Uint8Array.of(3, 2));
    expect(first).toEqual([Uint8Array.of(1, 2)]);
  });

  it('is of views no more than they show, and shares what is shared on purpose', () => {
    const view = new Float64Array(new ArrayBuffer(800), 8, 2);
    expect(buffers(snapshot(view)).byteLength).toBe(16);
    expect(buffers(snapshot(Buffer.from('of a pool'))).byteLength).toBe(9);
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    expect(snapshot([shared])[0]).toBe(shared);
  });
});
