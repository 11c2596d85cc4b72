/** How arrays are made, named and shown. */
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import * as tw from '../../../src/index.js';

const engine = new tw.LocalEngine({ threads: 2 });
afterAll(() => engine.dispose());

describe('iterating', () => {
  it('gives the slices along the first axis', async () => {
    const [rows, columns, ...more] = tw.indices([2, 3]);
    expect(more).toEqual([]);
    expect((await tw.compute([rows!, columns!], { engine })).map(String)).toEqual([
      '[[0 0 0]\n [1 1 1]]',
      '[[0 1 2]\n [0 1 2]]',
    ]);
    const last = [...tw.arange(5, { chunks: 2 })].at(-1)!;
    expect(await last.compute({ engine })).toBe(4);
    expect([...tw.zeros([0, 3])]).toEqual([]);
  });
});

describe('creation', () => {
  it('takes options after as many numbers as there are', async () => {
    const chunks = 16;
    const made: [tw.TileArray, number[][], tw.TileArray][] = [
      [tw.arange(64, { chunks }), [[16, 16, 16, 16]], tw.arange(64)],
      [tw.arange(0, 64, { chunks }), [[16, 16, 16, 16]], tw.arange(0, 64)],
      [tw.arange(0, 64, 2, { chunks }), [[16, 16]], tw.arange(0, 64, 2)],
      [tw.arange(64, undefined, 2, { chunks }), [[16, 16]], tw.arange(0, 64, 2)],
      [tw.linspace(0, 1, { chunks }), [[16, 16, 16, 2]], tw.linspace(0, 1)],
      [tw.linspace(0, 1, 20, { chunks }), [[16, 4]], tw.linspace(0, 1, 20)],
      [
        tw.eye(20, { chunks, k: 1 }),
        [
          [16, 4],
          [16, 4],
        ],
        tw.eye(20, 20, { k: 1 }),
      ],
      [tw.eye(20, 3, { chunks }), [[16, 4], [3]], tw.eye(20, 3)],
      [
        tw.identity(17, { chunks }),
        [
          [16, 1],
          [16, 1],
        ],
        tw.identity(17),
      ],
      [tw.full(17, 1, { chunks }), [[16, 1]], tw.full(17, 1)],
    ];
    const shown = async (y: tw.TileArray) => ((await y.compute({ engine })) as tw.NDArray).tolist();
    for (const [x, sizes, plain] of made) {
      expect(x.chunks).toEqual(sizes);
      expect(await shown(x)).toEqual(await shown(plain));
    }
    expect(tw.arange(3n, { chunks: 2 }).dtype).toBe('int64');
    expect(tw.arange(0, 3, { dtype: 'uint8' }).dtype).toBe('uint8');
  });
});

describe('names', () => {
  it('are equal for equal work, and not for other work', () => {
    const make = (scale: number, seed: number) => {
      const x = tw.random.defaultRng(seed).random([4, 4], { chunks: 2 });
      const y = x.mapBlocks((block, info) => info.out.data.set(block.data.map((v) => v * scale)), {
        captured: { scale },
      });
      return y
        .add(tw.asarray([1, 2, 3, 4]))
        .slice('1:')
        .mean(0);
    };
    const [a, b] = [make(2, 1), make(2, 1)];
    expect(a.name).toBe(b.name);
    expect([...a.graph().keys()]).toEqual([...b.graph().keys()]);
    const keys = new Set(a.graph().keys());
    for (const other of [make(3, 1), make(2, 5)]) {
      expect(other.name).not.toBe(a.name);
      // Only the constant, and with an equal seed the random numbers, are the same in both.
      const common = [...other.graph().values()].filter(({ key }) => keys.has(key)).map(({ op }) => op);
      expect(common.filter((op) => !['array/literal', 'array/random', 'array/gather'].includes(op))).toEqual(
        [],
      );
    }
    expect(tw.ones([2]).name).not.toBe(tw.zeros([2]).name);
    expect(tw.ones([2], { chunks: 1 }).name).not.toBe(tw.ones([2]).name);
  });
});

describe('looks', () => {
  const x = tw.zeros([250, 30], { chunks: [100, 10], dtype: 'int16' });

  it('as text', () => {
    expect(String(x)).toBe('tilework.TileArray<full, shape=(250, 30), dtype=int16, chunks=(100, 10)>');
    expect(inspect({ x })).toBe(`{\n  x: ${x}\n}`);
    expect(String(x.slice(0, '::7'))).toContain('shape=(5,), dtype=int16, chunks=((2, 1, 2),)');
    expect(String(x.get(x.greater(0)))).toContain('shape=(NaN,)');
    expect(String(x.sum())).toContain('shape=(), dtype=int64, chunks=()');
  });

  it('as HTML and as a drawing of its tasks', () => {
    const html = x.toHtml();
    for (const text of ['int16', '250', '100', '<svg', '</svg>']) expect(html).toContain(text);
    const drawing = x.add(1).sum(0).visualize();
    expect(drawing).toMatch(/^<svg [\s\S]*<\/svg>$/);
    // One box a task, and with few allowed one a layer.
    expect(drawing.match(/<title>/g)).toHaveLength(x.add(1).sum(0).graph().size);
    expect(
      x
        .add(1)
        .sum(0)
        .visualize({ max: 3 })
        .match(/<title>/g)!.length,
    ).toBeLessThanOrEqual(3);
  });

  it('by its numbers', () => {
    expect([x.ndim, x.size, x.nbytes, x.numBlocks, x.isKnown]).toEqual([2, 7500, 15_000, [3, 3], true]);
    expect(Object.isFrozen(x.node)).toBe(true);
  });
});
