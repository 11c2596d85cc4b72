const MIB = 2 ** 20;

/**
 * A memory limit that leaves so many bytes for blocks, whatever the process takes already: what ran in it before, which may be many files of
 * tests, and has left garbage. `engine/memory/budget.ts` takes from a limit what this adds.
 */
export function limitLeaving(bytes: number, threads = 2): number {
  const needed = process.memoryUsage.rss() + threads * 28 * MIB + bytes;
  return Math.ceil(Math.max(needed + 32 * MIB, needed / (1 - 0.06)));
}
