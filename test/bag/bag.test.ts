/** Bags on the local engine: what they do on any, laws, and what is wrong with calls. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as tw from '../../src/index.js';
import { testBags } from './suite.js';

const { bag } = tw;
const wrong = (value: unknown): never => value as never;

testBags(async () => new tw.LocalEngine({ threads: 2 }));

describe('laws', () => {
  const values = fc.array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', '\u0000a', '1')),
    {
      maxLength: 30,
    },
  );
  const partitions = fc.integer({ min: 1, max: 12 });
  const law = (check: (list: (number | string)[], n: number, m: number) => Promise<void>) => async () => {
    await using engine = new tw.LocalEngine({ threads: 2 });
    tw.useEngine(engine);
    try {
      await fc.assert(fc.asyncProperty(values, partitions, partitions, check), { numRuns: 40 });
    } finally {
      tw.useEngine(undefined);
    }
  };
  const grouped = (list: readonly (number | string)[]): Map<string, (number | string)[]> => {
    const groups = new Map<string, (number | string)[]>();
    for (const value of list) groups.set(typeof value, [...(groups.get(typeof value) ?? []), value]);
    return groups;
  };

  it(
    'repartitioning keeps elements and their order',
    law(async (list, n, m) => {
      const other = bag.fromSequence(list, { partitions: n }).repartition({ partitions: m });
      expect(other.npartitions).toBe(m);
      expect(await other.compute()).toEqual(list);
    }),
  );

  it(
    'folds do not depend on partitions',
    law(async (list, n, splitEvery) => {
      const texts = bag.fromSequence(list, { partitions: n }).map((value) => String(value));
      const joined = texts.fold((a, b) => a + b, { initial: '', splitEvery: splitEvery + 1 });
      expect(await joined.compute()).toBe(list.join(''));
    }),
  );

  it(
    'groups are those of a Map, in its order where they are in one partition',
    law(async (list, n, m) => {
      const all = bag.fromSequence(list, { partitions: n });
      expect(await all.groupBy((value) => typeof value, { partitions: 1 }).compute()).toEqual([
        ...grouped(list),
      ]);
      const spread = await all.groupBy((value) => typeof value, { partitions: m }).compute();
      expect(new Map(spread)).toEqual(grouped(list));
      const folded = all.foldBy(
        (value) => typeof value,
        (count: number, _) => count + 1,
        {
          initial: 0,
          combine: (a, b) => a + b,
        },
      );
      expect(await folded.compute()).toEqual([...grouped(list)].map(([key, some]) => [key, some.length]));
    }),
  );

  it(
    'distinct elements are those of a Set, and their frequencies add up to the count',
    law(async (list, n) => {
      const all = bag.fromSequence(list, { partitions: n });
      expect(await all.distinct().compute()).toEqual([...new Set(list)]);
      const [found, count] = await tw.compute([all.frequencies(), all.count()]);
      expect(found.reduce((sum, [, times]) => sum + times, 0)).toBe(count);
      expect(count).toBe(list.length);
    }),
  );
});

describe('tasks', () => {
  it('are one a partition, whatever number of steps there is', () => {
    const chain = bag
      .range(10, { partitions: 3 })
      .map((n) => n + 1)
      .filter((n) => n > 2)
      .flatMap((n) => [n, n])
      .mapPartitions((part) => part);
    expect(chain.graph().size).toBe(3);
    expect(tw.bag.concat([chain, chain]).graph().size).toBe(3);
  });

  it('are equal for equal work, and for no other', () => {
    const key = (by: number) => [
      ...bag
        .range(3)
        .map((n) => n * by, { captured: { by } })
        .graph()
        .keys(),
    ];
    expect(key(2)).toEqual(key(2));
    expect(key(2)).not.toEqual(key(3));
  });
});

describe('what is wrong with calls', () => {
  const numbers = bag.range(6, { partitions: 2 });
  it.each<[RegExp, () => unknown]>([
    [/fromSequence takes a list.*not 3/, () => bag.fromSequence(wrong(3))],
    [/partitions is a whole number from 1, not 0/, () => bag.fromSequence([1], { partitions: 0 })],
    [/partitionSize is a whole number from 1, not 1.5/, () => bag.fromSequence([1], { partitionSize: 1.5 })],
    [/not both/, () => bag.range(3, { partitions: 1, partitionSize: 1 })],
    [/there is no option "partition"/, () => bag.range(3, wrong({ partition: 1 }))],
    [/n is a whole number from 0, not -1/, () => bag.range(-1)],
    [/the elements\[0\] is a function/, () => bag.fromSequence([() => 1])],
    [/part 0 is no delayed value/, () => bag.fromDelayed(wrong([[1]]))],
    [/fromDelayed: there is no part/, () => bag.fromDelayed([])],
    [/concat: there is no bag/, () => bag.concat([])],
    [/zip takes bags, not an array/, () => bag.zip(numbers, wrong([1]))],
    [/zip: bags have 2 and 3 partitions/, () => bag.zip(numbers, bag.range(3))],
    [/there is no file .*nowhere/, () => bag.readText('/nowhere')],
    [/no file matches .*nowhere/, () => bag.readText('/tmp/nowhere-*')],
    [/is a directory; its files are \/tmp\/\*/, () => bag.readText('/tmp/')],
    [/no path was given/, () => bag.readText([])],
    [
      /blockSize is a number of bytes .* not "big"/,
      () => bag.readText('/etc/hostname', { blockSize: 'big' }),
    ],
    [
      /blockSize is a number of bytes .* not "50%"/,
      () => bag.readText('/etc/hostname', { blockSize: '50%' }),
    ],
    [/there is no encoding "klingon"/, () => bag.readText('/etc/hostname', { encoding: 'klingon' })],
    [/compression is no "zip"/, () => bag.readText('/etc/hostname', wrong({ compression: 'zip' }))],
    [/map takes a function.*not 1/, () => numbers.map(wrong(1))],
    [/it uses numbers/, () => numbers.map(() => numbers.npartitions)],
    [/native or bound/, () => bag.fromSequence(['1']).map(JSON.parse)],
    [/args\[0\] has 3 partitions, and the bag 2/, () => numbers.map((a) => a, { args: [bag.range(3)] })],
    [/args\[0\] is a function: pass it by captured/, () => numbers.map((a) => a, { args: [() => 1] })],
    [/pluck takes the name/, () => bag.fromSequence([{ a: 1 }]).pluck(wrong({}))],
    [/probability is a number from 0 to 1, not 2/, () => numbers.randomSample(2)],
    [/splitEvery is a whole number from 2, not 1/, () => numbers.sum({ splitEvery: 1 })],
    [/ddof is a whole number/, () => numbers.var({ ddof: -1 })],
    [/k is a whole number from 1, not 0/, () => numbers.topK(0)],
    [/fold: combine takes a function/, () => numbers.fold((a, b) => a + b, { combine: wrong(1) })],
    [/partitions is a whole number from 1, not -2/, () => numbers.repartition({ partitions: -2 })],
    [/partitions is a whole number from 1, not 0/, () => numbers.groupBy((n) => n, { partitions: 0 })],
    [/join takes a list/, () => numbers.join(wrong(1), (n) => n)],
    [/the other bag has 2 partitions/, () => numbers.join(numbers, (n) => n)],
    [/product takes another bag/, () => numbers.product(wrong([1]))],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });

  it.each<[RegExp, () => Promise<unknown>]>([
    [/a count is a whole number from 0, not -1/, () => numbers.take(-1)],
    [/one \* in it/, () => numbers.map((n) => String(n)).toTextFiles('plain.txt')],
    [/there are 1 paths for 2 partitions/, () => numbers.map((n) => String(n)).toTextFiles(['a'])],
    [/a path is there twice/, () => numbers.map((n) => String(n)).toTextFiles(['a', './a'])],
  ])('%s', async (message, call) => {
    await expect(call()).rejects.toThrow(message);
  });
});
