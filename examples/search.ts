/**
 * Work that depends on results: https://examples.dask.org/applications/evolving-workflow.html. The minimum of Rosenbrock's function is
 * sought on a grid, then on finer ones around the best point; and a number's path to 1 is followed by adding a call for each step.
 */
import { asCompleted, Client, type Future } from 'tilework';

const client = new Client();

type Point = readonly [score: number, x: number, y: number];

function rosenbrock(x: number, y: number): Point {
  return [(1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x), x, y];
}

/** Of equal scores the first of the plane: results come in any order. */
const isBetter = (a: Point, b: Point): boolean =>
  a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];

let best: Point = [Number.POSITIVE_INFINITY, -1.2, 1];
let tried = 0;
for (let step = 0.7; step > 0.001; step /= 2) {
  const [, x, y] = best;
  const around = [-2, -1, 0, 1, 2].map((i) => i * step);
  const candidates = around.flatMap((dx) => around.map((dy) => client.submit(rosenbrock, x + dx, y + dy)));
  for await (const future of asCompleted(candidates)) {
    const point = await future;
    tried++;
    if (isBetter(point, best)) best = point;
  }
}
console.log('tried:', tried);
console.log('best:', JSON.stringify(best));

/** Collatz: halve what is even, else triple and add one. */
const next = (state: { readonly start: number; readonly at: number; readonly steps: number }) => ({
  ...state,
  at: state.at % 2 === 0 ? state.at / 2 : 3 * state.at + 1,
  steps: state.steps + 1,
});
const starts = [3, 6, 7, 9, 19];
const paths = asCompleted<Future<ReturnType<typeof next>>>(
  starts.map((start) => client.submit(next, { start, at: start, steps: 0 })),
);
const lengths = new Map<number, number>();
for await (const future of paths) {
  const state = await future;
  if (state.at === 1) lengths.set(state.start, state.steps);
  else paths.add(client.submit(next, future));
}
console.log('steps to 1:', JSON.stringify(starts.map((start) => lengths.get(start))));
