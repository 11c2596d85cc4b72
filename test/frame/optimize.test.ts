/** What the optimiser makes of plans: each rule by the plan before and after. */
import { describe, expect, it } from 'vitest';
import {
  type AnyFrame,
  type AnySchema,
  col,
  count,
  type DataFrame,
  desc,
  fromRows,
  lit,
  rowNumber,
  sql,
} from '../../src/frame/index.js';

import { optimize } from '../../src/frame/optimize/index.js';
import * as make from '../../src/frame/plan/make.js';
import { printPlan } from '../../src/frame/plan/print.js';

const df = fromRows([{ a: 1, b: 2, s: 'x', f: true, l: [1] }], {
  schema: { a: 'int64', b: 'int64', s: 'string', f: 'bool', l: { list: 'int64' } },
});
const other = fromRows([{ a: 1, c: 3 }], { schema: { a: 'int64', c: 'int64' } });

/** Without the margin of a text in the source. */
const dedented = (text: string): string =>
  text.startsWith('\n') ? text.slice(1).replace(/^ {4}/gm, '') : text;

type Explained = Pick<AnyFrame, 'explain'>;

/** A frame's plan, one step a line. */
function plans(frame: Explained, written: string, computed: string) {
  const lines = (text: string) => dedented(text).replaceAll('memory (1 rows)', 'rows');
  expect(lines(frame.explain({ optimized: false }))).toBe(lines(written));
  expect(lines(frame.explain({ optimized: true }))).toBe(lines(computed));
}
const best = (frame: Explained) => frame.explain({ optimized: true }).replaceAll('memory (1 rows)', 'rows');

describe('columns', () => {
  it('scans list only what is read', () =>
    plans(
      df
        .withColumns({ twice: col('a').mul(2) })
        .filter(col('b').gt(1))
        .select('twice'),
      `
    select twice
      filter (b > 1)
        select a, b, s, f, l, twice = (a * 2)
          scan rows [a, b, s, f, l]`,
      `
    select twice = (a * 2)
      scan rows [a] where (b > 1)`,
    ));
  it('a join asks each side for what is joined on and what comes out', () =>
    plans(
      df.join(other, { on: 'a' }).select('s', 'c'),
      `
    select s, c
      inner join on a == a
        scan rows [a, b, s, f, l]
        scan rows [a, c]`,
      `
    inner join on a == a
      scan rows [a, s]
      scan rows [a, c]`,
    ));
  it('aggregates that nobody reads are not computed; keys stay', () =>
    expect(
      best(
        df
          .groupBy('s')
          .agg({ n: count(), m: col('a').mean() })
          .select('n'),
      ),
    ).toBe('select n\n  aggregate n = size() by s\n    scan rows [s]'));
  it('counting rows reads no column', () =>
    expect(best(df.withColumns({ x: col('a').add(1) }).agg({ n: count() }))).toBe(
      'aggregate n = size()\n  scan rows []',
    ));
  it('distinct rows need all columns; the first of each only theirs', () => {
    expect(best(df.distinct().select('a'))).toBe('select a\n  distinct\n    scan rows [a, b, s, f, l]');
    expect(best(df.distinct('s').select('a'))).toBe('select a\n  distinct on s\n    scan rows [a, s]');
  });
  it('lists are exploded though nobody reads them', () =>
    expect(best(df.explode('l').select('a'))).toBe('select a\n  explode l\n    scan rows [a, l]'));
  it('melting asks for its values', () =>
    expect(best(df.melt({ ids: ['s', 'f'], values: ['a', 'b'] }).select('value'))).toBe(
      'select value\n  melt a, b into variable, value\n    scan rows [a, b]',
    ));
});

