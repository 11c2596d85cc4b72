import { col, count, desc, readParquet } from 'tilework/frame';
import { ARGS, digest, measureParts } from './harness.mjs';

const flights = await readParquet(ARGS.data.flights);

await measureParts({
  origins: async () =>
    digest(
      await flights
        .filter(col('delay').gt(0))
        .groupBy('origin')
        .agg({ n: count(), mean: col('delay').mean(), farthest: col('distance').max() })
        .sort(desc('n'), 'origin')
        .rows(),
    ),
  days: async () =>
    digest(
      await flights
        .groupBy('origin', 'destination', { day: col('date').dt.truncate('day') })
        .agg({ n: count(), mean: col('delay').mean() })
        .sort(desc('mean'))
        .limit(100)
        .select('mean')
        .rows(),
    ),
});
