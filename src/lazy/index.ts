export { COMPUTE_OPTIONS, compute, type LazyCompute, persist } from './compute.js';
export { tasksInPieces, tasksOf } from './graph.js';
export { Hold, holdOf, wasReleased } from './hold.js';
export { engineFor, holderOf } from './holder.js';
export {
  type Alone,
  type ELEMENT,
  type Family,
  isLazy,
  LAZY,
  type Lazy,
  type LazyHooks,
  type LazyInput,
  type Output,
  type PassedAs,
  type Plan,
} from './protocol.js';
export { replaceLazies } from './structure.js';
export type { ComputedIn, Lazily, LazyArguments, PassedIn, PersistedIn } from './types.js';
