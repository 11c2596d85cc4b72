/** Functions made lazy: https://tutorial.dask.org/03_dask.delayed.html */
import { compute, delayed } from 'tilework';

const inc = delayed((x: number) => x + 1, { name: 'inc' });
const double = delayed((x: number) => x * 2, { name: 'double' });
const add = delayed((x: number, y: number) => x + y, { name: 'add' });
const sum = delayed((list: readonly number[]) => list.reduce((a, b) => a + b, 0), { name: 'sum' });

// Two calls that are independent, and one that needs both. Nothing runs before compute().
const x = inc(1);
const y = inc(2);
const z = add(x, y);
console.log('z:', JSON.stringify(await z.compute()));
console.log('tasks of z:', z.graph().size);
console.log(z.visualize({ as: 'text' }));

// A loop.
const data = [1, 2, 3, 4, 5, 6, 7, 8];
const total = sum(data.map((n) => inc(n)));
console.log('sum of increments:', JSON.stringify(await total.compute()));

// A loop in which calls depend on one another: a list of sums.
const output = data.map((n) => add(inc(n), double(n)));
console.log('sum of sums:', JSON.stringify(await sum(output).compute()));

// A condition that is known when the graph is made stays an ordinary one.
const isEven = (n: number) => n % 2 === 0;
const chosen = data.map((n) => (isEven(n) ? double(n) : inc(n)));
console.log('even doubled, odd incremented:', JSON.stringify(await compute(chosen)));

// Lists and objects of delayed values, computed in one pass: what they share is computed once.
const nested = { lists: [output.slice(0, 2), [z]], total };
console.log('nested:', JSON.stringify(await compute(nested)));
