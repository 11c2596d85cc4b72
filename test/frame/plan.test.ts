/** Plans: what is wrong with them is said by the verb; how they print; and that text of users stays text. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import { callNode, columnNode, type ExprNode, literalNode } from '../../src/frame/expr/node.js';
import { printExpr } from '../../src/frame/expr/print.js';
import {
  type AnySchema,
  ColumnError,
  coalesce,
  col,
  count,
  type DataFrame,
  desc,
  duration,
  type Expr,
  fromRows,
  lit,
  readParquet,
  rowNumber,
  struct,
  when,
} from '../../src/frame/index.js';
import * as make from '../../src/frame/plan/make.js';
import { printPlan } from '../../src/frame/plan/print.js';
import { statementOf } from '../../src/frame/statement/index.js';

const folder = mkdtempSync(join(tmpdir(), 'plans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const df = fromRows([{ delay: 1, distance: 2, origin: 'SEA', tags: ['a'] }]).withTypes<AnySchema>();
const other = fromRows([{ origin: 'SEA', city: 'Seattle', code: 1 }]).withTypes<AnySchema>();

describe('a column that does not exist is said by the verb, with the nearest that does', () => {
  it.each<[string, () => unknown]>([
    ['filter', () => df.filter(col('dely').gt(0))],
    ['filter', () => df.filter(col('distance').gt(0), col('dely').isNull())],
    ['select', () => df.select('dely')],
    ['select', () => df.select({ x: when(col('dely').gt(0), 1).otherwise(2) })],
    ['withColumns', () => df.withColumns({ x: col('delay').add(col('dely')) })],
    ['withColumns', () => df.withColumns({ x: col('delay').sum().over('dely') })],
    ['withColumns', () => df.withColumns({ x: rowNumber({ orderBy: desc('dely') }) })],
    ['agg', () => df.agg({ x: col('delay').sum().where(col('dely').gt(1)) })],
    ['agg', () => df.agg({ x: col('delay').first({ orderBy: 'dely' }) })],
    ['rename', () => df.rename({ dely: 'x' })],
    ['drop', () => df.drop('dely')],
    ['cast', () => df.cast({ dely: 'int8' })],
    ['sort', () => df.sort('dely')],
    ['sort', () => df.sort(desc(col('dely').add(1)))],
    ['distinct', () => df.distinct('dely')],
    ['dropNulls', () => df.dropNulls('dely')],
    ['fillNull', () => df.fillNull({ dely: 0 })],
    ['groupBy', () => df.groupBy('dely')],
    ['groupBy', () => df.groupBy({ x: col('dely').add(1) })],
    ['agg', () => df.groupBy('origin').agg({ x: col('dely').sum() })],
    ['sum', () => df.groupBy('origin').sum('dely')],
    ['valueCounts', () => df.valueCounts('dely')],
    ['explode', () => df.explode('dely')],
    ['melt', () => df.melt({ ids: ['dely'] })],
    ['melt', () => df.melt({ values: ['dely'] })],
    ['join: left', () => df.join(other, { leftOn: 'dely', rightOn: 'code' })],
    ['join: right', () => other.join(df, { leftOn: 'code', rightOn: 'dely' })],
    ['join: asof', () => df.join(other, { asof: ['dely', 'code'] })],
  ])('%s', (verb, call) => {
    expect(call).toThrow(ColumnError);
    expect(call).toThrow(
      `${verb}: there is no column "dely"; did you mean "delay"? there are "delay", "distance", "origin"`,
    );
  });

  it('no name is suggested where none is like it, and long lists are cut', () => {
    expect(() => df.select('zzzzzz')).toThrow(
      'select: there is no column "zzzzzz"; there are "delay", "distance"',
    );
    const wide = fromRows([Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`c${i}`, i]))]);
    expect(() => wide.withTypes<AnySchema>().select('zzzzzz')).toThrow('"c11", … (40 in all)');
  });
});

describe('other mistakes', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a name twice',
      () => df.select('delay', { delay: lit(1) }),
      'select: two columns would be called "delay"; rename one of them',
    ],
    [
      'renamed to one there is',
      () => df.rename({ delay: 'origin' }),
      'rename: two columns would be called "origin"',
    ],
    [
      'a key as an aggregate',
      () => df.groupBy('origin').agg({ origin: count() }),
      'agg: two columns would be called "origin"',
    ],
    [
      'a column called count',
      () => df.rename({ delay: 'count' }).groupBy('count').count(),
      'count: two columns would be called "count"',
    ],
    [
      'melting twice the same',
      () => df.melt({ ids: ['delay'], variable: 'x', value: 'x' }),
      'melt: two columns would be called "x"',
    ],
    [
      'a suffix that is there',
      () => df.rename({ delay: 'origin_right' }).join(other, { leftOn: 'distance', rightOn: 'code' }),
      'join: two columns would be called "origin_right"',
    ],
    [
      'a name that SQL takes for another',
      () => df.join(fromRows([{ origin: 'SEA', Delay: 1 }]), { on: 'origin' }),
      'join: the columns "delay" and "Delay" would differ only in the case of letters, which SQL does not tell apart',
    ],
    [
      'a new column beside such',
      () => df.withColumns({ Delay: col('delay').add(1) }),
      'withColumns: the columns "delay" and "Delay" would differ only in the case',
    ],
    ['rows with such names', () => fromRows([{ x: 1, X: 2 }]), 'the columns "x" and "X" would differ only'],
    [
      'a struct with such names',
      () => struct({ x: 1, X: 2 }),
      'a struct: the fields "x" and "X" differ only in the case of letters, which SQL does not tell apart',
    ],
    ['objects with such names', () => fromRows([{ s: { x: 1 } }, { s: { X: 2 } }]), 'the fields "x" and "X"'],
    [
      'a type with such names',
      () => df.cast({ delay: { struct: { x: 'int64', X: 'int64' } } }),
      'the fields "x" and "X"',
    ],
    ['a column without a name', () => fromRows([{ '': 1 }]), 'a column would have an empty name'],
    [
      'an aggregate as a filter',
      () => df.filter(col('delay').sum().gt(1)),
      'filter: an aggregate has no value for a row; use .over(…)',
    ],
    [
      'no aggregate',
      () => df.groupBy('origin').agg({ x: col('delay') }),
      'agg: "x" has the column "delay" outside of an aggregate; say which value of a group is meant',
    ],
    ['a constant as one', () => df.groupBy('origin').agg({ x: lit(1) }), 'agg: "x" has no aggregate'],
    ['a limit', () => df.limit(-1), 'limit is a whole number from 0, not -1'],
    ['an offset', () => df.limit(1, 0.5), 'limit: offset is a whole number from 0, not 0.5'],
    ['a slice', () => df.slice(-1), 'slice: start is a whole number from 0, not -1'],
    ['a tail', () => df.tail(1.5), 'tail is a whole number from 0, not 1.5'],
    ['a share', () => df.sample(2), 'sample: the fraction lies between 0 and 1, and is 2'],
    ['a join on nothing', () => df.join(other, {}), 'join: say on what, by on: or by leftOn: and rightOn:'],
    [
      'a cross join on something',
      () => df.join(other, { how: 'cross', on: 'origin' }),
      'join: a cross join joins on nothing',
    ],
    [
      'no such join',
      () => df.join(other, { how: 'outer' as never, on: 'origin' }),
      'join: there is no "outer" join; an outer join is "full"; there are inner, left',
    ],
    [
      'both ways',
      () => df.join(other, { on: 'origin', leftOn: 'delay' }),
      'join: give on:, or leftOn: and rightOn:, not both',
    ],
    [
      'no pairs',
      () => df.join(other, { leftOn: ['delay', 'origin'], rightOn: 'code' }),
      'join: leftOn has 2 keys and rightOn 1',
    ],
    ['asof without a column', () => df.join(other, { how: 'asof' }), 'join: an asof join compares a column'],
    ['no name', () => col(1 as never), "col() takes a column's name, not 1"],
    [
      'an operand that is none',
      () => col('x').add((() => 1) as never),
      'an operand is an expression or a value',
    ],
    ['a date that is none', () => col('x').gt(new Date(Number.NaN)), 'an operand is an invalid Date'],
    ['a quantile', () => col('x').quantile(2), 'quantile: q lies between 0 and 1, and is 2'],
    ['breaks that do not rise', () => col('x').cut([0, 2, 2]), 'cut: breaks[2] is 2, and not greater'],
    ['labels that are too few', () => col('x').cut([0, 1, 2], { labels: ['a'] }), '2 intervals'],
    ['no intervals between quantiles', () => col('x').qcut(0), 'qcut: the number of intervals'],
    ['quantiles that do not rise', () => col('x').qcut([0, 0.5, 0.5]), 'quantiles[2] is 0.5'],
    [
      'labels of quantiles that are too many',
      () => col('x').qcut(2, { labels: ['a', 'b', 'c'] }),
      '3 labels',
    ],
    ['a duration', () => duration('7 fortnights'), '7 fortnights'],
  ])('%s', (_, call, message) => expect(call).toThrow(message));

  it('a type that is none, and the one that may be meant', () => {
    expect(() => df.cast({ delay: 'integer' as never })).toThrow(
      /^no column type is called "integer"; there are bool, int8, .*, null; you may mean int64$/,
    );
    expect(() => col('delay').cast('words' as never)).toThrow(/^no column type is called "words"; .*, null$/);
  });
});

it('equal windows below others are computed once', () => {
  const weighted = () => col('delay').ewmVar({ alpha: 0.5 });
  const [one, two] = [{ a: weighted() }, { a: weighted(), b: weighted().sqrt() }].map((items) =>
    df.select(items as Record<string, Expr>).explain({ optimized: false }),
  );
  const times = (text: string, part: string): number => text.split(part).length - 1;
  expect(times(one!, 'sum(')).toBeGreaterThan(1);
  for (const part of ['rowNumber(', 'sum(', 'lastValue(']) expect(times(two!, part)).toBe(times(one!, part));
});

describe('printing', () => {
  it.each<[string, ExprNode | { node: ExprNode }]>([
    ['a', col('a')],
    ['größe', col('größe')],
    ['"a b"', col('a b')],
    ['"a\\"\\n"', col('a"\n')],
    ['1', lit(1)],
    ['1n', lit(1n)],
    ['null', lit(null)],
    ['true', lit(true)],
    ["'it\\'s'", lit("it's")],
    ['2024-01-01T00:00:00.000Z', lit(new Date('2024-01-01'))],
    ['bytes(3)', lit(new Uint8Array(3))],
    ['interval(0 months, 7 days, 0 µs)', duration('7d')],
    ['(a + 1)', col('a').add(1)],
    [
      '((a > 0) and (not(b) or c))',
      col('a')
        .gt(0)
        .and(col('b').not().or(col('c'))),
    ],
    ['cast(a, int8)', col('a').cast('int8')],
    ['tryCast(a, {"list":"int8"})', col('a').cast({ list: 'int8' }, { strict: false })],
    [
      '(when (a > 0) then 1 when (a < 0) then -1 otherwise 0)',
      when(col('a').gt(0), 1).when(col('a').lt(0), -1).otherwise(0),
    ],
    ['(when a then 1)', when(col('a'), 1).end()],
    ['coalesce(a, b)', coalesce(col('a'), col('b'))],
    ["struct('x', a)", struct({ x: col('a') })],
    ['sum(a)', col('a').sum()],
    ['sum(a) where (b > 1)', col('a').sum().where(col('b').gt(1))],
    ['list(a order by b descending)', col('a').toList({ orderBy: desc('b') })],
    ['nunique(distinct a)', { kind: 'aggregate', fn: 'nunique', args: [columnNode('a')], distinct: true }],
    [
      'sum(a) over (by b order by c rows -1..0)',
      col('a')
        .sum()
        .over({ partitionBy: 'b', orderBy: 'c', rows: [-1, 0] }),
    ],
    [
      'size() over ()',
      { kind: 'window', fn: 'size', args: [], partitionBy: [], orderBy: [], ordered: false },
    ],
  ])('%s', (text, expr) => expect(printExpr('node' in expr ? expr.node : expr)).toBe(text));

  it('every node is a line, its inputs below it', () => {
    const scan = df.plan;
    const schema = { 'x y': 'int8' } as const;
    const plan = make.union(
      [
        make.limit(
          make.sort(
            make.filter(make.pick(scan, ['delay']), callNode('gt', columnNode('delay'), literalNode(0))),
            [{ expr: columnNode('delay'), descending: true, nulls: 'last' }],
          ),
          3,
          1,
        ),
        make.limit(make.distinct(make.distinct(scan, ['origin'])), undefined, 2),
        make.sample(make.explode(scan, ['tags']), 0.5, 7),
        make.unpivot(scan, ['origin'], ['delay', 'distance'], 'variable', 'a value'),
        make.aggregate(
          scan,
          [{ name: 'k', expr: columnNode('origin') }],
          [{ name: 'n', expr: { kind: 'aggregate', fn: 'size', args: [] } }],
        ),
        df.join(other, { on: 'origin', how: 'left' }).plan,
        df.join(other, { asof: ['delay', 'code'], leftOn: 'origin', rightOn: 'origin' }).plan,
        df.join(other, { how: 'cross' }).plan,
        { kind: 'sql', text: 'SELECT "1"', inputs: [{ name: 't', plan: scan }], columns: ['1'] },
        {
          kind: 'map',
          input: scan,
          fn: null,
          name: 'f',
          schema,
          batchRows: 1,
          per: 'row',
          columns: ['x y'],
        } as never,
      ],
      ['delay'],
    );
    const scanned = 'scan memory (1 rows) [delay, distance, origin, tags]';
    const joined = 'scan memory (1 rows) [origin, city, code]';
    expect(printPlan(plan)).toBe(
      `
concat of 10
  limit 3 after 1
    sort delay descending
      filter (delay > 0)
        select delay
          ${scanned}
  limit none after 2
    distinct
      distinct on origin
        ${scanned}
  sample 0.5 seed 7
    explode tags
      ${scanned}
  melt delay, distance into variable, "a value"
    ${scanned}
  aggregate n = size() by k = origin
    ${scanned}
  left join on origin == origin
    ${scanned}
    ${joined}
  asof join on origin == origin and delay >= code
    ${scanned}
    select origin, city, code
      aggregate city = last(city) by origin, code
        filter isNotNull(code)
          ${joined}
  cross join
    ${scanned}
    ${joined}
  sql "SELECT \\"1\\"" over t
    ${scanned}
  map rows by f to "x y": int8
    ${scanned}`.trim(),
    );
  });
});

describe('text of users stays text', () => {
  const EVIL = [
    `x"; DROP TABLE t; --`,
    `x' OR '1'='1`,
    `"`,
    `""`,
    `'`,
    `a\nb`,
    `\\`,
    `$1`,
    `?`,
    `/* x`,
    `-- x`,
    `été 日本 🦆`,
    `select`,
    `a.b`,
    `rowid`,
    `%s{}`,
  ];
  /** A frame of columns of this name, and of values that are the name. */
  const frame = (name: string): DataFrame =>
    fromRows([
      { [name]: name, k: 1, n: 5, list: [name] },
      { [name]: 'other', k: 2, n: 7, list: [] },
    ]).withTypes<AnySchema>();

  it.each(EVIL)('%j', async (evil) => {
    const base = frame(evil);
    const first = [{ [evil]: evil }];
    expect(await base.filter(col(evil).eq(evil)).select(evil).rows()).toEqual(first);
    expect(
      await base
        .select({ [`${evil}2`]: col('n').add(1) })
        .limit(1)
        .rows(),
    ).toEqual([{ [`${evil}2`]: 6 }]);
    expect(
      await base
        .select(evil)
        .rename({ [evil]: `${evil}!` })
        .limit(1)
        .rows(),
    ).toEqual([{ [`${evil}!`]: evil }]);
    expect(
      await base
        .filter(col(evil).isIn([evil]))
        .select({ x: lit(evil) })
        .rows(),
    ).toEqual([{ x: evil }]);
    expect(await base.sort(desc(evil), evil).filter(col(evil).ne('other')).select(evil).rows()).toEqual(
      first,
    );
    expect(
      await base
        .groupBy(evil)
        .agg({ [`n${evil}`]: col('n').sum() })
        .filter(col(evil).eq(evil))
        .rows(),
    ).toEqual([{ [evil]: evil, [`n${evil}`]: 5 }]);
    expect(await base.distinct(evil).filter(col('k').eq(1)).select(evil).rows()).toEqual(first);
    expect(await base.filter(col('k').eq(1)).explode('list').select('list').rows()).toEqual([{ list: evil }]);
    const joined = base.join(base, { on: 'k', suffix: evil }).filter(col('k').eq(1));
    expect(await joined.select(`n${evil}`, `${evil}${evil}`).rows()).toEqual([
      { [`n${evil}`]: 5, [`${evil}${evil}`]: evil },
    ]);
    expect(
      await base.join(base, { on: evil, how: 'semi' }).filter(col('k').eq(1)).select(evil).rows(),
    ).toEqual(first);
    const melted = base
      .rename({ n: `n${evil}` })
      .melt({ ids: ['k'], values: [`n${evil}`], variable: `v${evil}`, value: `w${evil}` });
    expect(await melted.filter(col('k').eq(1)).rows()).toEqual([
      { k: 1, [`v${evil}`]: `n${evil}`, [`w${evil}`]: 5 },
    ]);
    expect(
      await base
        .limit(1)
        .select({ s: struct({ [evil]: col('n') }).struct.field(evil) })
        .rows(),
    ).toEqual([{ s: 5 }]);
    expect(
      await base
        .limit(1)
        .select({ s: struct({ [evil]: col('n') }) })
        .cast({ s: { struct: { [evil]: 'int8' } } })
        .rows(),
    ).toEqual([{ s: { [evil]: 5 } }]);
    expect(
      await base
        .limit(1)
        .select({
          r: col(evil).str.replace(evil, 'R'),
          c: col(evil).str.contains(evil),
          p: col(evil).str.startsWith(evil),
        })
        .rows(),
    ).toEqual([{ r: 'R', c: true, p: true }]);
    expect(
      await base
        .limit(1)
        .select({ x: when(col(evil).eq(evil), evil).otherwise('no') })
        .rows(),
    ).toEqual([{ x: evil }]);
    expect(await base.agg({ j: col(evil).join(evil, { orderBy: 'k' }) }).rows()).toEqual([
      { j: `${evil}${evil}other` },
    ]);
    expect(
      await base
        .withColumns({ [`s${evil}`]: col('n').sum().over({ partitionBy: evil, orderBy: evil }) })
        .filter(col('k').eq(1))
        .select(`s${evil}`)
        .rows(),
    ).toEqual([{ [`s${evil}`]: 5 }]);
  });

  it('as paths of files', async () => {
    for (const evil of [`it's`, `a";DROP TABLE t;--`, `été 🦆`, `x y`]) {
      const path = join(folder, `${evil}.parquet`);
      await frame('x').select('x').limit(1).toParquet(path);
      expect(await (await readParquet(path)).rows()).toEqual([{ x: 'x' }]);
    }
    await expect(readParquet(join(folder, `'); DROP TABLE t; --`))).rejects.toThrow('there is no file');
  });

  it('as formats of times', async () => {
    const times = fromRows([{ t: new Date('2024-03-01') }]).withTypes<AnySchema>();
    expect(await times.select({ x: col('t').dt.format("%Y'; DROP TABLE t; --") }).rows()).toEqual([
      { x: "2024'; DROP TABLE t; --" },
    ]);
  });
});

it('a text that no statement mentions is bound to none', async () => {
  const joined = df.join(other, { on: 'origin' }).withColumns({ x: col('city').eq('Seattle') });
  expect(await joined.drop('x').select('code').rows()).toEqual([{ code: 1 }]);
  // As it is written too, without the optimiser.
  const { sql, values } = await statementOf(joined.select('code').plan, Database.of());
  for await (const { rows } of Database.of().batches({ sql, values })) expect(rows).toBe(1);
});
