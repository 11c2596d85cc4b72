/** Objects that keep state on a worker: https://distributed.dask.org/en/stable/actors.html */
import { type Actor, Client } from 'tilework';

class Counter {
  n = 0;
  increment(): number {
    this.n += 1;
    return this.n;
  }
  add(x: number): number {
    this.n += x;
    return this.n;
  }
}

class ParameterServer {
  private readonly data = new Map<string, readonly number[]>();
  put(key: string, value: readonly number[]): void {
    this.data.set(key, value);
  }
  get(key: string): readonly number[] {
    return this.data.get(key)!;
  }
}

const client = new Client();

using counter = await client.actor(Counter);
const counted = [await counter.increment(), await counter.increment(), await counter.n];
console.log('counter:', JSON.stringify(counted));

// Tasks can call it, wherever they run.
const add = async (counter: Actor<Counter>, x: number) => {
  await counter.add(x);
};
const tasks = Array.from({ length: 10 }, (_, x) => client.submit(add, counter, x));
await client.gather(tasks);
console.log('counted by tasks:', JSON.stringify(await counter.n));

/** One step towards the least of the sum of (p - 1)². */
const train = (params: readonly number[], rate: number) => params.map((p) => p - rate * (2 * (p - 1)));

using server = await client.actor(ParameterServer);
await server.put('parameters', [0, 0.125, 0.25, 0.5, 0.75, 2, 3, 10]);
for (let k = 0; k < 20; k++) {
  const params = await server.get('parameters');
  // The future is waited for on the way.
  await server.put('parameters', client.submit(train, params, 0.1));
}
console.log('parameters:', JSON.stringify(await server.get('parameters')));
