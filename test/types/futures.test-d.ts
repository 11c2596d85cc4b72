/** What the compiler knows of futures. Checked by `npm run typecheck`; nothing here runs. */
import type { Future } from '../../src/index.js';
import * as tw from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function is<T extends boolean>(holds: T): void;
declare function same<A, B>(a: A, b: Equal<A, B> extends true ? B : never): void;
declare const n: number;
declare const text: string;
declare const number: Future<number>;
declare const x: tw.TileArray<'float64'>;

const client = new tw.Client();
const inc = (value: number) => value + 1;
const name = async (id: number, options?: { readonly upper: boolean }) => `${id} ${options?.upper}`;

// Calls: arguments may be lazy, results are unwrapped, and so are awaited futures.
same(client.submit(inc, 1), number);
same(client.submit(inc, client.submit(inc, 1)), number);
same(client.submit(inc, x.sum()), number);
same(client.submit(inc, tw.delayed(inc)(1)), number);
same(await client.submit(name, number, { upper: true }), text);
same(await client.submit(inc, 1).result({ timeout: 5 }), n);
same(await client.submit<number>({ module: 'a', name: 'b' }, 1, 'any'), n);
same(tw.delayed(inc)(number).compute(), Promise.resolve(n));
// @ts-expect-error a string is no number
client.submit(inc, 'a');
// @ts-expect-error nor is a future of one
client.submit(inc, client.submit(name, 1));
// @ts-expect-error an argument is missing
client.submit(inc);
// @ts-expect-error a future is not its result
client.submit(inc, 1) + 1;
// @ts-expect-error there is one place
client.with({ where: 'cluster' });

// Many.
is<Equal<ReturnType<typeof mapped>, Future<string>[]>>(true);
const mapped = () => client.map(name, [1, number], [{ upper: true }]);
is<Equal<Awaited<ReturnType<typeof both>>, [number, string]>>(true);
const both = () => client.gather([number, text]);
const gathered = await client.gather({ a: number, list: [number] });
same(gathered.a, n);
is<Equal<(typeof gathered)['list'], [number]>>(true);
same(await client.gather(client.map(inc, [1])), [n]);
is<Equal<ReturnType<typeof computed>, Future<[number, string]>>>(true);
const computed = () => client.compute([tw.delayed(inc)(1), text]);
const { done } = await tw.wait([number]);
same(done, [number]);
for await (const future of tw.asCompleted([number])) same(future, number);
declare const named: Future<string>;
for await (const [future, result] of tw.asCompleted([number], { withResults: true, timeout: 5 })) {
  same(future, number);
  same(result, n);
}
for await (const [future, outcome] of tw.asCompleted([number], { withResults: true, raiseErrors: false })) {
  same(future, number);
  is<Equal<typeof outcome, number | Error>>(true);
}
for await (const pair of tw.asCompleted([number, named], { withResults: true }))
  is<
    Equal<
      typeof pair,
      readonly [future: Future<number>, result: number] | readonly [future: Future<string>, result: string]
    >
  >(true);
for await (const batch of tw.asCompleted([number], { withResults: true }).batches())
  is<Equal<typeof batch, (readonly [future: Future<number>, result: number])[]>>(true);
same(await tw.asCompleted([number]).nextBatch({ block: false }), [number]);
// @ts-expect-error it holds futures of numbers
tw.asCompleted([number]).add(named);
// @ts-expect-error a list for each argument
client.map(inc, 1);

// Data.
same(await client.scatter(Float64Array.of(1)), Float64Array.of(1));
client.submit((data: Float64Array) => data.length, client.scatter(Float64Array.of(1)));
same((await client.getDataset<{ a: Future<number> }>('a')).a, number);
same(await client.getDataset<Future<number>>('a'), 1);
