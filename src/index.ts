/** tilework: arrays larger than memory, cut into blocks, computed in parallel by a memory-aware scheduler. */

export * from './array/index.js';
export * from './array/io/files.js';
export * from './bag/index.js';
export * from './cluster/index.js';
export * from './delayed/index.js';
export { configure, defaultEngine, useEngine } from './engine/default.js';
export type {
  LogLine,
  ReportOptions,
  TaskStreamEntry,
  TaskStreamOptions,
} from './engine/diagnostics.js';
export type { ComputeOptions, Engine, Progress, Results, RunOptions, WorkerInfo } from './engine/engine.js';
export {
  ActorLostError,
  EngineError,
  MemoryLimitError,
  SpillError,
  TaskError,
  ThreadDiedError,
} from './engine/errors.js';
export { type EngineStats, LocalEngine, type LocalEngineOptions } from './engine/index.js';
export * from './frame/index.js';
export * from './futures/index.js';
export { GraphError } from './graph/errors.js';
export { UnshippableFunctionError } from './graph/function-spec.js';
export type { Graph, Key, Task } from './graph/task.js';
export { type NetcdfInfo, netcdfInfo } from './io/netcdf/open.js';
export { type NpzMember, npzInfo } from './io/npz.js';
export type { DType } from './kernels/dtype.js';
export { type ProgressBarOptions, progressBar } from './watch/progress.js';
