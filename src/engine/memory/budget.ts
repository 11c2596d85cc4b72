import { MemoryLimitError } from '../errors.js';

const MIB = 2 ** 20;

/** What a thread takes beside blocks: its heap, its code, its stack; measured with Node 20 on Linux, rounded up. */
export const THREAD_BYTES = 16 * MIB;
/** What the main thread's heap, the tasks in it and messages take beyond what the process had at the start. */
const MARGIN_SHARE = 0.05;
const MARGIN_LEAST = 24 * MIB;
/** With less for blocks no array computation is worth trying. */
const LEAST_BUDGET = 16 * MIB;

/**
 * Bytes left for blocks, so that the whole process stays within `limit`.
 * Throws a MemoryLimitError that names the least workable limit where too little is left.
 * @param base resident bytes of the process now
 */
export function budgetOf(limit: number, base: number, threads: number): number {
  const fixed = base + threads * THREAD_BYTES;
  const budget = limit - fixed - Math.max(MARGIN_LEAST, MARGIN_SHARE * limit);
  if (budget >= LEAST_BUDGET) return Math.floor(budget);
  const least = Math.ceil((fixed + MARGIN_LEAST + LEAST_BUDGET) / MIB);
  throw new MemoryLimitError(
    `a memoryLimit of ${limit} bytes is too small: the process takes ${Math.ceil(base / MIB)} MiB already and each of ` +
      `${threads} threads some ${THREAD_BYTES / MIB} MiB; the least workable limit here is ${least} MiB`,
    least * MIB,
    limit,
  );
}

/**
 * Bytes for blocks in view of what the process really takes. Memory that is not counted (JavaScript objects, libraries) makes
 * the budget smaller, never larger than at the start.
 * @param touched bytes of arenas that may be resident
 * @param reserved bytes that callers are about to allocate by themselves
 */
export function revisedBudget(
  first: number,
  limit: number,
  resident: number,
  touched: number,
  reserved: number,
): number {
  const others = Math.max(0, resident - touched);
  return Math.max(0, Math.floor(Math.min(first - reserved, limit - others)));
}
