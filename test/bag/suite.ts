/** What bags do on any engine: what Dask's do (test/truth/bag.py), and what goes wrong. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import * as tw from '../../src/index.js';

const { bag } = tw;
const truth = JSON.parse(readFileSync(new URL('../truth/bag.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, unknown>
>;

const numbers = bag.fromSequence(
  Array.from({ length: 40 }, (_, n) => (7 * n) % 23),
  { partitions: 5 },
);
const words = bag.fromSequence('the cat and the hat sat on the mat and the bat'.split(' '), {
  partitions: 4,
});
const people = bag.fromSequence(
  [
    { name: 'Ada', age: 36, tags: ['x', 'y'] },
    { name: 'Bob', age: 41, tags: [] },
    { name: 'Cyd', age: 36, tags: ['y'] },
    { name: 'Dan', age: 17, tags: ['x', 'z', 'z'] },
    { name: 'Eve', age: 41, tags: ['z'] },
  ] as readonly { readonly name: string; readonly age: number; readonly tags: readonly string[] }[],
  { partitions: 3 },
);
const pairs = bag.fromSequence(
  Array.from({ length: 10 }, (_, n): [number, number] => [n, n % 3]),
  { partitions: 3 },
);
const sparse = numbers.filter((n) => n > 20);
const plus = (a: number, b: number): number => a + b;

/** In an order of their own: Dask's is that of Python's hashes. */
const byKey = (items: readonly unknown[]): unknown[] =>
  [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const groups = <K>(found: readonly (readonly [K, readonly string[]])[]) =>
  byKey(found.map(([key, values]) => [key, [...values].sort()]));

/** What Dask gives, by the label in test/truth/bag.json. */
const CASES: Readonly<Record<string, () => Promise<unknown>>> = {
  map: () => numbers.map((n) => n + 1).compute(),
  'map beside': () =>
    numbers
      .map((n, other, most) => n * other + most, { args: [numbers.map((n) => n % 3), numbers.max()] })
      .compute(),
  starmap: () => pairs.starmap((a, b) => a * 10 + b).compute(),
  filter: () => numbers.filter((n) => n % 2 === 0).compute(),
  remove: () => numbers.remove((n) => n % 2 === 0).compute(),
  flatten: () => people.pluck('tags').flatten().compute(),
  pluck: () => people.pluck('name').compute(),
  'pluck list': () => people.pluck(['age', 'name']).compute(),
  'pluck default': () => people.pluck('size' as 'name', 0).compute(),
  'map partitions': () => numbers.mapPartitions((part) => [part.reduce((a, b) => a + b, 0)]).compute(),
  count: () => numbers.count().compute(),
  sum: () => numbers.sum().compute(),
  min: () => numbers.min().compute(),
  max: () => numbers.max().compute(),
  any: () => tw.compute([numbers.map((n) => n === 3).any(), numbers.map((n) => n > 99).any()]),
  all: () => tw.compute([numbers.map((n) => n < 99).all(), numbers.map((n) => n > 3).all()]),
  'min of sparse': () => sparse.min().compute(),
  'count of sparse': () => sparse.count().compute(),
  fold: () => numbers.fold((a, b) => Math.max(a, b)).compute(),
  'fold initial': () =>
    words.fold((n: number, word) => n + word.length, { initial: 0, combine: plus }).compute(),
  'fold sparse': () => sparse.fold((a, b) => a * 31 + b, { combine: plus }).compute(),
  reduction: () => {
    const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
    return numbers.reduction(sum, sum, { splitEvery: 2 }).compute();
  },
  'reduction of sparse': () =>
    sparse
      .reduction(
        (part) => [Math.max(...part)],
        (parts) => parts.flat(),
      )
      .compute(),
  accumulate: () => numbers.accumulate(plus).compute(),
  'accumulate initial': () => numbers.accumulate(plus, { initial: -1 }).compute(),
  frequencies: async () => byKey(await words.frequencies().compute()),
  'most frequent': async () => (await words.frequencies({ sort: true }).take(1))[0],
  topk: () => numbers.topK(4).compute(),
  'topk by': () => words.topK(3, { key: 'length' as never }).compute(),
  distinct: async () => (await numbers.distinct().compute()).sort((a, b) => a - b),
  'distinct by': () => people.distinct({ key: 'age' }).pluck('name').compute(),
  foldby: async () => byKey(await numbers.foldBy((n) => n % 4, plus).compute()),
  'foldby initial': async () =>
    byKey(
      await people
        .foldBy('age', (n: number, row) => n + row.tags.length, {
          initial: 0,
          combine: plus,
          combineInitial: 0,
        })
        .compute(),
    ),
  groupby: async () => groups(await words.groupBy((word) => word.length).compute()),
  'groupby lists': async () =>
    groups(
      await people
        .groupBy((row) => [row.age, row.tags.length])
        .map(([key, rows]) => [key, rows.map((row) => row.name)] as const)
        .compute(),
    ),
  join: async () => byKey(await words.join(['apple', 'cherry', 'tea'], (word) => word[0]).compute()),
  'join on other': async () =>
    byKey(
      await people
        .join(
          [
            { at: 36, n: 1 },
            { at: 41, n: 2 },
          ],
          'age',
          { onOther: 'at' },
        )
        .map(([other, row]) => [other.n, row.name])
        .compute(),
    ),
  product: async () =>
    byKey(
      await bag
        .fromSequence([1, 2, 3], { partitions: 2 })
        .product(bag.fromSequence(['a', 'b']))
        .compute(),
    ),
  zip: () =>
    bag
      .zip(
        numbers,
        numbers.map((n) => 1 - n),
      )
      .compute(),
  concat: () => bag.concat([numbers, bag.range(3, { partitions: 2 })]).compute(),
  take: () => numbers.take(6),
  repartition: () =>
    tw.compute(
      [3, 25].map((partitions) =>
        bag
          .range(100, { partitions: 10 })
          .repartition({ partitions })
          .mapPartitions((part) => [part.length])
          .sum(),
      ),
    ),
};
const CLOSE: Readonly<Record<string, () => Promise<number>>> = {
  mean: () => numbers.mean().compute(),
  var: () => numbers.var().compute(),
  'var of a sample': () => numbers.var({ ddof: 1 }).compute(),
  std: () => numbers.std().compute(),
};

export function testBags(start: () => Promise<Engine>): void {
  let engine: Engine;
  let folder: string;
  beforeAll(async () => {
    engine = await start();
    tw.useEngine(engine);
    folder = mkdtempSync(join(tmpdir(), 'tilework-bag-'));
  });
  afterAll(async () => {
    tw.useEngine(undefined);
    await engine?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('what Dask gives', () => {
    it.each(Object.keys(CASES))('%s', async (label) => {
      expect(await CASES[label]!()).toEqual(truth[label]);
    });
    it.each(Object.keys(CLOSE))('%s', async (label) => {
      expect(await CLOSE[label]!()).toBeCloseTo(truth[label] as number, 12);
    });
    it('of text, in blocks of any size', async () => {
      const path = join(folder, 'lines.txt');
      const lines = Array.from({ length: 50 }, (_, n) => `line ${n} ${'x'.repeat(n % 7)}\n`);
      writeFileSync(path, `${lines.join('')}\nlast é`);
      const { lines: expected } = truth.text as { lines: string[] };
      for (const blockSize of [1, 7, 64, 1000])
        expect(await bag.readText(path, { blockSize }).compute()).toEqual(expected);
    });
    it('all of it', () => {
      const tested = [...Object.keys(CASES), ...Object.keys(CLOSE), 'text', 'dask'];
      expect(tested.sort()).toEqual(Object.keys(truth).sort());
    });
  });

  describe('functions', () => {
    it('may be asynchronous, captured and of modules', async () => {
      const by = 3;
      const later = bag.range(6, { partitions: 2 }).map(async (n) => n * by, { captured: { by } });
      const odd = later.filter(async (n) => n % 2 === 1).flatMap(async (n) => [n, n]);
      expect(await odd.compute()).toEqual([3, 3, 9, 9, 15, 15]);
      expect(await odd.fold(async (a, b) => a + b).compute()).toBe(54);
      expect(
        await odd
          .groupBy(async (n) => n, { partitions: 1 })
          .pluck(0)
          .compute(),
      ).toEqual([3, 9, 15]);
      expect(await odd.accumulate(async (a, b) => a + b).compute()).toEqual([3, 6, 15, 24, 39, 54]);
      const module = new URL('../delayed/steps.mjs', import.meta.url);
      expect(await bag.range(3).map<number>({ module, name: 'half' }).compute()).toEqual([0, 0.5, 1]);
    });

    it('may change what they fold into', async () => {
      const lists = bag.range(9, { partitions: 4 }).foldBy(
        (n) => n % 2,
        (all: number[], n) => {
          all.push(n);
          return all;
        },
        {
          initial: [],
          combine: (a, b) => {
            a.push(...b);
            return a;
          },
        },
      );
      expect(await lists.compute()).toEqual([
        [0, [0, 2, 4, 6, 8]],
        [1, [1, 3, 5, 7]],
      ]);
    });

    it('that fail are named with their stacks', async () => {
      const bad = bag.range(3).map(function bad(n): number {
        throw new RangeError(`no ${n}`);
      });
      const error = (await bad.compute().catch((e: unknown) => e)) as tw.TaskError;
      expect(error).toBeInstanceOf(tw.TaskError);
      expect(error.cause).toBeInstanceOf(RangeError);
      expect(error.stack).toMatch(/at bad \(tilework-function-/);
    });
  });

  describe('results', () => {
    it('are computed with other lazies, and passed to functions', async () => {
      const squares = bag.range(4, { partitions: 2 }).map((n) => n * n);
      const size = tw.delayed((list: readonly number[]) => list.length)(squares);
      expect(await tw.compute({ squares, size, x: tw.arange(3).sum() })).toEqual({
        squares: [0, 1, 4, 9],
        size: 4,
        x: 3,
      });
    });

    it('are kept in the engine, and gone through', async () => {
      const held = await bag
        .range(6, { partitions: 3 })
        .map(() => Math.random())
        .persist();
      expect(await held.compute()).toEqual(await held.compute());
      const parts: unknown[] = [];
      for await (const part of bag.range(7, { partitions: 3 }).groupBy((n) => n % 3)) parts.push(...part);
      expect(byKey(parts)).toEqual([
        [0, [0, 3, 6]],
        [1, [1, 4]],
        [2, [2, 5]],
      ]);
      const few: number[][] = [];
      for await (const part of bag.range(100, { partitions: 50 })) if (few.push(part) === 2) break;
      expect(few).toEqual([
        [0, 1],
        [2, 3],
      ]);
    });

    it('are published, and taken up by who finds them', async () => {
      const client = new tw.Client(engine);
      const squares = bag.range(5, { partitions: 2 }).map((n) => n * n);
      const held = await squares.persist();
      await client.publish('squares', bag.concat([held, held]));
      const found = await client.getDataset<tw.Bag<number>>('squares');
      expect(found.npartitions).toBe(4);
      expect(await found.sum().compute()).toBe(60);
      await client.unpublish('squares');
    });

    it('may be of any kind that is plain data', async () => {
      const values = [
        new Map([[1, new Set(['a'])]]),
        2n,
        undefined,
        null,
        -0,
        new Float64Array([1, 2]),
        new Date(5),
      ];
      expect(
        await bag
          .fromSequence(values, { partitions: 3 })
          .map((value) => value)
          .compute(),
      ).toEqual(values);
      await expect(
        bag
          .range(2)
          .map(() => () => 1)
          .compute(),
      ).rejects.toThrow(/is a function/);
    });

    it('are frames, and delayed values', async () => {
      const frame = people
        .map(({ name, age }) => ({ name, age }))
        .toFrame({ schema: { name: 'string', age: 'int32' } });
      expect(await frame.filter(tw.col('age').gt(40)).rows()).toEqual([
        { name: 'Bob', age: 41 },
        { name: 'Eve', age: 41 },
      ]);
      const load = tw.delayed((n: number) => new Set([n, n + 1]));
      expect(await bag.fromDelayed([load(1), load(5)]).compute()).toEqual([1, 2, 5, 6]);
    });

    it('are drawn again by a seed', async () => {
      const sample = bag.range(2000, { partitions: 4 }).randomSample(0.25, { seed: 7 });
      // Those of arrays, which NumPy checks (test/truth/random_streams.py).
      const drawn = (await tw.random.defaultRng(7).random([2000], { chunks: 500 }).compute()) as tw.NDArray;
      const below = Array.from(drawn.data as Float64Array).flatMap((x, i) => (x < 0.25 ? [i] : []));
      expect(await sample.compute()).toEqual(below);
      expect(await bag.range(9).randomSample(1).compute()).toHaveLength(9);
    });
  });

  describe('files', () => {
    it('are written whole, or not at all', async () => {
      const pattern = join(folder, 'out', 'part-*.txt');
      const texts = bag.range(25, { partitions: 11 }).map((n) => `é${n}`);
      const paths = await texts.toTextFiles(pattern);
      expect(paths[1]).toBe(join(folder, 'out', 'part-01.txt'));
      expect(await bag.readText(pattern).compute()).toEqual(await texts.compute());
      await expect(texts.toTextFiles(pattern)).rejects.toThrow(/exists; pass overwrite/);
      const wrong = bag.range(25, { partitions: 11 }).map((n) => (n === 24 ? 24 : 'new')) as tw.Bag<string>;
      await expect(wrong.toTextFiles(pattern, { overwrite: true })).rejects.toThrow(
        /an element is a number, no text/,
      );
      expect(await bag.readText(pattern).take(2)).toEqual(['é0', 'é1']);
      await texts.map((text) => text.toUpperCase()).toTextFiles(pattern, { overwrite: true });
      expect(await bag.readText(pattern).take(1)).toEqual(['É0']);
      expect(readdirSync(join(folder, 'out'))).toHaveLength(11);
    });

    it('are compressed, encoded otherwise, and named beside lines', async () => {
      const lines = bag.fromSequence(['a', '', 'ß'], { partitions: 3 }).filter((text) => text !== 'a');
      const paths = await lines.toTextFiles(join(folder, 'zip-*.gz'));
      expect(await bag.readText(paths).compute()).toEqual(['', 'ß']);
      const latin = join(folder, 'latin.txt');
      writeFileSync(latin, Buffer.from('für\r\nalle', 'latin1'));
      expect(await bag.readText(latin, { encoding: 'latin1', includePath: true }).compute()).toEqual([
        ['für', latin],
        ['alle', latin],
      ]);
      await expect(bag.readText(latin).compute()).rejects.toThrow(/is not encoded in utf-8/);
      writeFileSync(join(folder, 'wide.txt'), Buffer.from('\ufeffa\nž', 'utf16le'));
      expect(
        await bag.readText(join(folder, 'wide.txt'), { encoding: 'utf-16le', blockSize: 2 }).compute(),
      ).toEqual(['a', 'ž']);
      await expect(bag.readText(latin, { compression: 'gzip' }).compute()).rejects.toThrow(/is no gzip file/);
      const read = bag.readText(latin, { encoding: 'latin1' });
      writeFileSync(latin, 'something else');
      await expect(read.compute()).rejects.toThrow(/has changed since/);
    });
  });

  describe('what is wrong with elements', () => {
    const empty = bag.range(0);
    it.each<[RegExp, () => Promise<unknown>]>([
      [
        /pluck: there is no "size" in \{"name":".*: pluck\("size", null\)/,
        () => people.pluck('size' as 'name').compute(),
      ],
      [/sum: an element is a string, no number/, () => (words as never as tw.Bag<number>).sum().compute()],
      [/flatten: an element is no list, but \d/, () => numbers.flatten().compute()],
      [/what the function returned is no list/, () => numbers.mapPartitions(() => 1 as never).compute()],
      [/a partition is no list, but "text"/, () => bag.fromDelayed([tw.delayed('text')]).compute()],
      [/fold: the bag is empty/, () => empty.fold(plus).compute()],
      [/min: the bag is empty/, () => empty.min().compute()],
      [/mean: the bag is empty/, () => empty.mean().compute()],
      [
        /zip: partitions of the bags differ in length/,
        () => bag.zip(bag.range(4, { partitions: 2 }), bag.range(5, { partitions: 2 })).compute(),
      ],
      [
        /map: partitions of the bags differ in length/,
        () =>
          bag
            .range(5, { partitions: 2 })
            .map(plus, { args: [bag.range(4, { partitions: 2 })] })
            .compute(),
      ],
    ])('%s', async (message, compute) => {
      await expect(compute()).rejects.toThrow(message);
    });

    it('of none much can be said', async () => {
      expect(await tw.compute([empty, empty.sum(), empty.count(), empty.any(), empty.all()])).toEqual([
        [],
        0,
        0,
        false,
        true,
      ]);
      expect(await empty.frequencies().compute()).toEqual([]);
      expect(await empty.fold(plus, { initial: 4 }).compute()).toBe(4);
      expect(await empty.groupBy((n) => n).compute()).toEqual([]);
      expect(await empty.take(3)).toEqual([]);
    });
  });
}
