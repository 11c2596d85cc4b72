import { columnNode, columnsOf, type ExprNode, mapChildren, some } from '../expr/node.js';
import type { SharedPlan } from '../optimize/index.js';
import { needsRowOrder } from '../plan/aggregates.js';
import * as make from '../plan/make.js';
import type { Item, PlanNode, ProjectNode, ScanNode, UnionNode } from '../plan/node.js';
import { inputsOf } from '../plan/walk.js';
import { exprSql, keySql, ROW } from './expr.js';
import { hoisted } from './hoist.js';
import { isJoined, joinedSql, type PlanWriter } from './joins.js';
import { type Guarded, guarded } from './order.js';
import { Parameters, quoteName, type Statement } from './writer.js';

/** How a source is written in FROM. */
export type SourceSql = (node: ScanNode, parameters: Parameters) => string;

/** A plan as one SELECT; the parts that it reads more than once stand before it, and are computed once. */
export function planSql(shared: SharedPlan, source: SourceSql): Statement {
  const parameters = new Parameters();
  const writer = new Writer(parameters, source, shared);
  const rows = writer.select(shared.plan);
  const before = writer.shared.join(', ');
  const sql = before ? `WITH ${before} SELECT * FROM (${rows})` : rows;
  return { sql, values: parameters.values };
}

/** Whether a plan's rows come in an order that means something: groups and joins give none. */
function hasOrder(node: PlanNode): boolean {
  switch (node.kind) {
    case 'aggregate':
    case 'join':
      return false;
    case 'distinct':
      return node.on !== undefined && hasOrder(node.input);
    case 'scan':
    case 'sort':
    case 'sql':
      return true;
    default:
      return inputsOf(node).every(hasOrder);
  }
}

class Writer implements PlanWriter {
  private tables = 0;
  /** Parts that were read, as they stand behind WITH: what one reads comes before it. */
  readonly shared: string[] = [];
  private readonly written = new Set<number>();
  private readonly parts: readonly PlanNode[];
  private readonly guarded: Guarded;

  constructor(
    readonly parameters: Parameters,
    private readonly source: SourceSql,
    { plan, parts }: SharedPlan,
  ) {
    this.parts = parts;
    this.guarded = guarded(plan, parts);
  }

  select(node: PlanNode): string {
    switch (node.kind) {
      case 'scan': {
        const where = node.filters.map((predicate) => this.expr(predicate));
        const columns = node.columns.map(quoteName).join(', ') || 'NULL';
        return `SELECT ${columns} FROM ${this.rowsOf(node)}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`;
      }
      case 'project':
        return isJoined(node) && !hoisted(node.items) ? joinedSql(node, this) : this.project(node);
      case 'filter':
        if (isJoined(node)) return joinedSql(node, this);
        return `SELECT * FROM ${this.from(node.input)} WHERE ${this.expr(node.predicate)}`;
      case 'aggregate': {
        const parts = hoisted(node.items);
        if (parts) {
          const keys = node.keys.map(({ name }): Item => ({ name, expr: columnNode(name) }));
          return this.select(
            make.project(make.aggregate(node.input, node.keys, parts.first), [...keys, ...parts.then]),
          );
        }
        const numbered = [...node.keys, ...node.items].some(({ expr }) => some(expr, needsRowOrder));
        const keys = node.keys.map((item) => this.item(item));
        const items = [...keys, ...node.items.map((item) => this.item(item))];
        const group = node.keys.length > 0 ? ` GROUP BY ${node.keys.map((_, i) => i + 1).join(', ')}` : '';
        return `SELECT ${items.join(', ')} FROM ${numbered ? this.numbered(node.input) : this.from(node.input)}${group}`;
      }
      case 'join':
        return joinedSql(node, this);
      case 'sort':
        return `SELECT * FROM ${this.from(node.input)} ORDER BY ${node.keys.map((key) => keySql(key, this.parameters)).join(', ')}`;
      case 'repartition':
        return this.select(node.input);
      case 'limit': {
        const count = node.count === undefined ? '' : ` LIMIT ${node.count}`;
        const offset = node.offset > 0 ? ` OFFSET ${node.offset}` : '';
        return this.apart(node, `SELECT * FROM ${this.from(node.input)}${count}${offset}`);
      }
      case 'distinct': {
        if (!node.on) return `SELECT DISTINCT * FROM ${this.from(node.input)}`;
        const row = quoteName(ROW);
        const on = node.on.map(quoteName).join(', ');
        // The first row of each, in the order of rows.
        return `SELECT ${node.columns.map(quoteName).join(', ')} FROM ${this.numbered(node.input)} QUALIFY row_number() OVER (PARTITION BY ${on} ORDER BY ${row}) = 1 ORDER BY ${row}`;
      }
      case 'union':
        return this.union(node);
      case 'explode': {
        const items = node.columns.map((name) =>
          node.lists.includes(name)
            ? `unnest(CASE WHEN len(${quoteName(name)}) > 0 THEN ${quoteName(name)} ELSE [NULL] END) AS ${quoteName(name)}`
            : quoteName(name),
        );
        return `SELECT ${items.join(', ')} FROM ${this.from(node.input)}`;
      }
      case 'unpivot':
        return `SELECT ${node.columns.map(quoteName).join(', ')} FROM ${this.from(node.input)} UNPIVOT INCLUDE NULLS (${quoteName(node.value)} FOR ${quoteName(node.variable)} IN (${node.values.map(quoteName).join(', ')})) AS ${this.alias()}`;
      case 'sample':
        return this.apart(
          node,
          `SELECT * FROM ${this.from(node.input)} USING SAMPLE ${node.fraction * 100} PERCENT (bernoulli, ${node.seed})`,
        );
      case 'sql': {
        const parts = node.inputs.map(({ name, plan }) => `${quoteName(name)} AS (${this.select(plan)})`);
        return `${parts.length > 0 ? `WITH ${parts.join(', ')} ` : ''}SELECT * FROM (${node.text}) AS "q"`;
      }
      case 'map':
        throw new TypeError('a function over rows is no part of a statement');
    }
  }

