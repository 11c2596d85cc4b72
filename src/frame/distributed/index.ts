/** Frames that workers of an engine compute, elsewhere. */

export {
  distributedBatches,
  distributedFiles,
  distributedNumbers,
  distributedPartitions,
  withDistributed,
} from './execute.js';
