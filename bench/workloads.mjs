/** Of arrays: on one machine, and on a cluster. */
const ARRAYS = [
  {
    id: 'slice-mean',
    group: 'array',
    title: '`(x + x.T)[::2, n/4:].mean(axis=1)`',
    goal: 2,
    relative: 1e-12,
    runs: 1,
    sizes: { full: { n: 20_000, chunk: 1000 }, small: { n: 2000, chunk: 500 } },
  },
  {
    id: 'trig-mean',
    group: 'array',
    title: '`(sin(x)² + cos(x)²).mean()`',
    goal: 3,
    relative: 1e-12,
    runs: 1,
    sizes: { full: { n: 20_000, chunk: 1000 }, small: { n: 2000, chunk: 500 } },
  },
  {
    id: 'standardize',
    group: 'array',
    title: '`((x - x.mean(0)) / x.std(0)).sum()`',
    goal: 1.5,
    // the sum itself is nothing but rounding: the check compares elements
    absolute: 1e-2,
    check: { n: 1500, chunk: 500, row: 3 },
    relative: 1e-10,
    runs: 1,
    sizes: { full: { n: 20_000, chunk: 1000 }, small: { n: 2000, chunk: 500 } },
  },
  {
    id: 'matmul',
    group: 'array',
    title: '`a @ b`, then the sums of its rows',
    goal: 1,
    relative: 1e-10,
    runs: 2,
    sizes: { full: { n: 8000, chunk: 1000 }, small: { n: 1500, chunk: 500 } },
  },
];

/** Of dataframes: likewise. */
const FRAMES = [
  {
    id: 'tpch',
    group: 'frame',
    title: 'TPC-H, all 22 queries',
    peers: { DuckDB: { atMost: 1.15 } },
    relative: 1e-9,
    runs: 1,
    data: 'tpch',
    sizes: { full: { scale: 1 }, small: { scale: 0.1, runs: 0 } },
  },
  {
    id: 'tpch-float',
    script: 'tpch',
    group: 'frame',
    title: 'TPC-H, all 22 queries, with float64 for decimals',
    peers: { DuckDB: { atMost: 1.15 }, Dask: { atLeast: 5 }, Polars: {} },
    // sums in other orders
    relative: 1e-9,
    runs: 1,
    data: 'tpchFloat',
    sizes: { full: { scale: 1 }, small: { scale: 0.1, runs: 0 } },
  },
  {
    id: 'flights-group',
    group: 'frame',
    title: 'flights: by origin; the worst days of routes',
    peers: { DuckDB: { atMost: 1.15 }, Dask: { atLeast: 5 }, Polars: {} },
    relative: 1e-9,
    runs: 2,
    data: 'flights',
    sizes: { full: { rows: 60_000_000 }, small: { rows: 3_000_000, runs: 0 } },
  },
  {
    id: 'flights-join',
    group: 'frame',
    title: 'flights joined with airports, by state',
    peers: { DuckDB: { atMost: 1.15 }, Dask: { atLeast: 5 }, Polars: {} },
    relative: 1e-9,
    runs: 2,
    data: 'flights',
    sizes: { full: { rows: 60_000_000 }, small: { rows: 3_000_000, runs: 0 } },
  },
];

/**
 * What is measured. `sizes.full` is what the goals are stated for; `sizes.small` is for a quick look and for tests of
 * the bench itself; `data` is what `data.mjs` makes for it. `goal` is how many times faster than the peer tilework is meant to be; `goalMicros`, microseconds
 * a task. A workload with `peers` has named parts and is measured beside each of them: `atMost` so many times the peer's seconds, or
 * `atLeast` so many times faster. A workload with `cluster` runs `script` on a cluster on both sides: Dask's scheduler with its `config`, and workers
 * of one thread each, ours of Node and the peer's of Python. Answers of both sides must agree within `relative` of their largest element, or within `absolute`.
 */
