import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tw from '../../src/array/index.js';
import type { Engine } from '../../src/engine/engine.js';
import type { DType } from '../../src/kernels/dtype.js';
import { computeElements } from './conformance/compute.js';
import { startEngine } from './engine.js';
import { at, build, fold, gather, map, matmul, type Plain, pythonSlice, transpose, zip } from './naive.js';

let engine: Engine;
let numRuns: number;

type Tile = tw.TileArray<DType>;

/** An array as plain numbers and its chunks. Elements are eighths, so that sums and products of a few are exact. */
interface Cut {
  readonly plain: Plain;
  readonly chunks: readonly (readonly number[])[];
}

/** Every way to cut an extent into pieces. */
const piecesOf = (extent: number): fc.Arbitrary<number[]> =>
  extent < 2
    ? fc.constant([extent])
    : fc.subarray(Array.from({ length: extent - 1 }, (_, i) => i + 1)).map((bounds) => {
        const ends = [...bounds, extent];
        return ends.map((end, i) => end - (ends[i - 1] ?? 0));
      });

const elements = (shape: readonly number[]): fc.Arbitrary<Plain> => {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc
    .array(fc.integer({ min: -40, max: 40 }), { minLength: length, maxLength: length })
    .map((data) => ({ shape, data: data.map((v) => v / 8) }));
};

const cutOf = (shape: readonly number[]): fc.Arbitrary<Cut> =>
  fc.record({ plain: elements(shape), chunks: fc.tuple(...shape.map(piecesOf)) });

const shapes = (minimum: number, maximum: number, smallest = 0): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: smallest, max: 6 }), { minLength: minimum, maxLength: maximum });

const cuts = (minimum = 0, maximum = 3, smallest = 0): fc.Arbitrary<Cut> =>
  shapes(minimum, maximum, smallest).chain(cutOf);

const tileOf = ({ plain, chunks }: Cut): Tile =>
  tw.asarray(Float64Array.from(plain.data), { shape: plain.shape, chunks });

/** Computes arrays and compares them with plain ones. */
async function expectAll(pairs: readonly (readonly [Tile, Plain])[]): Promise<void> {
  const computed = await computeElements(
    pairs.map(([tile]) => tile),
    engine,
  );
  pairs.forEach(([, plain], i) => {
    expect(computed[i].shape).toEqual(plain.shape);
    // adding 0 makes -0 and 0 one: these laws are about values
    expect(
      Array.from<number | bigint, number>(
        computed[i].data as ArrayLike<number | bigint>,
        (v) => Number(v) + 0,
      ),
    ).toEqual(plain.data.map((v) => v + 0));
  });
}