describe('filters', () => {
  it('sink through selects, by what columns are made of', () =>
    expect(best(df.select('s', { x: col('a').add(1) }).filter(col('x').gt(2)))).toBe(
      'select s, x = (a + 1)\n  scan rows [a, s] where ((a + 1) > 2)',
    ));
  it('but not where the column is a bare constant, whose type would be another', () =>
    expect(best(df.select('a', { x: lit(1) }).filter(col('x').gt(col('a'))))).toMatch(/^filter \(x > a\)/));
  it('sink past windows only where they keep whole partitions', () => {
    const numbered = df.withColumns({ n: rowNumber({ partitionBy: 's', orderBy: 'a' }) });
    expect(best(numbered.filter(col('s').eq('x')))).toMatch(/where \(s == 'x'\)$/);
    expect(best(numbered.filter(col('a').eq(1)))).toMatch(/^filter \(a == 1\)/);
    expect(best(numbered.filter(col('n').eq(1)))).toMatch(/^filter \(n == 1\)/);
  });
  it('sink through groups by their keys; on aggregates they stay', () => {
    const grouped = df.groupBy('s').agg({ n: count() });
    plans(
      grouped.filter(col('s').eq('x').and(col('n').gt(1))),
      `
    filter ((s == 'x') and (n > 1))
      aggregate n = size() by s
        scan rows [a, b, s, f, l]`,
      `
    filter (n > 1)
      aggregate n = size() by s
        scan rows [s] where (s == 'x')`,
    );
    // One row of all, though there is no row at all.
    expect(best(df.agg({ n: count() }).filter(lit(false)))).toMatch(/^filter false/);
  });
  it('sink into both sides of an inner join, each to its own', () =>
    plans(
      df.join(other, { on: 'a' }).filter(col('b').gt(1), col('c').lt(9), col('b').ne(col('c'))),
      `
    filter (b != c)
      filter (c < 9)
        filter (b > 1)
          inner join on a == a
            scan rows [a, b, s, f, l]
            scan rows [a, c]`,
      `
    filter (b != c)
      inner join on a == a
        scan rows [a, b, s, f, l] where (b > 1)
        scan rows [a, c] where (c < 9)`,
    ));
  it.each([
    ['left', col('b').isNull(), 'left join', 'left'],
    ['left', col('c').isNull(), 'left join', 'stays'],
    ['left', col('c').gt(1), 'inner join', 'right'],
    [
      'left',
      col('c')
        .add(1)
        .eq(2)
        .or(col('c').isIn([3])),
      'inner join',
      'right',
    ],
    ['left', col('c').eqMissing(1), 'left join', 'stays'],
    ['left', col('c').fillNull(0).gt(1), 'left join', 'stays'],
    ['right', col('b').gt(1), 'inner join', 'left'],
    ['right', col('c').isNull(), 'right join', 'right'],
    ['full', col('b').gt(1), 'full join', 'stays'],
    ['semi', col('b').gt(1), 'semi join', 'left'],
    ['anti', col('b').gt(1), 'anti join', 'left'],
    ['inner', col('s').cast('int64').gt(1), 'inner join', 'stays'],
  ] as const)('%s join: %s', (how, predicate, join, where) => {
    const joined = (df as unknown as DataFrame).join(other, { on: 'a', how });
    const [first, second = '', third = ''] = best(joined.filter(predicate)).split('\n');
    expect([first, second].some((line) => line!.trim().startsWith(join))).toBe(true);
    if (where === 'stays') expect(first).toMatch(/^filter/);
    else expect(where === 'left' ? second : third).toMatch(/ where /);
  });
  it('sink into all inputs of concat where the types are the same', () => {
    const both = (right: DataFrame) =>
      make.filter(make.union([df.select('a').plan, right.plan], ['a']), col('a').gt(1).node);
    expect(printPlan(optimize(both(other.select('a') as unknown as DataFrame)))).toMatch(
      /^concat of 2\n.*where \(a > 1\)\n.*where \(a > 1\)$/,
    );
    const text = fromRows([{ a: '1' }]) as unknown as DataFrame;
    expect(printPlan(optimize(both(text)))).toMatch(/^filter \(a > 1\)\n {2}concat of 2/);
  });
  it('do not pass limits and samples', () => {
    expect(best(df.limit(3).filter(col('a').gt(1)))).toMatch(/^filter \(a > 1\)\n {2}limit 3/);
    expect(best(df.sample(0.5).filter(col('a').gt(1)))).toMatch(/^filter \(a > 1\)\n {2}sample/);
  });
});

describe('limits', () => {
  it('are one, and sink through selects, not past windows', () => {
    plans(
      df.select('a').limit(10, 2).limit(20, 3),
      `
    limit 20 after 3
      limit 10 after 2
        select a
          scan rows [a, b, s, f, l]`,
      `
    limit 7 after 5
      scan rows [a]`,
    );
    expect(best(df.select({ n: rowNumber() }).limit(1))).toMatch(/^limit 1\n {2}select n = rowNumber/);
  });
});

describe('selects', () => {
  it('one after another are one', () =>
    expect(
      best(
        df
          .rename({ a: 'x' })
          .withColumns({ y: col('x').add(1) })
          .drop('x', 's')
          .select('y'),
      ),
    ).toBe('select y = (a + 1)\n  scan rows [a]'));
  it('stay two where something would be computed twice', () =>
    expect(best(df.select({ x: col('a').mul(3) }).select({ y: col('x').mul(col('x')) }))).toBe(
      'select y = (x * x)\n  select x = (a * 3)\n    scan rows [a]',
    ));
  it('stay two where a window would be within a window', () =>
    expect(
      best(df.select({ x: col('a').cumSum() }).select({ y: col('x').sum().over('x') })).split('\n'),
    ).toHaveLength(3));
});

