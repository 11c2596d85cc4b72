import { type ExprNode, some } from '../expr/node.js';
import type { Item, JoinNode, PlanNode, ProjectNode } from '../plan/node.js';
import { exprSql, keySql, needsRowOrder, ROW } from './expr.js';
import { Parameters, quoteName, type Statement } from './writer.js';

/** How a source is written in FROM. */
export type SourceSql = (node: Extract<PlanNode, { kind: 'scan' }>, parameters: Parameters) => string;

/** A plan as one SELECT. */
export function planSql(plan: PlanNode, source: SourceSql): Statement {
  const parameters = new Parameters();
  const sql = new Writer(parameters, source).select(plan);
  return { sql, values: parameters.values };
}

class Writer {
  private depth = 0;

  constructor(
    private readonly parameters: Parameters,
    private readonly source: SourceSql,
  ) {}

  select(node: PlanNode): string {
    switch (node.kind) {
      case 'scan': {
        const where = node.filters.map((predicate) => this.expr(predicate));
        const columns = node.columns.map(quoteName).join(', ') || 'NULL';
        return `SELECT ${columns} FROM ${this.source(node, this.parameters)}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`;
      }
      case 'project':
        return this.project(node);
      case 'filter':
        return `SELECT * FROM ${this.from(node.input)} WHERE ${this.expr(node.predicate)}`;
      case 'aggregate': {
        const numbered = [...node.keys, ...node.items].some(({ expr }) => some(expr, needsRowOrder));
        const keys = node.keys.map((item) => this.item(item));
        const items = [...keys, ...node.items.map((item) => this.item(item))];
        const group = node.keys.length > 0 ? ` GROUP BY ${node.keys.map((_, i) => i + 1).join(', ')}` : '';
        return `SELECT ${items.join(', ')} FROM ${numbered ? this.numbered(node.input) : this.from(node.input)}${group}`;
      }
      case 'join':
        return this.join(node);
      case 'sort':
        return `SELECT * FROM ${this.from(node.input)} ORDER BY ${node.keys.map((key) => keySql(key, this.parameters)).join(', ')}`;
      case 'limit': {
        const count = node.count === undefined ? '' : ` LIMIT ${node.count}`;
        return `SELECT * FROM ${this.from(node.input)}${count}${node.offset > 0 ? ` OFFSET ${node.offset}` : ''}`;
      }
      case 'distinct': {
        if (!node.on) return `SELECT DISTINCT * FROM ${this.from(node.input)}`;
        const row = quoteName(ROW);
        const on = node.on.map(quoteName).join(', ');
        // The first row of each, in the order of rows.
        return `SELECT ${node.columns.map(quoteName).join(', ')} FROM ${this.numbered(node.input)} QUALIFY row_number() OVER (PARTITION BY ${on} ORDER BY ${row}) = 1 ORDER BY ${row}`;
      }
      case 'union':
        return node.inputs.map((input) => `(${this.select(input)})`).join(' UNION ALL BY NAME ');
      case 'explode': {
        const items = node.columns.map((name) =>
          node.lists.includes(name)
            ? `unnest(CASE WHEN len(${quoteName(name)}) > 0 THEN ${quoteName(name)} ELSE [NULL] END) AS ${quoteName(name)}`
            : quoteName(name),
        );
        return `SELECT ${items.join(', ')} FROM ${this.from(node.input)}`;
      }
      case 'unpivot':
        return `SELECT ${node.columns.map(quoteName).join(', ')} FROM (UNPIVOT INCLUDE NULLS ${this.from(node.input)} ON ${node.values.map(quoteName).join(', ')} INTO NAME ${quoteName(node.variable)} VALUE ${quoteName(node.value)})`;
      case 'sample':
        return `SELECT * FROM ${this.from(node.input)} USING SAMPLE ${node.fraction * 100} PERCENT (bernoulli, ${node.seed})`;
      case 'sql': {
        const parts = node.inputs.map(({ name, plan }) => `${quoteName(name)} AS (${this.select(plan)})`);
        return `${parts.length > 0 ? `WITH ${parts.join(', ')} ` : ''}SELECT * FROM (${node.text}) AS "q"`;
      }
      case 'map':
        throw new TypeError('a function over rows is no part of a statement');
    }
  }

  private project(node: ProjectNode): string {
    const numbered = node.items.some(({ expr }) => some(expr, needsRowOrder));
    const windows = node.items.some(({ expr }) => some(expr, ({ kind }) => kind === 'window'));
    const items = node.items.map((item) => this.item(item)).join(', ');
    if (!windows)
      return `SELECT ${items} FROM ${numbered ? this.numbered(node.input) : this.from(node.input)}`;
    // Windows leave rows in any order: it is put right again.
    return `SELECT ${node.columns.map(quoteName).join(', ')} FROM (SELECT ${items}, ${quoteName(ROW)} FROM ${this.numbered(node.input)}) ORDER BY ${quoteName(ROW)}`;
  }

  private join(node: JoinNode): string {
    const { how } = node;
    const side = (name: 'l' | 'r', column: string): string => `${name}.${quoteName(column)}`;
    const output = node.output.map(({ name, side: from, column, other }) => {
      const value =
        from === 'both'
          ? `coalesce(${side('l', column)}, ${side('r', other ?? column)})`
          : side(from === 'left' ? 'l' : 'r', column);
      return `${value} AS ${quoteName(name)}`;
    });
    const on = node.on.map(
      ({ left, right }) => `${this.qualified(left, 'l')} = ${this.qualified(right, 'r')}`,
    );
    if (node.asof) {
      const { left, right, direction } = node.asof;
      on.push(
        `${this.qualified(left, 'l')} ${direction === 'backward' ? '>=' : '<='} ${this.qualified(right, 'r')}`,
      );
    }
    const kind = {
      inner: 'JOIN',
      left: 'LEFT JOIN',
      right: 'RIGHT JOIN',
      full: 'FULL JOIN',
      semi: 'SEMI JOIN',
      anti: 'ANTI JOIN',
      cross: 'CROSS JOIN',
      asof: 'ASOF LEFT JOIN',
    }[how];
    const condition = how === 'cross' ? '' : ` ON ${on.join(' AND ') || 'true'}`;
    return `SELECT ${output.join(', ')} FROM (${this.select(node.left)}) AS l ${kind} (${this.select(node.right)}) AS r${condition}`;
  }

  /** An expression of a join's condition: the columns of its side. */
  private qualified(node: ExprNode, side: 'l' | 'r'): string {
    return exprSql(node, this.parameters, (name) => `${side}.${quoteName(name)}`);
  }

  private item({ name, expr }: Item): string {
    return expr.kind === 'column' && expr.name === name
      ? quoteName(name)
      : `${this.expr(expr)} AS ${quoteName(name)}`;
  }

  private expr(node: ExprNode): string {
    return exprSql(node, this.parameters);
  }

  private from(node: PlanNode): string {
    return `(${this.select(node)}) AS t${++this.depth}`;
  }

  /** With the number of each row. */
  private numbered(node: PlanNode): string {
    return `(SELECT *, row_number() OVER () AS ${quoteName(ROW)} FROM ${this.from(node)}) AS t${++this.depth}`;
  }
}
