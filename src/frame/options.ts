import type { Engine } from '../engine/engine.js';
import { checkOptions, optionNames } from '../engine/known-options.js';
import { signalOf } from '../engine/signal.js';
import type { QueryOptions } from './duck/database.js';
import type { PartitionOptions } from './exchange/index.js';

/** How a frame is computed. */
export interface FrameOptions {
  readonly engine?: Engine;
  /** Interrupts the computation: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How much is done, from 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void;
  /**
   * Cuts the plan into so many partitions, computed apart, with exchanges between them (files in the spill directory), as a cluster does. Without it
   * DuckDB computes the plan as one, which is faster on one machine; where that needs more memory than the limit leaves, it is done in partitions after all.
   * On a cluster there are, without it, as many as its workers have threads, and more where these would take much of a worker's memory.
   */
  readonly partitions?: number;
  /** With partitions: so many bytes are little enough for one: a side of a join is given to every partition of the other, groups are finished in one; default 32 MiB, 0 for never. */
  readonly broadcastBytes?: number;
}

export const FRAME_OPTIONS = optionNames<FrameOptions>({
  engine: true,
  signal: true,
  onProgress: true,
  partitions: true,
  broadcastBytes: true,
});

/**
 * Throws a TypeError for an option that what computes a frame does not have.
 *
 * @param more what it has beside those of all
 */
export function checkFrameOptions(where: string, options: FrameOptions, more: readonly string[] = []): void {
  checkOptions(where, options, [...more, ...FRAME_OPTIONS]);
}

export const queryOptions = ({ signal: given, onProgress }: FrameOptions): QueryOptions => {
  const signal = signalOf(given);
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
};

export const partitionOptions = (options: FrameOptions, partitions: number): PartitionOptions => ({
  ...queryOptions(options),
  partitions,
  ...(options.broadcastBytes !== undefined && { broadcastBytes: options.broadcastBytes }),
});
