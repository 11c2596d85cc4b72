const MIB = 2 ** 20;
/**
 * What DuckDB takes beyond what it counts (sorting runs of rows with texts, blocks on their way from and to disk: up to 110 MB where it sorted
 * 4.4 GB), and JavaScript beyond what it had (batches that are not collected yet: up to 60 MB). Where 20 MiB less was left, with the engine's
 * thread, peaks of a limit of 512 MB were from 458 to 503 MB, with this from 434 to 440.
 */
const SLACK_SHARE = 0.12;
const SLACK_LEAST = 150 * MIB;
/** With less it cannot do anything. */
const LEAST = 64 * MIB;
/**
 * A thread that sorts holds a run of rows, and the reader of a file a row group: two threads within 257 MB could not sort rows of 136 bytes, one could;
 * within 400 MB two could.
 */
const PER_THREAD = 160 * MIB;

/** Heaps, row groups and libraries of a thread that runs users' functions over rows. */
const ENGINE_THREAD = 64 * MIB;

/** What the process takes beside DuckDB and the arenas of arrays. */
let base: number | undefined;

/**
 * What DuckDB may count, in bytes, so that the whole process stays within `limit`: what the process itself takes, and what DuckDB does not
 * count, is left out.
 * @param touched bytes of the engine's arenas that may be resident
 * @param running threads of the engine that run, with heaps of their own
 */
export function duckLimit(limit: number, touched = 0, running = 0): number {
  base ??= process.memoryUsage.rss() - touched;
  const slack = Math.max(SLACK_LEAST, SLACK_SHARE * limit) + running * ENGINE_THREAD;
  return Math.floor(Math.max(LEAST, limit - base - touched - slack));
}

/** How many of some threads have memory enough to work at once. */
export const threadsWithin = (threads: number, limit: number): number =>
  Math.max(1, Math.min(threads, Math.floor(limit / PER_THREAD)));

/** DuckDB's allocator gives back what is free when so much of it was freed. */
export const FLUSH_BYTES = 16 * MIB;

/** How many rows a thread that writes files by parts collects before it writes: DuckDB's own number where there is 2 GiB. */
export const rowsHeldBack = (limit: number): number =>
  Math.max(2 ** 16, Math.min(2 ** 19, Math.floor(limit / 4096)));
