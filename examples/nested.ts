/** Tasks that submit tasks: https://distributed.dask.org/en/stable/task-launch.html */
import { Client, getClient } from 'tilework';

const fib = async function fib(n: number): Promise<number> {
  if (n < 2) return n;
  const client = getClient().with({ captured: { getClient } });
  // While it waits for these, its thread runs others.
  const [a, b] = await client.gather([client.submit(fib, n - 1), client.submit(fib, n - 2)]);
  return a + b;
};

/** Sums a range of numbers by halving it until it is small. */
const sumRange = async function sumRange(from: number, to: number): Promise<number> {
  if (to - from <= 1000) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += i;
    return sum;
  }
  const client = getClient().with({ captured: { getClient } });
  const middle = Math.floor((from + to) / 2);
  const halves = client.map(sumRange, [from, middle], [middle, to]);
  return (await client.gather(halves)).reduce((a, b) => a + b);
};

const client = new Client().with({ captured: { getClient } });
console.log('fib(10):', JSON.stringify(await client.submit(fib, 10)));
console.log('sum of a range:', JSON.stringify(await client.submit(sumRange, 0, 50_000)));
