import type { Engine } from '../../engine/engine.js';
import type { Key } from '../../graph/task.js';
import type { Outcome } from '../exchange/index.js';

/** What an engine has whose workers compute frames: tasks of a frame's graph leave files there, under their keys, while these are persisted. */
export interface DistributedFrames {
  /** Threads of all workers that there are now. */
  threads(): Promise<number>;
  /**
   * Brings what a persisted task left here: its files into a directory, which is made. Waits while the task is computed again, where what it had left was
   * lost.
   */
  fetch(key: Key, directory: string, signal: AbortSignal): Promise<Outcome>;
}

/** An engine that computes frames in partitions, elsewhere. */
export interface DistributedEngine extends Engine {
  readonly frames: DistributedFrames;
}

export const isDistributed = (engine: Engine | undefined): engine is DistributedEngine =>
  engine !== undefined && 'frames' in engine;
