/** Files of which statistics say that no row passes are not opened; whatever is not certain is. */
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Database } from '../../src/frame/duck/database.js';
import { withoutFiles } from '../../src/frame/files/statistics.js';
import { type AnySchema, col, type DataFrame, type Expr, lit, readParquet } from '../../src/frame/index.js';
import { optimize } from '../../src/frame/optimize/index.js';
import type { PlanNode } from '../../src/frame/plan/node.js';
import { inputsOf } from '../../src/frame/plan/walk.js';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
const database = Database.of();
let frame: DataFrame<AnySchema>;

beforeAll(async () => {
  // File n has ids 100 n to 100 n + 99, in row groups of DuckDB's least size.
  for (let n = 0; n < 4; n++)
    await database.execute({
      sql: `COPY (SELECT i AS id, CASE WHEN ${n} = 3 THEN NULL ELSE i END AS part, CASE WHEN i = 150 THEN 'NaN'::DOUBLE ELSE i END AS x,
        ['älpha', 'beta', 'gamma', 'über'][${n + 1}] || i AS s, DATE '1969-12-31' + (i // 100)::INTEGER AS day,
        TIMESTAMP '1969-12-31 00:00:00.000001' + to_days((i // 100)::INTEGER) AS at, ${n} > 1 AS late, i::DECIMAL(9, 2) AS dec, i::UBIGINT AS big
        FROM range(${n * 100}, ${n * 100 + 100}) r(i)) TO '${join(folder, `${n}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      values: [],
    });
  frame = await readParquet([0, 1, 2, 3].map((n) => join(folder, `${n}.parquet`)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function filesRead(plan: PlanNode): Promise<string> {
  let node = await withoutFiles(optimize(plan), database);
  while (node.kind !== 'scan') node = inputsOf(node)[0]!;
  if (node.source.from !== 'files') throw new Error('no files');
  return node.source.files.map(({ path }) => path.at(-'0.parquet'.length)).join('');
}

it.each<[string, Expr]>([
  ['3', col('id').ge(300)],
  // Beside a fraction integers become doubles.
  ['0123', col('id').gt(298.5)],
  ['0', col('id').lt(100n)],
  ['1', col('id').eq(120)],
  ['02', col('id').isIn([1, 250])],
  ['12', col('id').between(150, 250)],
  ['0123', col('id').ne(5)],
  ['3', lit(300).le(col('id'))],
  ['1', col('id').gt(90).and(col('id').lt(180)).and(col('id').gt(99))],
  ['03', col('id').lt(50).or(col('id').gt(350))],
  ['0123', col('id').lt(50).not()],
  ['0123', col('id').add(1).lt(50)],
  // Nulls.
  ['3', col('part').isNull()],
  ['012', col('part').isNotNull()],
  ['0', col('id').isNull()],
  // NaN is greater than any number, and in no statistics.
  ['01', col('x').lt(50)],
  ['0123', col('x').gt(350)],
  // Text is in the order of its bytes: 'ä' and 'ü' come after 'z'.
  ['1', col('s').le('bf')],
  ['03', col('s').gt('z')],
  // Times before 1970, of microseconds.
  ['0', col('day').lt(new Date('1970-01-01'))],
  ['23', col('at').gt(new Date('1970-01-01T12:00Z'))],
  ['123', col('at').ge(new Date('1970-01-01'))],
  ['23', col('late').eq(true)],
  // What is compared by other rules is read.
  ['0123', col('dec').gt(350)],
  ['0123', col('big').gt(350)],
  ['0123', col('id').cast('string').eq('1')],
])('files %s for %s', async (files, predicate) => {
  const filtered = frame.filter(predicate);
  expect(await filesRead(filtered.select('id').plan)).toBe(files);
  // And the rows are those that the filter leaves of all, by DuckDB alone.
  const all = await frame.withColumns({ keep: predicate }).select('id', 'keep').rows();
  const expected = all.filter(({ keep }) => keep === true).map(({ id }) => id);
  expect((await filtered.select('id').rows()).map(({ id }) => id)).toEqual(expected);
});

it('a file is left where none would be, and one file is not asked', async () => {
  expect(await filesRead(frame.filter(col('id').lt(0)).plan)).toBe('0');
  expect(await frame.filter(col('id').lt(0)).count()).toBe(0);
  expect(await frame.count()).toBe(400);
});

it('footers are read once for each column; a file that has changed is noticed, though it would be left out', async () => {
  const paths = [0, 1, 2, 3].map((n) => join(folder, `${n}.parquet`));
  const twice = await readParquet(paths);
  const batches = vi.spyOn(database, 'batches');
  expect(await filesRead(twice.filter(col('id').ge(300)).plan)).toBe('3');
  expect(await filesRead(twice.filter(col('id').lt(100)).plan)).toBe('0');
  expect(batches).toHaveBeenCalledTimes(1);
  expect(await filesRead(twice.filter(col('id').ge(100), col('s').le('bf')).plan)).toBe('1');
  expect(batches).toHaveBeenCalledTimes(2);
  batches.mockRestore();
  utimesSync(paths[0]!, new Date(0), new Date(0));
  await expect(twice.filter(col('id').ge(300)).count()).rejects.toThrow(
    /0\.parquet has changed since the frame/,
  );
});
