const MIB = 2 ** 20;
/** What DuckDB's threads take beside what it counts: stacks, buffers of readers, the allocator's slack. */
const SLACK_SHARE = 0.25;
/** With less it cannot do anything. */
const LEAST = 64 * MIB;

let base: number | undefined;

/**
 * What DuckDB may count, in bytes, so that the whole process stays within `limit`: what the process itself takes, and what DuckDB does not
 * count, is left out.
 */
export function duckLimit(limit: number): number {
  base ??= process.memoryUsage.rss() + 40 * MIB;
  return Math.floor(Math.max(LEAST, (limit - base) * (1 - SLACK_SHARE)));
}