  private rowsOf(node: ScanNode): string {
    if (node.source.from !== 'shared') return this.source(node, this.parameters);
    const { part } = node.source;
    const name = quoteName(`__tilework_shared${part}`);
    if (!this.written.has(part)) {
      this.written.add(part);
      const rows = this.select(this.parts[part]!);
      this.shared.push(`${name} AS MATERIALIZED (${rows})`);
    }
    return name;
  }

  private project(node: ProjectNode): string {
    const parts = hoisted(node.items);
    if (parts) {
      const read = parts.then.reduce((into, { expr }) => columnsOf(expr, into), new Set<string>());
      const kept = node.input.columns
        .filter((name) => read.has(name))
        .map((name): Item => ({ name, expr: columnNode(name) }));
      return this.select(make.project(make.project(node.input, [...kept, ...parts.first]), parts.then));
    }
    const numbered = node.items.some(({ expr }) => some(expr, needsRowOrder));
    // The number of a row is there already: no window need be computed for it.
    const rest = numbered
      ? node.items.map(({ name, expr }) => ({ name, expr: rowNumbers(expr) }))
      : node.items;
    const windows = rest.some(({ expr }) => some(expr, ({ kind }) => kind === 'window'));
    const items = rest.map((item) => this.item(item)).join(', ');
    if (!windows || (!numbered && !hasOrder(node.input)))
      return `SELECT ${items} FROM ${numbered ? this.numbered(node.input) : this.from(node.input)}`;
    // Windows leave rows in any order: it is put right again.
    return `SELECT ${node.columns.map(quoteName).join(', ')} FROM (SELECT ${items}, ${quoteName(ROW)} FROM ${this.numbered(node.input)}) ORDER BY ${quoteName(ROW)}`;
  }

  /** Rows of a node that are computed by themselves where they must be. */
  private apart(node: PlanNode, rows: string): string {
    if (!this.guarded.apart.has(node)) return rows;
    const name = this.alias();
    return `WITH ${name} AS MATERIALIZED (${rows}) SELECT * FROM ${name}`;
  }

  private union(node: UnionNode): string {
    const sorted = this.guarded.sorted.has(node);
    const inputs = node.inputs.map((input, i) => (sorted ? this.numberedFrom(input, i) : this.select(input)));
    const rows = inputs.map((sql) => `(${sql})`).join(' UNION ALL BY NAME ');
    if (!sorted) return rows;
    const columns = node.columns.map(quoteName).join(', ') || 'NULL';
    return `SELECT ${columns} FROM (${rows}) AS ${this.alias()} ORDER BY ${quoteName(ROW)}`;
  }

  /** With numbers of rows after those of any input before. */
  private numberedFrom(node: PlanNode, input: number): string {
    return `SELECT *, row_number() OVER () + (${input}::BIGINT << 40) AS ${quoteName(ROW)} FROM ${this.from(node)}`;
  }

  alias(): string {
    return `t${++this.tables}`;
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
    return `(${this.select(node)}) AS ${this.alias()}`;
  }

  /** With the number of each row. */
  private numbered(node: PlanNode): string {
    return `(SELECT *, row_number() OVER () AS ${quoteName(ROW)} FROM ${this.from(node)}) AS ${this.alias()}`;
  }
}

/** Numbers of rows as the column that has them. */
function rowNumbers(node: ExprNode): ExprNode {
  if (node.kind !== 'window') return mapChildren(node, rowNumbers);
  const plain = node.fn === 'rowNumber' && node.partitionBy.length === 0 && node.orderBy.length === 0;
  return plain && node.ordered ? columnNode(ROW) : node;
}
