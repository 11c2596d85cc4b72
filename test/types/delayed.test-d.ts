/** What the compiler knows of delayed values. Checked by `npm run typecheck`; nothing here runs. */
import type { Delayed, NDArray } from '../../src/index.js';
import * as tw from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function is<T extends boolean>(holds: T): void;
declare function same<A, B>(a: A, b: Equal<A, B> extends true ? B : never): void;
declare const n: number;
declare const text: string;
declare const number: Delayed<number>;
declare const x: tw.TileArray<'float64'>;

const { delayed, compute } = tw;

const inc = delayed((value: number) => value + 1);
const later = delayed(
  async (name: string, options?: { readonly retries: number }) => [name, options] as const,
);
const sum = delayed((list: readonly number[]) => list.length);
const table = delayed((rows: ReadonlyMap<string, { readonly id: number }>) => rows.size);
const data = delayed(
  (block: { readonly shape: readonly number[]; readonly data: Float64Array }) => block.data[0]!,
);

// Calls: arguments may be lazy at any depth, results are unwrapped.
same(inc(1), number);
same(inc(inc(1)), number);
same(inc(x.sum()), number);
same(await inc(1).compute(), n);
same((await later('a').compute())[0], text);
sum([inc(1), 2]);
sum(delayed([inc(1), 2]));
table(new Map([['a', { id: inc(1) }]]));
data(x);
later('a', { retries: inc(1) });
// @ts-expect-error a string is no number
inc('a');
// @ts-expect-error nor is a delayed string
inc(later('a').get(0));
// @ts-expect-error nor one inside of a list
sum([inc(1), 'a']);
// @ts-expect-error an argument is missing
inc();
// @ts-expect-error an array is no number
inc(x);
// @ts-expect-error a delayed value is not its value
inc(1) + 1;

// Parts.
const record = delayed((id: number) => ({ id, tags: ['a'], at: new Map<string, number>() }));
same(record(1).get('id'), number);
same(record(1).get('tags').get(0), delayed((): string => '')());
same(await record(1).get('tags').call('join', '-').compute(), text);
// @ts-expect-error there is no such property
record(1).get('name');
// @ts-expect-error a property is no method
record(1).call('id');
// @ts-expect-error a separator is text
record(1).get('tags').call('join', 1);
const [quotient, rest] = delayed((a: number): [number, string] => [a, String(a)])(1).split(2);
same(quotient, number);
same(await rest.compute(), text);
// @ts-expect-error it has two elements
delayed((a: number): [number, string] => [a, String(a)])(1).split(3);

// Structures.
const value = await compute({ a: inc(1), list: [inc(1), text], array: x, map: new Map([['k', inc(1)]]) });
same(value.a, n);
is<Equal<(typeof value)['array'], NDArray<'float64'> | number>>(true);
is<Equal<(typeof value)['map'], Map<string, number>>>(true);
is<Equal<(typeof value)['list'], [number, string]>>(true);
const [held] = await tw.persist([inc(1)]);
same(held, number);
same(await delayed<number>({ module: 'a', name: 'b' })(inc(1)).compute(), n);
// @ts-expect-error no such option
delayed((a: number) => a, { nout: 2 });
