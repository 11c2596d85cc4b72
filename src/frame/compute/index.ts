/** Plans computed: as one statement, in partitions, or by the workers of an engine. */

export { batchesOf, exportedFiles, partitionsText, withPartitions, withStatement } from './execute.js';
