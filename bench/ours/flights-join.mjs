import { col, count, readParquet } from 'tilework/frame';
import { ARGS, digest, measureParts } from './harness.mjs';

const [flights, airports] = await Promise.all(
  [ARGS.data.flights, ARGS.data.airports].map((p) => readParquet(p)),
);

await measureParts({
  states: async () =>
    digest(
      await flights
        .join(airports, { leftOn: 'origin', rightOn: 'iata' })
        .groupBy('state')
        .agg({ n: count(), delay: col('delay').mean(), north: col('latitude').max() })
        .sort('state')
        .rows(),
    ),
});
