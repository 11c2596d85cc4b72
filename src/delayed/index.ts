export type { ModuleFunction } from '../graph/given-function.js';
export {
  type ComputedIn,
  compute,
  type Lazily,
  type Lazy,
  type LazyCompute,
  persist,
} from '../lazy/index.js';
export { Delayed, type DelayedFunction, type DelayedOptions, delayed, type MethodsOf } from './delayed.js';
