import type { ColumnType } from '../types.js';

/**
 * What rows are sorted by, for a column. DuckDB (1.5) keeps a column that rows are sorted by in nothing but the sort's own key, in which -0 is 0: what may hold
 * floats is compared by an expression that it does not see to be the column, so that the rows keep it. It costs half as much again, and more where the
 * first few rows are looked for.
 *
 * @param type undefined where it is not known
 */
export const sortedBy = (column: string, type: ColumnType | undefined): string =>
  type === undefined || JSON.stringify(type).includes('float') ? `coalesce(${column}, ${column})` : column;
