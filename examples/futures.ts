/** Calls that begin at once: https://tutorial.dask.org/05_futures.html */
import { asCompleted, Client, TaskError, wait } from 'tilework';

const client = new Client();

const inc = (x: number) => x + 1;
const double = (x: number) => x * 2;
const add = (x: number, y: number) => x + y;

// A future is a result that will be there. Futures can be arguments, at once.
const a = client.submit(inc, 1);
const b = client.submit(double, 2);
const c = client.submit(add, a, b);
console.log('submit:', JSON.stringify(await c));

// Many.
const squares = client.map(
  (x: number) => x * x,
  Array.from({ length: 20 }, (_, i) => i),
);
console.log('map:', JSON.stringify(await client.gather(squares)));
const total = client.submit((list: readonly number[]) => list.reduce((x, y) => x + y), squares);
console.log('sum of futures:', JSON.stringify(await total));

// As they are done, in whatever order that is.
const seen: number[] = [];
for await (const future of asCompleted(client.map(double, [1, 2, 3, 4]))) seen.push(await future);
console.log('as completed:', JSON.stringify(seen.sort((x, y) => x - y)));

// Data sent once, for many calls.
const table = client.scatter(Float64Array.from({ length: 1000 }, (_, i) => i / 8));
const parts = [0, 250, 500, 750].map((from) =>
  client.submit(
    (data: Float64Array, from: number) => data.subarray(from, from + 250).reduce((x, y) => x + y),
    table,
    from,
  ),
);
console.log('scatter:', JSON.stringify(await client.gather(parts)));

// Errors stay with their future, and with what reads it.
const bad = client.submit((x: number) => {
  if (x > 0) throw new RangeError('division by zero');
  return x;
}, 1);
const reader = client.submit(inc, bad);
await wait([bad, reader]);
const error = await reader.exception();
console.log('statuses:', JSON.stringify([bad.status, reader.status]));
console.log('the error of the input:', JSON.stringify(error instanceof TaskError && error.key === bad.key));
