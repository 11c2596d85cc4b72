import type { ComputeOptions, Engine } from '../engine/engine.js';
import type { Graph, Key } from '../graph/task.js';
import type { Outcome } from './exchange/index.js';

/** What the workers of an engine have, together. */
export interface FrameWorkers {
  readonly threads: number;
  /** Of the one that may take least, in bytes; infinite while there is none. */
  readonly memoryLimit: number;
}

/** What an engine has whose workers compute frames: tasks of a frame's graph leave files there, under their keys, while these are persisted. */
export interface DistributedFrames {
  /** Of all workers that there are now. */
  workers(): Promise<FrameWorkers>;
  /**
   * Brings what a persisted task left here: its files into a directory, which is made; without one only what it says beside files. Waits while the task is
   * computed again, where what it had left was lost.
   */
  fetch(key: Key, directory: string | undefined, signal: AbortSignal): Promise<Outcome>;
}

export interface PersistOptions extends ComputeOptions {
  /** Called when one of the keys is held, while others are computed still. */
  readonly onHeld?: (key: Key) => void;
}

/** An engine that computes frames in partitions, elsewhere. */
export interface DistributedEngine extends Engine {
  readonly frames: DistributedFrames;
  persist(graph: Graph, keys: readonly Key[], options?: PersistOptions): Promise<void>;
}

export const isDistributed = (engine: Engine | undefined): engine is DistributedEngine =>
  engine !== undefined && 'frames' in engine;
