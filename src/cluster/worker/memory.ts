import type { EngineStats } from '../../engine/index.js';

/** Shares of the memory limit, for what is not in blocks: above the first nothing more is begun, until it is below the second. */
const PAUSE = 0.8;
const RESUME = 0.7;

/**
 * Whether the worker should be paused. Blocks are held within their budget, and go to disk, by the engine; this is about
 * what it cannot move: values, users' libraries, messages.
 * @param resident bytes of the process
 * @param bounded of these, what may belong to something that keeps a limit of its own
 */
export function shouldPause(
  paused: boolean,
  resident: number,
  { memory }: EngineStats,
  bounded = 0,
): boolean {
  const others = resident - Math.min(resident, memory.touched + bounded);
  return others > (paused ? RESUME : PAUSE) * memory.limit;
}
