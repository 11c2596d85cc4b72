import { col, readParquet } from 'tilework/frame';
import { ARGS, digest, measureParts } from './harness.mjs';

const flights = (await readParquet(ARGS.data.flights)).select('origin', {
  delay: col('delay').cast('int32'),
  distance: col('distance').cast('int32'),
});
const total = async (frame) => digest(await frame.agg({ cost: col('cost').sum() }).rows());

/** What a delay costs: every half hour after the first quarter more than the one before. */
const costOfRow = ({ delay, distance, origin }) => {
  let cost = 0;
  let rate = origin.startsWith('A') ? 2 : 1;
  for (let late = delay - 15; late > 0; late -= 30) {
    cost += (rate * distance) / 100;
    rate *= 1.1;
  }
  return { cost };
};

const costOfBatch = ({ rows, columns: { delay, distance, origin } }) => {
  const costs = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let rate = origin.values[row].startsWith('A') ? 2 : 1;
    for (let late = delay.values[row] - 15; late > 0; late -= 30) {
      costs[row] += (rate * distance.values[row]) / 100;
      rate *= 1.1;
    }
  }
  return { cost: costs };
};

const schema = { cost: 'float64' };
await measureParts({
  apply: () => total(flights.apply(costOfRow, { schema })),
  mapPartitions: () => total(flights.mapPartitions(costOfBatch, { schema })),
});