const law = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arbitrary, holds), { numRuns });

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Tests that an engine's blocked arrays equal plain loops, with so many cases for each law. */
export function describeLaws(start: () => Promise<Engine>, cases: number): void {
  beforeAll(async () => {
    engine = await start();
    numRuns = cases;
  });
  afterAll(async () => {
    await engine.dispose();
  });

  describe('blocked arrays equal plain loops', () => {
    test('elementwise chains', () =>
      law(cuts(), async (x) => {
        const tile = tileOf(x);
        const doubled = map(x.plain, (v) => v * 2 + 1);
        await expectAll([
          [tile.multiply(2).add(1), doubled],
          [tw.where(tile.greater(0), tile, tile.square()), map(x.plain, (v) => (v > 0 ? v : v * v))],
          [tile.abs().floor().astype('int64'), map(x.plain, (v) => Math.floor(Math.abs(v)))],
          [tw.minimum(tile, 1).subtract(tile), map(x.plain, (v) => Math.min(v, 1) - v)],
        ]);
      }));

    test('two operands that broadcast, each with its own chunks', () => {
      const pair = shapes(1, 3, 1).chain((shape) => {
        const narrowed = fc
          .tuple(...shape.map(() => fc.boolean()))
          .map((ones) => shape.map((n, axis) => (ones[axis] ? 1 : n)));
        const dropped = fc.tuple(narrowed, fc.nat(shape.length)).map(([list, lead]) => list.slice(lead));
        return fc.tuple(cutOf(shape), dropped.chain(cutOf));
      });
      return law(pair, async ([x, y]) => {
        const [a, b] = [tileOf(x), tileOf(y)];
        await expectAll([
          [a.add(b), zip(x.plain, y.plain, (p, q) => p + q)],
          [tw.multiply(b, a), zip(y.plain, x.plain, (p, q) => p * q)],
          [a.maximum(b.negative()), zip(x.plain, y.plain, (p, q) => Math.max(p, -q))],
        ]);
      });
    });

    test('reductions over any axes', () => {
      const given = cuts(1, 3, 1).chain((x) =>
        fc.record({
          x: fc.constant(x),
          axes: fc.subarray(
            x.plain.shape.map((_, axis) => axis),
            { minLength: 1 },
          ),
          keepdims: fc.boolean(),
        }),
      );
      return law(given, async ({ x, axes, keepdims }) => {
        const tile = tileOf(x);
        const options = { axis: axes, keepdims };
        const of = (f: (values: number[]) => number): Plain => fold(x.plain, axes, keepdims, f);
        await expectAll([
          [tile.sum(options), of(sumOf)],
          [tile.min(options), of((v) => Math.min(...v))],
          [tile.max(options), of((v) => Math.max(...v))],
          [tile.greater(4).any(options), of((v) => Number(v.some((e) => e > 4)))],
          [tile.greater(-4).all(options), of((v) => Number(v.every((e) => e > -4)))],
          [tile.mean(options), of((v) => sumOf(v) / v.length)],
        ]);
      });
    });

    test('argmin and argmax find the first of equals', () => {
      const given = cuts(1, 3, 1).chain((x) => fc.tuple(fc.constant(x), fc.nat(x.plain.shape.length - 1)));
      return law(given, async ([x, axis]) => {
        const coarse = { ...x, plain: map(x.plain, Math.round) };
        const tile = tileOf(coarse);
        await expectAll([
          [tw.argmin(tile, axis), fold(coarse.plain, [axis], false, (v) => v.indexOf(Math.min(...v)))],
          [tw.argmax(tile, axis), fold(coarse.plain, [axis], false, (v) => v.indexOf(Math.max(...v)))],
          [tw.argmax(tile), { shape: [], data: [coarse.plain.data.indexOf(Math.max(...coarse.plain.data))] }],
        ]);
      });
    });

    test('variance is the mean of squared deviations', () => {
      const given = cuts(1, 3, 1).chain((x) => fc.tuple(fc.constant(x), fc.nat(x.plain.shape.length - 1)));
      return law(given, async ([x, axis]) => {
        const plain = fold(x.plain, [axis], false, (v) => {
          const mean = sumOf(v) / v.length;
          return sumOf(v.map((e) => (e - mean) ** 2)) / v.length;
        });
        const [variance, deviation] = await computeElements(
          [tileOf(x).var(axis), tileOf(x).std(axis)],
          engine,
        );
        plain.data.forEach((v, i) => {
          expect(variance.data[i]).toBeCloseTo(v, 10);
          expect(deviation.data[i]).toBeCloseTo(Math.sqrt(v), 10);
        });
      });
    });

    test('matrix products', () => {
      const size = fc.integer({ min: 1, max: 6 });
      const pair = fc.tuple(size, size, size).chain(([m, k, n]) => fc.tuple(cutOf([m, k]), cutOf([k, n])));
      return law(pair, async ([x, y]) => {
        const [a, b] = [tileOf(x), tileOf(y)];
        await expectAll([
          [a.matmul(b), matmul(x.plain, y.plain)],
          [b.T.matmul(a.T), transpose(matmul(x.plain, y.plain), [1, 0])],
          [tw.tensordot(a, b.T, [[1], [1]]), matmul(x.plain, y.plain)],
        ]);
      });
    });
  });

  describe('slices', () => {
    const bound = fc.option(fc.integer({ min: -8, max: 8 }));
    const subscript = fc.record({
      start: bound,
      stop: bound,
      step: fc.integer({ min: -3, max: 3 }).filter((s) => s !== 0),
    });
    const textOf = ({
      start,
      stop,
      step,
    }: {
      start: number | null;
      stop: number | null;
      step: number;
    }): string => `${start ?? ''}:${stop ?? ''}:${step}`;
    const given = cuts(1, 3).chain((x) =>
      fc.record({
        x: fc.constant(x),
        first: fc.tuple(...x.plain.shape.map(() => subscript)),
        second: fc.tuple(...x.plain.shape.map(() => subscript)),
      }),
    );
    const sliced = (
      x: Plain,
      subscripts: readonly { start: number | null; stop: number | null; step: number }[],
    ): Plain =>
      gather(
        x,
        subscripts.map(({ start, stop, step }, axis) => pythonSlice(x.shape[axis], start, stop, step)),
      );

    test('pick what Python picks, of arrays, of slices and of expressions', () =>
      law(given, async ({ x, first, second }) => {
        const tile = tileOf(x);
        const once = sliced(x.plain, first);
        await expectAll([
          [tile.slice(...first.map(textOf)), once],
          [tile.slice(...first.map(textOf)).slice(...second.map(textOf)), sliced(once, second)],
          [
            tile
              .add(1)
              .slice(...first.map(textOf))
              .sum(),
            { shape: [], data: [sumOf(once.data.map((v) => v + 1))] },
          ],
        ]);
      }));

    test('reversed twice is the array', () =>
      law(cuts(1), async (x) => {
        await expectAll([
          [tw.flip(tw.flip(tileOf(x))), x.plain],
          [
            tileOf(x)
              .slice(...x.plain.shape.map(() => '::-1'))
              .slice(...x.plain.shape.map(() => '::-1')),
            x.plain,
          ],
        ]);
      }));

    test('lists of positions and masks', () => {
      const along = cuts(1, 3, 1).chain((x) =>
        fc.nat(x.plain.shape.length - 1).chain((axis) => {
          const extent = x.plain.shape[axis];
          return fc.record({
            x: fc.constant(x),
            axis: fc.constant(axis),
            picks: fc.array(fc.integer({ min: -extent, max: extent - 1 }), { minLength: 1, maxLength: 8 }),
            mask: fc.array(fc.boolean(), { minLength: extent, maxLength: extent }),
          });
        }),
      );
      return law(along, async ({ x, axis, picks, mask }) => {
        const extent = x.plain.shape[axis];
        const all = x.plain.shape.map((n) => Array.from({ length: n }, (_, i) => i));
        const taken = gather(
          x.plain,
          all.with(
            axis,
            picks.map((i) => (i < 0 ? i + extent : i)),
          ),
        );
        const kept = gather(
          x.plain,
          all.with(
            axis,
            all[axis].filter((i) => mask[i]),
          ),
        );
        const positive = x.plain.data.filter((v) => v > 0);
        const tile = tileOf(x);
        await expectAll([
          [tile.take(picks, axis), taken],
          [tile.compress(mask, axis), kept],
          [tile.get(tile.greater(0)), { shape: [positive.length], data: positive }],
        ]);
      });
    });
  });

  describe('shapes', () => {
    test('rechunking changes chunks and nothing else', () => {
      const given = cuts(1).chain((x) =>
        fc.tuple(
          fc.constant(x),
          fc.tuple(...x.plain.shape.map(piecesOf)),
          fc.tuple(...x.plain.shape.map(piecesOf)),
        ),
      );
      return law(given, async ([x, other, third]) => {
        const tile = tileOf(x).rechunk(other);
        expect(tile.chunks).toEqual(other);
        await expectAll([
          [tile, x.plain],
          [tile.rechunk(third).rechunk(x.chunks), x.plain],
        ]);
        expect(tile.rechunk(other).name).toBe(tile.name);
      });
    });

    test('transposing moves elements; transposing back restores them', () => {
      const given = cuts(1).chain((x) => {
        const axes = x.plain.shape.map((_, axis) => axis);
        return fc.tuple(fc.constant(x), fc.shuffledSubarray(axes, { minLength: axes.length }));
      });
      return law(given, async ([x, order]) => {
        const back = order.map((_, axis) => order.indexOf(axis));
        const moved = tw.transpose(tileOf(x), order);
        await expectAll([
          [moved, transpose(x.plain, order)],
          [tw.transpose(moved, back), x.plain],
        ]);
      });
    });

    test('reshaping keeps the order of elements', () => {
      const targets = [[24], [4, 6], [2, 3, 4], [6, 4], [1, 24], [12, 2], [3, 8], [2, 2, 6], [24, 1], [8, 3]];
      const given = fc.tuple(fc.constantFrom(...targets).chain(cutOf), fc.constantFrom(...targets));
      return law(given, async ([x, target]) => {
        await expectAll([
          [tileOf(x).reshape(target), { shape: target, data: x.plain.data }],
          [tileOf(x).reshape(target).ravel(), { shape: [24], data: x.plain.data }],
          [tileOf(x).reshape(target).reshape(x.plain.shape), x.plain],
        ]);
      });
    });

    test('an array cut in two and joined is the array', () => {
      const given = cuts(1, 3, 1).chain((x) =>
        fc
          .nat(x.plain.shape.length - 1)
          .chain((axis) => fc.tuple(fc.constant(x), fc.constant(axis), fc.nat(x.plain.shape[axis]))),
      );
      return law(given, async ([x, axis, at]) => {
        const tile = tileOf(x);
        const side = (text: string): Tile =>
          tile.slice(...x.plain.shape.map((_, a) => (a === axis ? text : ':')));
        await expectAll([
          [tw.concatenate([side(`:${at}`), side(`${at}:`)], axis), x.plain],
          [tw.stack([tile, tile.negative()], axis).take([0], axis).squeeze(axis), x.plain],
        ]);
      });
    });
  });

  describe('names', () => {
    const steps: readonly ((x: Tile) => Tile)[] = [
      (x) => x.add(1),
      (x) => x.add(2),
      (x) => x.multiply(x),
      (x) => x.sum(),
      (x) => x.sum({ axis: 0 }),
      (x) => x.sum({ axis: 0, keepdims: true }),
      (x) => x.max(),
      (x) => x.T,
      (x) => x.slice('1:'),
      (x) => x.slice('::-1'),
      (x) => x.reshape(-1),
      (x) => x.astype('float32'),
      (x) => x.rechunk(1),
      (x) => x.take([0, 1], 0),
      (x) => x.take([1, 0], 0),
      (x) => x.matmul(x.T),
    ];

    test('equal work has equal names and tasks, other work has others', () =>
      law(cutOf([3, 4]), async (x) => {
        const names = steps.map((step) => step(tileOf(x)).name);
        expect(steps.map((step) => step(tileOf(x)).name)).toEqual(names);
        expect(new Set(names).size).toBe(names.length);
        const keys = (tile: Tile): string[] => [...tile.graph().keys()].sort();
        expect(keys(steps[4](tileOf(x)))).toEqual(keys(steps[4](tileOf(x))));
      }));

    test('other elements have another name', () =>
      law(fc.tuple(cutOf([3, 4]), cutOf([3, 4])), async ([x, y]) => {
        const equal =
          x.plain.data.every((v, i) => v === y.plain.data[i]) &&
          JSON.stringify(x.chunks) === JSON.stringify(y.chunks);
        expect(tileOf(x).name === tileOf(y).name).toBe(equal);
      }));
  });

  test('random numbers depend on the seed and the chunks, never on the engine', async () => {
    const one = await startEngine(1);
    try {
      await law(fc.tuple(fc.nat(), fc.tuple(piecesOf(6), piecesOf(5))), async ([seed, chunks]) => {
        const draw = (): Tile => tw.random.defaultRng(seed).standardNormal([6, 5], { chunks });
        const [here] = await computeElements([draw()], engine);
        const [there] = await computeElements([draw()], one);
        expect(there.data).toEqual(here.data);
      });
    } finally {
      await one.dispose();
    }
  });

  test('a slice of random numbers is the slice of all of them', async () => {
    const axis = fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 20, max: 90 }));
    const slice = fc.tuple(
      fc.nat(60),
      fc.integer({ min: -3, max: 5 }).filter((step) => step !== 0),
    );
    const given = fc.tuple(
      fc.nat(),
      fc.tuple(axis, axis),
      fc.tuple(slice, slice),
      fc.boolean(),
      fc.boolean(),
    );
    await law(given, async ([seed, [[n, a], [m, b]], slices, transposed, bounded]) => {
      const rng = tw.random.defaultRng(seed);
      const options = { chunks: [a, b] };
      const x = bounded ? rng.uniform(-1, 2, [n, m], options) : rng.random([n, m], options);
      const of = (y: Tile): Tile =>
        (transposed ? y.T : y).slice(...slices.map(([start, step]) => `${start}::${step}`));
      const [all] = await computeElements([x as Tile], engine);
      const stored = tw.asarray(Float64Array.from(all.data as Iterable<number>), { shape: [n, m] });
      const [alone, expected] = [
        await computeElements([of(x as Tile)], engine),
        await computeElements([of(stored as Tile)], engine),
      ];
      expect(alone[0].data).toEqual(expected[0].data);
    });
  });

  test('convolution is the sum of shifted copies, and its operands change places', () => {
    const vectors = fc.tuple(cuts(1, 1, 1), cuts(1, 1, 1));
    return law(vectors, async ([a, v]) => {
      const [[n], [m]] = [a.plain.shape, v.plain.shape];
      const expected = build([n + m - 1], ([i]) => {
        let sum = 0;
        for (let k = 0; k < m; k++) sum += v.plain.data[k] * (a.plain.data[i - k] ?? 0);
        return sum;
      });
      const [x, y] = [tileOf(a), tileOf(v)];
      await expectAll([
        [tw.convolve(x, y), expected],
        [tw.convolve(y, x), expected],
        [tw.correlate(x, tw.flip(y), 'full'), expected],
      ]);
    });
  });

  test('windows are slices, one from each element on', () => {
    const given = cuts(1, 3, 1).chain((x) =>
      fc
        .tuple(fc.constant(x), fc.nat(x.plain.shape.length - 1))
        .chain(([cut, axis]) =>
          fc.tuple(fc.constant(cut), fc.constant(axis), fc.integer({ min: 1, max: cut.plain.shape[axis] })),
        ),
    );
    return law(given, async ([x, axis, width]) => {
      const shape = x.plain.shape.map((n, a) => (a === axis ? n - width + 1 : n));
      const expected = build([...shape, width], (index) =>
        at(
          x.plain,
          index.slice(0, -1).map((i, a) => (a === axis ? i + index.at(-1)! : i)),
        ),
      );
      await expectAll([[tw.slidingWindowView(tileOf(x), width, { axis }), expected]]);
    });
  });

  test('nothing before a place of a partition is greater, nothing behind it less', () => {
    const given = cuts(1, 1, 1).chain((x) => fc.tuple(fc.constant(x), fc.nat(x.plain.shape[0] - 1)));
    return law(given, async ([x, kth]) => {
      const tile = tileOf(x);
      const [parted, picked] = await computeElements(
        [tw.partition(tile, kth), tw.takeAlongAxis(tile, tw.argpartition(tile, kth), 0)],
        engine,
      );
      const sorted = [...x.plain.data].sort((a, b) => a - b);
      for (const { data } of [parted, picked]) {
        const found = Array.from(data as Float64Array);
        expect([...found].sort((a, b) => a - b)).toEqual(sorted);
        expect(found[kth]).toBe(sorted[kth]);
        expect(Math.max(...found.slice(0, kth + 1))).toBe(sorted[kth]);
        expect(Math.min(...found.slice(kth))).toBe(sorted[kth]);
      }
    });
  });

  test('an element of a function of its index', async () => {
    const plain = build([4, 5], ([i, j]) => 10 * i + j);
    const tile = tw.arange(4).multiply(10).reshape([4, 1]).add(tw.arange(5)).rechunk([3, 2]);
    await expectAll([[tile, plain]]);
  });
}