export const WORKLOADS = [
  ...ARRAYS,
  {
    id: 'zarr-anomaly',
    group: 'zarr',
    title: '`x[::4].mean(0) - x[2::4].mean(0)` from Zarr',
    goal: 1.5,
    // means of some 366 float32 numbers near 290: both sides may sum them in float32
    relative: 1e-3,
    runs: 1,
    data: 'temperature',
    memoryLimit: '512MB',
    sizes: {
      full: { shape: [1464, 721, 1440], chunks: [4, 200, 200] },
      small: { shape: [48, 181, 360], chunks: [4, 100, 100] },
    },
  },
  ...FRAMES,
  {
    id: 'tpch-partitions',
    group: 'frame',
    title: 'TPC-H in 8 partitions',
    peers: { DuckDB: {} },
    relative: 1e-9,
    runs: 0,
    rounds: 1,
    data: 'tpch',
    sizes: { full: { scale: 1, partitions: 8 }, small: { scale: 0.1, partitions: 8 } },
  },
  {
    id: 'map-rows',
    group: 'frame',
    title: 'flights: a function of rows, by apply and by mapPartitions',
    // A run of Dask's takes minutes.
    rounds: 1,
    peers: { Dask: { atLeast: 3 } },
    relative: 1e-9,
    runs: 1,
    data: 'flights',
    sizes: { full: { rows: 6_000_000 }, small: { rows: 100_000, files: 2, runs: 0 } },
  },
  {
    id: 'bag',
    group: 'bag',
    title: 'flights as lines of JSON: origins of late ones, delays by origin',
    peers: { Dask: { atLeast: 2 } },
    relative: 0,
    runs: 1,
    data: 'flightLines',
    sizes: { full: { rows: 3_000_000 }, small: { rows: 100_000, runs: 0 } },
  },
  {
    id: 'tree',
    group: 'engine',
    title: 'a tree of tiny tasks',
    goalMicros: 10,
    relative: 0,
    runs: 5,
    tasks: (size) => 2 * size.leaves - 1,
    sizes: { full: { leaves: 16_384 }, small: { leaves: 1024 } },
  },
  {
    id: 'cluster-tree',
    script: 'tree',
    group: 'cluster',
    title: 'a tree of tiny tasks',
    goal: 1.5,
    relative: 0,
    runs: 2,
    cluster: {},
    tasks: (size) => 2 * size.leaves - 1,
    sizes: { full: { leaves: 4096 }, small: { leaves: 256 } },
  },
  {
    id: 'cluster-tree-saturated',
    script: 'tree',
    group: 'cluster',
    title: 'the same, `worker-saturation: inf`',
    goal: 4,
    relative: 0,
    runs: 6,
    cluster: { config: { 'distributed.scheduler.worker-saturation': 'inf' } },
    tasks: (size) => 2 * size.leaves - 1,
    sizes: { full: { leaves: 4096 }, small: { leaves: 256 } },
  },
  {
    id: 'cluster-large',
    script: 'tree',
    group: 'cluster',
    title: "a large tree of tiny tasks (peaks are the program's)",
    goal: 1.5,
    relative: 0,
    runs: 0,
    rounds: 1,
    cluster: { config: { 'distributed.scheduler.worker-saturation': 'inf' } },
    tasks: (size) => 2 * size.leaves - 1,
    sizes: { full: { leaves: 65_536 }, small: { leaves: 1024 } },
  },
  {
    id: 'cluster-rechunk',
    script: 'rechunk',
    group: 'cluster',
    title: 'from rows to columns, between workers',
    goal: 2,
    relative: 1e-12,
    runs: 3,
    cluster: {},
    sizes: { full: { n: 12_000, chunk: 1000 }, small: { n: 1000, chunk: 250 } },
  },
  {
    id: 'cluster-move',
    group: 'cluster',
    title: 'blocks that two workers send each other',
    peers: { Dask: {}, Loopback: { atLeast: 0.7 } },
    relative: 0,
    runs: 3,
    cluster: {},
    sizes: { full: { blocks: 16, megabytes: 64 }, small: { blocks: 4, megabytes: 4 } },
  },
  ...['slice-mean', 'trig-mean', 'standardize', 'matmul'].map((script) => {
    const { group, id, ...same } = ARRAYS.find(({ id }) => id === script);
    return { ...same, id: `cluster-${id}`, script, group: 'cluster', goal: 2, cluster: {} };
  }),
  ...FRAMES.filter(({ peers }) => peers.Dask).map(({ id, ...same }) => ({
    script: id,
    ...same,
    id: `cluster-${id}`,
    group: 'cluster',
    // A run of Dask's takes a minute.
    rounds: 1,
    runs: 1,
    peers: { Dask: { atLeast: 2 } },
    cluster: {},
  })),
  {
    id: 'start',
    group: 'start',
    title: 'a new process: import, a first small result, exit',
    goal: 3,
    wholeProcess: true,
    relative: 1e-12,
    rounds: 7,
    sizes: { full: {}, small: {} },
  },
];

/** The workloads that the words of a command line mean: ids or groups; all where there are none. */
export function select(words) {
  const unknown = words.filter((word) => !WORKLOADS.some(({ id, group }) => word === id || word === group));
  if (unknown.length > 0) {
    const known = [...new Set(WORKLOADS.flatMap(({ id, group }) => [group, id]))].join(', ');
    throw new Error(`no workload or group "${unknown[0]}"; there are ${known}`);
  }
  return words.length === 0
    ? WORKLOADS
    : WORKLOADS.filter(({ id, group }) => words.includes(id) || words.includes(group));
}
