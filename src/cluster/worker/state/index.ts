export { hostOf } from './communicating.js';
export type { WorkerOptions } from './core.js';
export type {
  Bytes,
  Dependency,
  Event,
  HeldResult,
  SchedulerEvent,
  Timing,
  WhoHas,
  WorkerEvent,
} from './events.js';
export type { Instruction, Message, StartStop } from './instructions.js';
export type { Address, Priority, TaskState } from './records.js';
export { WorkerState } from './state.js';
