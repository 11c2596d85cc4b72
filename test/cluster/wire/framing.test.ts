import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeMessage,
  decodeValue,
  encodeFrames,
  encodeMessage,
  encodeValue,
  FrameDecoder,
  WireError,
} from '../../../src/cluster/wire/index.js';
import { concat } from '../../../src/cluster/wire/messages.js';

const frames = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(frames, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
        (messages, cuts) => {
          const stream = concat(messages.flatMap(encodeFrames));
          const decoder = new FrameDecoder();
          const got: Uint8Array[][] = [];
          let at = 0;
          for (const n of cuts) {
            if (at >= stream.length) break;
            got.push(...decoder.push(stream.subarray(at, at + n)));
            at += n;
          }
          expect(got.map((m) => m.map((f) => [...f]))).toEqual(messages.map((m) => m.map((f) => [...f])));
          expect(decoder.midway).toBe(false);
        },
      ),
    );
  });

  test('that are long may be put where they belong, in memory of the reader’s choice', () => {
    const long = fc.record({ length: fc.integer({ min: 1, max: 300_000 }), place: fc.boolean() });
    const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 120_000 }));
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 5 }), sizes, (parts, cuts) => {
        const message = parts.map(({ length }, i) => new Uint8Array(length).fill(i + 1));
        const stream = concat([...encodeFrames(message), ...encodeFrames([Uint8Array.of(9)])]);
        const decoder = new FrameDecoder();
        const placed: Uint8Array[] = [];
        decoder.placing = (bytes, before) => {
          expect(bytes).toBe(parts[before.length]!.length);
          if (!parts[before.length]!.place) return undefined;
          placed.push(new Uint8Array(new SharedArrayBuffer(bytes + 16), 8, bytes));
          return placed.at(-1);
        };
        const got: Uint8Array[][] = [];
        let at = 0;
        for (const cut of cuts) {
          if (at >= stream.length) break;
          const space = decoder.space();
          const bytes = Math.min(cut, space?.length ?? 65_536, stream.length - at);
          const chunk = stream.slice(at, at + bytes);
          space?.set(chunk);
          got.push(...(space === undefined ? decoder.push(chunk) : decoder.filled(bytes)));
          at += bytes;
        }
        expect(got).toHaveLength(2);
        expect(got[0]!.map((frame) => Buffer.compare(frame, message[got[0]!.indexOf(frame)]!))).toEqual(
          parts.map(() => 0),
        );
        expect(placed).toHaveLength(parts.filter((part) => part.place && part.length >= 65_536).length);
        for (const space of placed) expect(got[0]).toContain(space);
        expect(decoder.midway).toBe(false);
      }),
      { numRuns: 12 },
    );
  });

  test('larger than 16 MiB grow as they arrive', () => {
    const big = new Uint8Array(40 << 20).map((_, i) => i * 7);
    const stream = concat(encodeFrames([Uint8Array.of(1), big]));
    const decoder = new FrameDecoder();
    const got: Uint8Array[][] = [];
    for (let at = 0; at < stream.length; at += 1 << 20)
      got.push(...decoder.push(stream.subarray(at, at + (1 << 20))));
    expect(got).toHaveLength(1);
    expect(Buffer.compare(got[0]![1]!, big)).toBe(0);
  });

  test.each([10, 1_000, 100_000])(
    'of %d numbers are read as values, from chunks that are Buffers',
    (length) => {
      // Buffers have a `slice` that does not copy: what is read must be none.
      const value = { before: 'x', numbers: Int32Array.from({ length }, (_, i) => 3 * i) };
      const stream = Buffer.from(concat(encodeFrames([encodeValue(value)])));
      const decoder = new FrameDecoder();
      const [message] = [...decoder.push(stream.subarray(0, 100)), ...decoder.push(stream.subarray(100))];
      expect(decodeValue(message![0]!)).toEqual(value);
    },
  );

  test('are written without a copy', () => {
    const frame = new Uint8Array(8);
    expect(encodeFrames([frame])[1]).toBe(frame);
  });

  const prelude = (...words: bigint[]): Uint8Array => new Uint8Array(new BigUint64Array(words).buffer);

  test('of absurd lengths are refused before memory is taken', () => {
    expect(() => new FrameDecoder().push(prelude(8n, 2n ** 63n))).toThrow(WireError);
    expect(() => new FrameDecoder().push(prelude(8n, 0n))).toThrow('from 1 to 1048576');
    expect(() => new FrameDecoder().push(prelude(8n, 1n, 2n ** 60n))).toThrow('at most');
    const before = process.memoryUsage().arrayBuffers;
    const decoder = new FrameDecoder();
    decoder.push(prelude(8n, 1n, 2n ** 35n));
    decoder.push(new Uint8Array(10));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 << 20);
    expect(decoder.midway).toBe(true);
  });

  test('of any bytes whatever make an error or none, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const decoder = new FrameDecoder({ bytes: 1000, frames: 10 });
        try {
          for (const chunk of chunks) for (const message of decoder.push(chunk)) decodeMessage(message);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});

describe('messages that were damaged', () => {
  const good = encodeMessage([
    { op: 'x', keys: new Set(['a']), n: [1, 2, { m: 'text', bytes: new Uint8Array(3) }] },
  ]);

  test('make a WireError or another message', () => {
    fc.assert(
      fc.property(fc.nat(good[0]!.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const first = good[0]!.slice();
        first[at] = byte;
        try {
          decodeMessage([first]);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });

  test('cut short make a WireError', () => {
    for (let n = 0; n < good[0]!.length; n++)
      expect(() => decodeMessage([good[0]!.subarray(0, n)])).toThrow(WireError);
  });

  test('nested a million deep make a WireError', () => {
    expect(() => decodeMessage([new Uint8Array(1e6).fill(0x91)])).toThrow('nested more than 200 deep');
  });

  test('claiming more elements than there are bytes make a WireError', () => {
    expect(() => decodeMessage([Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)])).toThrow(
      'claims 4294967295 values in 0 bytes',
    );
  });

  test('referring to frames that are not there make a WireError', () => {
    const at = (n: unknown) => encodeMessage({ data: { __Serialized__: n } });
    expect(() => decodeMessage(at(1))).toThrow('refers to frame 1');
    expect(() => decodeMessage([...at(1), encodeMessage({ 'num-sub-frames': 3 })[0]!])).toThrow(
      'of 3 frames',
    );
    expect(() => decodeMessage([...at(1), encodeMessage([])[0]!])).toThrow(WireError);
  });
});
