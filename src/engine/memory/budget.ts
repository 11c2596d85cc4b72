import { MemoryLimitError } from '../errors.js';

const MIB = 2 ** 20;

/**
 * What a thread takes beside blocks: its heap, code and stack (15 to 17 MiB, measured with Node 20 on Linux), and what libraries that
 * it loads and users' functions leave lying about.
 */
const THREAD_BYTES = 28 * MIB;
/** What the main thread's heap, the tasks in it and messages take beyond what the process had at the start. */
const MARGIN_SHARE = 0.06;
const MARGIN_LEAST = 32 * MIB;
/** What is left to something else that works in the process from its start, where there is as much. */
const SHARED_BYTES = 160 * MIB;
/** With less for blocks no array computation is worth trying. */
const LEAST_BUDGET = 16 * MIB;

const marginOf = (limit: number): number => Math.max(MARGIN_LEAST, MARGIN_SHARE * limit);

/**
 * Bytes left for blocks, so that the whole process stays within `limit`.
 * Throws a MemoryLimitError that names the least workable limit where too little is left.
 * @param base resident bytes of the process now
 */
export function budgetOf(limit: number, base: number, threads: number): number {
  const fixed = base + threads * THREAD_BYTES;
  const budget = limit - fixed - marginOf(limit);
  if (budget >= LEAST_BUDGET) return Math.floor(budget);
  const needed = fixed + LEAST_BUDGET;
  const least = Math.ceil(Math.max(needed + MARGIN_LEAST, needed / (1 - MARGIN_SHARE)) / MIB);
  throw new MemoryLimitError(
    `a memoryLimit of ${limit} bytes is too small: the process takes ${Math.ceil(base / MIB)} MiB already and each of ` +
      `${threads} threads some ${THREAD_BYTES / MIB} MiB; the least workable limit here is ${least} MiB`,
    least * MIB,
    limit,
  );
}

/**
 * Bytes for blocks in view of what the process really takes. Memory that is not counted (JavaScript objects, libraries) makes
 * the budget smaller, never larger than at the start; 32 MiB (or of a small limit the margin's share) are kept for what it grows by until the next look. Where something
 * else works in the process too, it is the margin twice, for a database allocates fast, and on a busy machine a look comes late; and what it takes once it works.
 * @param touched bytes of arenas that may be resident
 * @param reserved bytes that callers are about to allocate by themselves
 * @param shared whether something else than tasks works in the process
 */
export function revisedBudget(
  first: number,
  limit: number,
  resident: number,
  touched: number,
  reserved: number,
  shared = false,
): number {
  const others = Math.max(0, resident - touched);
  const guard = shared ? 2 * marginOf(limit) : Math.min(MARGIN_LEAST, MARGIN_SHARE * limit);
  const expected = shared ? Math.min(SHARED_BYTES, first / 3) : 0;
  return Math.max(0, Math.floor(Math.min(first - reserved - expected, limit - others - guard)));
}