describe('sorts', () => {
  it('are left out where nobody sees them', () => {
    expect(best(df.sort('a').groupBy('s').agg({ n: count() }))).not.toMatch(/sort/);
    expect(best(df.sort('a').join(other.sort('c'), { on: 'a' }))).not.toMatch(/sort/);
    expect(best(df.sort('a').distinct())).not.toMatch(/sort/);
    expect(best(df.sort('a').filter(col('b').gt(1)).sort(desc('b')))).toBe(
      'sort b descending\n  scan rows [a, b, s, f, l] where (b > 1)',
    );
  });
  it('stay where rows are taken as they come', () => {
    for (const frame of [
      df.sort('a').limit(1).groupBy('s').agg({ n: count() }),
      df.sort('a').distinct('s'),
      df
        .sort('a')
        .groupBy('s')
        .agg({ x: col('b').first() }),
      df
        .sort('a')
        .groupBy('s')
        .agg({ x: col('b').toList() }),
      df
        .sort('a')
        .select({ x: col('b').cumSum() })
        .distinct(),
      df.sort('a').sample(0.5).distinct(),
    ])
      expect(best(frame)).toMatch(/sort/);
  });
});

describe('constants', () => {
  it.each([
    [lit(true).and(col('f').isNull()), 'isNull(f)'],
    [lit(false).and(col('f').isNull()), 'false'],
    [lit(true).or(col('f').isNull()), 'true'],
    [lit(null).or(col('f').isNull()), '(null or isNull(f))'],
    [lit(1).add(2).eq(col('a')), '(3 == a)'],
    [lit(2 ** 31 - 1).add(1), '(2147483647 + 1)'],
    [lit('a').eq('b'), 'false'],
    [lit('a').lt('b'), "('a' < 'b')"],
    [lit(1).lt(2), 'true'],
    [lit(Number.NaN).eq(Number.NaN), '(NaN == NaN)'],
    [lit(null).isNull(), 'true'],
    [col('f').not().not(), 'not(not(f))'],
    [col('a').gt(1).not().not(), '(a > 1)'],
  ])('%s is %s', (expr, text) => {
    const frame = (df as unknown as DataFrame).select({ x: expr });
    expect(best(frame)).toMatch(`select x = ${text}\n`);
  });
  it('a filter that all rows pass is none; one that compares with null is one that none passes', () => {
    expect(best(df.filter(lit(true)))).toBe('scan rows [a, b, s, f, l]');
    expect(best(df.filter(col('a').eq(null)))).toBe('scan rows [a, b, s, f, l] where false');
    // Not so within a negation, where null stays null.
    expect(best(df.filter(col('a').eq(null).not()))).toMatch(/not\(\(a == null\)\)/);
  });
});

describe('deep plans', () => {
  const repeated = (times: number, verb: (frame: DataFrame) => DataFrame): DataFrame => {
    let frame = df as unknown as DataFrame;
    for (let i = 0; i < times; i++) frame = verb(frame);
    return frame;
  };
  it('of ten thousand verbs are printed, planned and computed', async () => {
    const filters = repeated(10_000, (frame) => frame.filter(col('a').lt(2)));
    expect(filters.explain({ optimized: false }).split('\n')).toHaveLength(10_001);
    expect(best(filters)).toBe('scan rows [a, b, s, f, l] where (a < 2)');
    const mixed = repeated(2_500, (frame) =>
      frame
        .rename({ a: 'z' })
        .withTypes<AnySchema>()
        .rename({ z: 'a' })
        .filter(col('a').gt(0))
        .sort('b')
        .withTypes<AnySchema>(),
    );
    expect(await mixed.select('a').rows()).toEqual([{ a: 1 }]);
    const added = repeated(2_000, (frame) =>
      frame.withColumns({ a: col('a').add(1) }).withTypes<AnySchema>(),
    );
    expect(await added.select('a').rows()).toEqual([{ a: 2_001 }]);
  });
});

