import type { Core } from './state/core.js';

/** What the engine does now and has done. Sizes in bytes. */
export interface EngineStats {
  /** Beside the main thread, which does what is little work. */
  readonly threads: { readonly most: number; readonly running: number };
  readonly tasks: { readonly done: number; readonly held: number };
  readonly memory: {
    /** What the process may take. */
    readonly limit: number;
    /** What blocks may take of it now. */
    readonly budget: number;
    readonly used: number;
    readonly peak: number;
    /** What was ever used of the arenas: stays resident. */
    readonly touched: number;
  };
  readonly spill: {
    readonly onDisk: number;
    /** Written since the start. */
    readonly written: number;
    readonly blocks: number;
  };
}

export function statsOf(core: Core, threadsRunning: number): EngineStats {
  const { space, options } = core;
  return {
    threads: { most: options.threads, running: threadsRunning },
    tasks: { done: core.tasksDone, held: core.byKey.size },
    memory: {
      limit: options.memoryLimit,
      budget: space.limit,
      used: space.used,
      peak: core.peak,
      touched: space.touched,
    },
    spill: { onDisk: core.spilledBytes, written: core.spilledTotal, blocks: core.spillCount },
  };
}
