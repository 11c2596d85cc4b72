import { ARGS, digest, measureParts, SIZE } from './harness.mjs';

// The queries of the tests; in partitions with exchanges between them, as a cluster does it, where the size says so.
const { scale, partitions } = SIZE;
const { openTables, QUERIES } = await import(ARGS.data.queries);
const tables = await openTables(ARGS.data.tables);

await measureParts(
  Object.fromEntries(
    Object.entries(QUERIES).map(([id, query]) => [
      id,
      async () => digest(await query(tables, scale).rows({ ...(partitions && { partitions }) })),
    ]),
  ),
);