describe('what is computed once', () => {
  const joined = df.join(other, { on: 'a' });
  const inner = `inner join on a == a
        scan rows [a, b, s]
        scan rows [a, c]`;

  it('a join of which two readers take different columns', () => {
    const twice = joined
      .groupBy('s')
      .agg({ most: col('c').max() })
      .join(joined.select('s', 'b'), { on: 's' });
    expect(best(twice)).toBe(
      dedented(`
    inner join on s == s
      aggregate most = max(c) by s
        scan shared 1 [s, c]
      select s, b
        scan shared 1 [b, s]
    shared 1, computed once:
      ${inner}`),
    );
  });
  it('the groups of which subtotals are made', async () => {
    const totals = df.groupBy('s', 'b').rollup();
    const scans = (text: string) => text.split('because:')[0]!.match(/scan (rows|memory)/g)?.length;
    const sums = totals.agg({ n: count(), most: col('a').max() });
    expect(best(sums)).toContain('shared 1, computed once');
    expect(scans(best(sums))).toBe(1);
    expect(scans(await sums.explainPartitions(2, { broadcastBytes: 0 }))).toBe(1);
    const means = totals.agg({ mean: col('a').mean(), spread: col('a').std() });
    expect(scans(best(means))).toBe(1);
    // A median is of rows, not of medians.
    expect(scans(best(totals.agg({ median: col('a').median() })))).toBe(3);
  });
  it('not where different filters have sunk into it', () => {
    const apart = joined.filter(col('b').gt(1)).join(joined.filter(col('b').gt(2)), { on: 's', how: 'semi' });
    expect(best(apart)).not.toContain('shared');
  });
  it('not where a name means different things', () => {
    const of = (n: number) =>
      df
        .select('s', { n: col('a').mul(n) })
        .groupBy('s')
        .agg({ n: col('n').sum() });
    expect(best(of(2).join(of(3), { on: 's' }))).not.toContain('shared');
    expect(best(of(2).join(of(2), { on: 's' }))).toContain('shared 1');
  });
  it('parts of parts', async () => {
    const groups = joined.groupBy('s').agg({ n: count() });
    const pairs = groups.join(groups, { on: 's', suffix: '_2' });
    const frame = pairs.join(pairs, { on: 's', suffix: '_3' }).join(joined, { on: 's' });
    expect(best(frame).match(/computed once/g)).toHaveLength(3);
    expect(await frame.select('n', 'n_3', 'c').rows()).toEqual([{ n: 1, n_3: 1, c: 3 }]);
  });
});

describe('groups by days', () => {
  const times = [
    '-infinity',
    '1969-12-31 23:59:59.999999',
    '1970-01-01',
    '2024-02-29 23:00',
    '2024-02-29',
    null,
  ];
  const frame = fromRows(
    times.map((t, x) => ({ t, x })),
    { schema: { t: 'string', x: 'int64' } },
  ).withColumns({ t: col('t').cast('timestamp') });

  it('are of timestamps groups by dates', () =>
    expect(best(frame.groupBy('x', { day: col('t').dt.truncate('day') }).agg({ n: count() }))).toMatch(
      /^select x, day = .*timestamp.*\n {2}aggregate n = size\(\) by x, day = .*date/,
    ));
  it('stay what they are where a column may be something else', () => {
    const days = (type: 'timestamptz' | 'date') =>
      frame
        .withColumns({ t: col('t').cast(type) })
        .groupBy({ day: col('t').dt.truncate('day') })
        .agg({ n: count() });
    expect(best(days('timestamptz'))).not.toContain('select day');
    expect(best(days('date'))).not.toContain('select day');
    expect(best(frame.groupBy({ month: col('t').dt.truncate('month') }).agg({}))).not.toContain(
      'select month',
    );
  });
  it('give the same rows, of the same types', async () => {
    const truth = await sql("SELECT date_trunc('day', t) AS day, count(*) AS n FROM frame GROUP BY 1", {
      frame,
    });
    const truncated = frame.groupBy({ day: col('t').dt.truncate('day') }).agg({ n: count() });
    const bucketed = frame.groupBy({ day: col('t').dt.bucket('1d') }).agg({ n: count() });
    const expected = await truth.sort('day').toColumns();
    expect(expected.rows).toBe(5);
    expect(expected.columns[0]?.type).toBe('timestamp');
    for (const days of [truncated, bucketed])
      for (const options of [{}, { partitions: 2 }])
        expect(await days.sort('day').toColumns(options)).toEqual(expected);
  });
});

it('explain() shows both plans', () =>
  expect(df.filter(col('a').gt(1)).select('s').explain()).toBe(
    `As written:
  select s
    filter (a > 1)
      scan memory (1 rows) [a, b, s, f, l]
As computed:
  scan memory (1 rows) [s] where (a > 1)`,
  ));
