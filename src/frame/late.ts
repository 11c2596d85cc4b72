/**
 * What computes, reads and writes: SQL, DuckDB, exchanges, users' functions, files. All of it is loaded at once, by `import()`, when the first frame is
 * computed or read, so that a program that does neither need not parse it. No module that is loaded with the program may import this one in any other way.
 */

export { batchesOf, partitionsText } from './compute/index.js';
export { Database } from './duck/database.js';
export { persistPlan } from './held/persist.js';
export { arrowFrame, arrowTableFrame, writeArrow } from './io/arrow.js';
export { badRows, csvFrame } from './io/csv.js';
export { databaseFrame } from './io/database.js';
export { jsonFrame } from './io/json.js';
export { parquetFrame } from './io/parquet.js';
export { frameOfBatches } from './io/pieces.js';
export { arrayOfPlan } from './io/to-array.js';
export { delayedOfPlan } from './io/to-delayed.js';
export { writeCsv, writeJson, writeParquet } from './io/write.js';
export { arrowBatches, arrowTable } from './result/arrow.js';
export { tableHtml } from './result/html.js';
export { tableText } from './result/text.js';
export { schemaOf } from './statement/index.js';
export { foundNames } from './verbs/found-names.js';
export { sqlPlan } from './verbs/sql-plan.js';
export { describedItems, describePlan, pairsPlan } from './verbs/statistics.js';
