/** A reduction as a tree: https://examples.dask.org/delayed.html#Custom-computation:-Tree-summation */
import { type Delayed, delayed } from 'tilework';

const inc = delayed((x: number) => x + 1, { name: 'inc' });
const add = delayed((x: number, y: number) => x + y, { name: 'add' });

/** Adds neighbours, level by level. */
function tree(values: readonly Delayed<number>[]): Delayed<number> {
  let level = values;
  while (level.length > 1)
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
      const [a, b] = level.slice(2 * i, 2 * i + 2);
      return b === undefined ? a! : add(a!, b);
    });
  return level[0]!;
}

/** Adds one after another: as many steps as values, each of which waits for the one before. */
const chain = (values: readonly Delayed<number>[]): Delayed<number> => values.reduce((a, b) => add(a, b));

const values = Array.from({ length: 37 }, (_, i) => inc(i));
console.log('tree:', JSON.stringify(await tree(values).compute()));
console.log('chain:', JSON.stringify(await chain(values).compute()));
console.log('picture of the tree:', tree(values).visualize().length, 'characters of SVG');
