/** Frames that workers of an engine compute, elsewhere. */

export { type DistributedEngine, type DistributedFrames, isDistributed } from './engine.js';
export {
  distributedBatches,
  distributedFiles,
  distributedNumbers,
  distributedPartitions,
  withDistributed,
} from './execute.js';
