import { FrameError } from '../errors.js';
import { callNode, columnNode, type ExprNode, freeze, literalNode } from '../expr/node.js';
import { sameType, storedType } from '../parquet/layout.js';
import type { Item } from '../plan/node.js';
import { quoteName, type Statement, typeName } from '../sql/writer.js';
import type { ColumnType, Schema } from '../types.js';

/** The types that lie in our files are fewer than those of frames: what becomes of each on the way in, as SQL, and on the way back. */

/** A column of a statement as it is put into a file. */
function storeSql(name: string, type: ColumnType, label: string): string {
  const column = quoteName(name);
  if (type === 'interval') {
    const part = (unit: string): string => `date_part('${unit}', ${column})`;
    return `CASE WHEN ${column} IS NOT NULL THEN struct_pack(months := CAST(${part('year')} * 12 + ${part('month')} AS INTEGER), days := CAST(${part('day')} AS INTEGER), microseconds := CAST(${part('hour')} * 3600000000 + ${part('minute')} * 60000000 + ${part('microsecond')} AS BIGINT)) END AS ${column}`;
  }
  if (typeof type !== 'string' && JSON.stringify(type).includes('"interval"'))
    throw new FrameError(
      `${label}: column ${JSON.stringify(name)} has intervals inside of a list, struct or map, which functions over rows do not take; select other columns before it`,
    );
  if (type === 'timestamptz') return `timezone('UTC', ${column}) AS ${column}`;
  return `CAST(${column} AS ${typeName(storedType(type))}) AS ${column}`;
}

/** A statement whose rows are put into a Parquet file that threads read. */
export function copyStatement(
  { sql, values }: Statement,
  schema: Schema,
  path: string,
  groupRows: number,
  label: string,
): Statement {
  const columns = Object.entries(schema).map(([name, type]) => storeSql(name, type, label));
  const file = path.replaceAll("'", "''");
  return {
    sql: `COPY (SELECT ${columns.join(', ')} FROM (${sql}) AS f) TO '${file}' (FORMAT parquet, COMPRESSION uncompressed, PARQUET_VERSION V1, ROW_GROUP_SIZE ${groupRows})`,
    values,
  };
}

/** Columns of our files as what the frame says they are. */
export function restoreItems(schema: Schema): Item[] {
  return Object.entries(schema).map(([name, type]) => ({ name, expr: restoreExpr(columnNode(name), type) }));
}

function restoreExpr(column: ExprNode, type: ColumnType): ExprNode {
  if (type === 'timestamptz') return callNode('dt.toZone', column, literalNode('UTC'));
  if (type === 'interval')
    return callNode(
      'interval',
      ...['months', 'days', 'microseconds'].map((part) =>
        callNode('struct.field', column, literalNode(part)),
      ),
    );
  return sameType(storedType(type), type)
    ? column
    : freeze({ kind: 'cast', value: column, to: type, strict: true });
}
