/** Plans as statements for a database, and what DuckDB says of them. */

export { describing, failureOf, schemaOf } from './schema.js';
export { finalStatement, statementOf, statements } from './statement.js';
