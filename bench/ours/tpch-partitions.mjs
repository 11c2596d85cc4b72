import { ARGS, digest, measureParts, SIZE } from './harness.mjs';

// As ./tpch.mjs, in 8 partitions with exchanges between them, as a cluster does it.
const { openTables, QUERIES } = await import(ARGS.data.queries);
const tables = await openTables(ARGS.data.tables);

await measureParts(
  Object.fromEntries(
    Object.entries(QUERIES).map(([id, query]) => [
      id,
      async () => digest(await query(tables, SIZE.scale).rows({ partitions: 8 })),
    ]),
  ),
);
