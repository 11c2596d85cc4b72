import { describe, expect, test } from 'vitest';
import { lowerInPieces } from '../../src/array/lower/lower.js';
import { delayed } from '../../src/delayed/index.js';
import type { Engine } from '../../src/engine/engine.js';
import { orderInPieces } from '../../src/graph/order.js';
import { atOnce, inPieces, type Pieces } from '../../src/graph/pieces.js';
import type { Graph } from '../../src/graph/task.js';
import { arange } from '../../src/index.js';
import { LAZY, tasksInPieces } from '../../src/lazy/index.js';

/** Goes on until it is told that it is enough. */
function* until(enough: () => boolean): Pieces<string> {
  while (!enough()) yield;
  return 'done';
}

describe('work in pieces', () => {
  test('that is short is done at once', () => {
    let steps = 0;
    expect(inPieces(until(() => ++steps > 3))).toBe('done');
    expect(atOnce(until(() => ++steps > 6))).toBe('done');
  });

  test('that is long leaves the event loop its turns', async () => {
    let enough = false;
    setTimeout(() => {
      enough = true;
    }, 1);
    expect(await inPieces(until(() => enough))).toBe('done');
  });

  test('ends with the signal, or with what it throws', async () => {
    const reason = new Error('not any more');
    const control = new AbortController();
    setTimeout(() => control.abort(reason), 1);
    await expect(
      inPieces(
        until(() => false),
        control.signal,
      ),
    ).rejects.toBe(reason);
    let broken = false;
    setTimeout(() => {
      broken = true;
    }, 1);
    const breaks = until(() => {
      if (broken) throw reason;
      return false;
    });
    await expect(inPieces(breaks)).rejects.toBe(reason);
  });
});

describe('a large graph', () => {
  const piecesOf = (work: Pieces<unknown>): number => {
    let pieces = 1;
    while (!work.next().done) pieces++;
    return pieces;
  };

  test('is made and ordered in pieces', () => {
    const { node } = arange(10_000, { chunks: 1 }).cumsum();
    const wanted = Array.from({ length: 10_000 }, (_, i) => ({ node, coords: [i] }));
    expect(piecesOf(lowerInPieces(wanted))).toBeGreaterThan(4);
    const call = delayed((n: number) => n + 1);
    const calls = Array.from({ length: 10_000 }, (_, i) => call(i)[LAZY].input());
    expect(piecesOf(tasksInPieces(calls))).toBeGreaterThan(4);
    const graph: Graph = atOnce(tasksInPieces(calls));
    expect(piecesOf(orderInPieces(graph))).toBeGreaterThan(12);
  });

  test('is planned no further when that is aborted', async () => {
    const call = delayed((n: number) => n + 1);
    const calls = Array.from({ length: 100_000 }, (_, i) => call(i));
    const all = delayed((list: number[]) => list.length)(calls);
    const engine = { run: () => Promise.reject(new Error('it ran')) } as unknown as Engine;
    const control = new AbortController();
    const reason = new Error('not any more');
    setImmediate(() => control.abort(reason));
    await expect(all.compute({ engine, signal: control.signal })).rejects.toBe(reason);
  });
});
