export type { ComputeOptions, Engine, Progress, Results, RunOptions } from './engine.js';
export {
  ActorLostError,
  EngineError,
  MemoryLimitError,
  SpillError,
  TaskError,
  ThreadDiedError,
} from './errors.js';
export { type Held, LocalEngine } from './local-engine.js';
export { type Block, type Op, type Result, Shrunk, type TaskContext } from './op.js';
export type { LocalEngineOptions } from './options.js';
export type { EngineStats } from './stats.js';
