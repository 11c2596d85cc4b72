export { Bag } from './bag.js';
export type { PartitionOptions, ReadTextOptions } from './creation.js';
/** Bags: lazy collections of any plain values, in partitions. */
export * as bag from './creation.js';
export type {
  BagFunctionOptions,
  Beside,
  ElementFunction,
  ElementKey,
  PartsBeside,
  TreeOptions,
} from './given.js';
export type { TakeOptions } from './looking.js';
export type {
  FoldByOptions,
  FrequenciesOptions,
  GroupByOptions,
  JoinOptions,
  KeyOptions,
} from './methods/groups.js';
export type {
  DeviationOptions,
  FoldOptions as BagFoldOptions,
  ReductionOptions as BagReductionOptions,
} from './methods/reductions.js';
export type {
  AccumulateOptions,
  MapOptions as BagMapOptions,
  SampleOptions as BagSampleOptions,
} from './methods/steps.js';
export type { WriteTextOptions } from './write-text.js';
