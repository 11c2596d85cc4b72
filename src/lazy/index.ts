export { COMPUTE_OPTIONS, compute, holdWhile, type LazyCompute, persist } from './compute.js';
export { tasksOf } from './graph.js';
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
export type { ComputedIn, Lazily, LazyArguments, PassedIn } from './types.js';
