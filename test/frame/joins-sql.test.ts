/** How joins are written: trees of them as one statement, so that DuckDB may choose their order. */
import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../src/frame/plan/node.js';
import { planSql } from '../../src/frame/sql/plan.js';
import { col, fromRows, sql } from '../../src/index.js';

const a = fromRows([{ k: 1, x: 1 }]);
const b = fromRows([{ k: 1, j: 2, y: 2 }]);
const c = fromRows([{ j: 2, z: 3 }]);

const written = ({ plan }: { readonly plan: PlanNode }) => planSql({ plan, parts: [] }, () => '"source"');
const selects = (sql: string): number => sql.split('SELECT').length - 1;

describe('joins as SQL', () => {
  const chain = a.join(b, { on: 'k' }).join(c, { on: 'j' });

  it('inner joins of three tables are one FROM', () => {
    const { sql: text } = written(chain);
    expect(text).toMatch(/ AS t\d+ JOIN .* AS t\d+ ON .* JOIN .* AS t\d+ ON /);
    // One for the join, one a source.
    expect(selects(text)).toBe(4);
    const bushy = a.join(b.join(c, { on: 'j' }), { on: 'k' });
    expect(selects(written(bushy).sql)).toBe(4);
    expect(written(bushy).sql).toMatch(/JOIN \(/);
  });

  it('filters and expressions behind and between them stay in the same statement', () => {
    const { sql } = written(
      a
        .join(b, { on: 'k' })
        .filter(col('y').gt(7))
        .select('j', { s: col('x').add(col('y')) })
        .join(c, { on: 'j' })
        .filter(col('s').lt(col('z'))),
    );
    expect(selects(sql)).toBe(4);
    expect(sql.match(/ WHERE /g)).toHaveLength(1);
    expect(sql).toMatch(/WHERE .* AND /);
    expect(sql).toMatch(/> 7/);
  });

  it('a side that gets rows of nulls is computed before', () => {
    for (const how of ['right', 'full'] as const) {
      const { sql } = written(a.join(b, { on: 'k' }).filter(col('x').gt(1)).join(c, { on: 'j', how }));
      expect(selects(sql)).toBe(5);
      expect(sql.indexOf(' WHERE ')).toBeLessThan(sql.indexOf(` ${how.toUpperCase()} JOIN `));
    }
    // The left of a left join keeps its rows: what is asked of them may be asked later.
    const left = written(a.join(b, { on: 'k' }).filter(col('x').gt(1)).join(c, { on: 'j', how: 'left' }));
    expect(selects(left.sql)).toBe(4);
  });

  it('a value that no column needs any more is not bound', () => {
    const unused = a.join(b, { on: 'k' }).select('j', { s: 'secret' }).join(c, { on: 'j' }).select('j', 'z');
    expect(written(unused).values).toEqual([]);
  });

  it('chains of long expressions do not double', () => {
    let frame = a.join(b, { on: 'k' }).withTypes<{ x: 'float64' }>();
    for (let i = 0; i < 12; i++) frame = frame.select({ x: col('x').mul(col('x')).add(col('x')) });
    expect(written(frame).sql.length).toBeLessThan(20_000);
  });

  it('asof joins compare by direction', () => {
    const asof = (direction: 'backward' | 'forward') =>
      written(a.join(b, { asof: ['x', 'y'], direction })).sql;
    expect(asof('backward')).toMatch(/ASOF LEFT JOIN .* ON .* AND t\d+\."x" >= t\d+\."y"/);
    expect(asof('forward')).toMatch(/ASOF LEFT JOIN .* ON .* AND t\d+\."x" <= t\d+\."y"/);
  });

  it('asof joins without what is at the same place leave that out', () => {
    const asof = (direction: 'backward' | 'forward') =>
      written(a.join(b, { asof: ['x', 'y'], direction, allowExactMatches: false })).sql;
    expect(asof('backward')).toMatch(/t\d+\."x" > t\d+\."y"/);
    expect(asof('forward')).toMatch(/t\d+\."x" < t\d+\."y"/);
  });

  it('no number of rows is taken for so few that each may be compared with each', async () => {
    const names = ['asof_loop_join_threshold', 'merge_join_threshold', 'nested_loop_join_threshold'];
    const settings = await sql('SELECT name, value FROM duckdb_settings()');
    const found = settings.filter(col('name').isIn(names)).sort('name');
    expect(await found.rows()).toEqual(names.map((name) => ({ name, value: '0' })));
  });

  it('gives the rows of what it writes', async () => {
    expect(await chain.rows()).toEqual([{ k: 1, x: 1, j: 2, y: 2, z: 3 }]);
  });
});
