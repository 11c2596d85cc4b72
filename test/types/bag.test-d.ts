/** What the compiler knows of bags. Checked by `npm run typecheck`; nothing here runs. */
import type { Bag, Delayed } from '../../src/index.js';
import * as tw from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(a: A, b: Equal<A, B> extends true ? B : never): void;
declare const numbers: Bag<number>;
declare const texts: Bag<string>;
declare const people: Bag<{ readonly name: string; readonly age?: number }>;
declare const number: Delayed<number>;
declare const list: number[];
const { bag } = tw;

// What makes bags.
same(bag.fromSequence([1, 2]), numbers);
same(bag.range(3), numbers);
same(bag.readText('a'), texts);
same(
  bag.readText('a', { includePath: true }),
  texts.map((text): [string, string] => [text, text]),
);
same(bag.fromDelayed([tw.delayed(() => new Set([1]))()]), numbers);
same(
  bag.zip(numbers, texts),
  numbers.map((n): [number, string] => [n, '']),
);
// @ts-expect-error a delayed number is no list
bag.fromDelayed([number]);

// Steps: promises are unwrapped, arguments are what they stand for.
same(await numbers.map(async (n) => String(n)).compute(), await texts.compute());
same(
  numbers.map((n, text, most) => n + text.length + most, { args: [texts, number] }),
  numbers,
);
same(
  numbers.mapPartitions((part, other) => [part.length, other.length], { args: [texts] }),
  numbers,
);
same(
  bag.zip(numbers, texts).starmap((n, text) => text.length + n),
  numbers,
);
same(people.pluck('name'), texts);
same(people.pluck('age', 0), numbers);
same(
  people.pluck(['name', 'age']),
  people.map(({ name, age }): [string, number | undefined] => [name, age]),
);
same(
  texts.flatMap((text) => [text.length]),
  numbers,
);
same(bag.fromSequence([[1], [2]]).flatten(), numbers);
same(
  bag.fromSequence([1, 'a']).filter((value): value is number => typeof value === 'number'),
  numbers,
);
// @ts-expect-error a text is no number
texts.map((n: number) => n);
// @ts-expect-error nor is one beside it
numbers.map((n, other: number) => n + other, { args: [texts] });
// @ts-expect-error there is no such property
people.pluck('size');
// @ts-expect-error a number is no list
numbers.starmap((n: number) => n);

// Results are delayed values.
same(numbers.sum(), number);
same(texts.count(), number);
same(texts.max(), tw.delayed((): string => '')());
same(
  numbers.fold((a, b) => a + b),
  number,
);
same(
  texts.fold((n: number, text) => n + text.length, { initial: 0, combine: (a, b) => a + b }),
  number,
);
same((await tw.compute({ numbers, total: numbers.sum() })).numbers, list);
same(tw.delayed((values: readonly number[]) => values.length)(numbers), number);
same(await numbers.persist(), numbers);
same(await numbers.take(2), list);
// @ts-expect-error texts do not add up
texts.sum();
// @ts-expect-error results of two partitions are to be combined
texts.fold((n: number, text) => n + text.length, { initial: 0 });

// Groups.
same(
  texts.groupBy((text) => text.length),
  texts.map((text): [number, string[]] => [text.length, [text]]),
);
same(
  people.groupBy('name'),
  people.map((one): [string, (typeof one)[]] => [one.name, [one]]),
);
same(
  texts.foldBy(
    (text) => text.length,
    (n: number, _) => n + 1,
    { initial: 0, combine: (a, b) => a + b },
  ),
  numbers.map((n): [number, number] => [n, n]),
);
same(
  texts.frequencies(),
  texts.map((text): [string, number] => [text, 1]),
);
same(texts.distinct({ key: (text) => text.length }), texts);
same(
  texts.join(numbers, (text) => text.length, { onOther: (n) => n }),
  texts.map((text): [number, string] => [1, text]),
);
// @ts-expect-error there is no such property
people.groupBy('size');

// Elsewhere.
same(await texts.toTextFiles('*'), await texts.compute());
// @ts-expect-error numbers are no lines
numbers.toTextFiles('*');
for await (const part of numbers) same(part, list);
