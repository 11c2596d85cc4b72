/** What the compiler knows of actors. Checked by `npm run typecheck`; nothing here runs. */
import type { Actor, Future } from '../../src/index.js';
import * as tw from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function is<T extends boolean>(holds: T): void;
declare function same<A, B>(a: A, b: Equal<A, B> extends true ? B : never): void;
declare const number: Future<number>;
declare const promised: Promise<number>;
declare const counter: Actor<Counter>;

class Counter {
  n: number;
  protected secret = 1;
  constructor(
    n: number,
    readonly label?: string,
  ) {
    this.n = n;
  }
  get double(): number {
    return 2 * this.n;
  }
  get odd(): boolean {
    return this.n % 2 === 1;
  }
  increment(by?: number): number {
    this.n += by ?? 1;
    return this.n;
  }
  async later(ms: number): Promise<number> {
    return ms;
  }
  view(of: Float64Array): Float64Array {
    return of;
  }
}

const client = new tw.Client();

// Made of a class, or of what a module exports.
same(await client.actor(Counter, 1), counter);
same(await client.actor(Counter, number, 'a'), counter);
same(await client.actor<Counter>({ module: 'a', name: 'Counter' }, 1), counter);
// @ts-expect-error an argument is missing
client.actor(Counter);
// @ts-expect-error a string is no number
client.actor(Counter, 'a');
// @ts-expect-error a function is no class
client.actor(() => 1);

// Methods become async, and so does reading.
same(counter.increment(), promised);
same(counter.increment(number), promised);
same(counter.later(1), promised);
same(counter.n, promised);
same(counter.double, promised);
is<Equal<typeof counter.label, Promise<string | undefined>>>(true);
is<Equal<typeof counter.odd, Promise<boolean>>>(true);
is<Equal<ReturnType<typeof counter.view>, Promise<Float64Array>>>(true);
// @ts-expect-error a string is no number
counter.increment('a');
// @ts-expect-error it is a promise
counter.n + 1;
// @ts-expect-error attributes are set by methods
counter.n = 1;
// @ts-expect-error nobody outside sees it
counter.secret;
// @ts-expect-error there is no such thing
counter.decrement();
// Awaiting one gives it.
same(await counter, counter);

// An argument of tasks, and what they see.
same(
  client.submit(async (of: Actor<Counter>) => of.increment(), counter),
  number,
);
same((await client.gather({ counter })).counter, counter);
// @ts-expect-error an object is no actor of it
client.submit(async (of: Actor<Counter>) => of.increment(), new Counter(1));
{
  using mine = counter;
  await using ours = counter;
  is<Equal<typeof mine, typeof ours>>(true);
}
