import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ColumnError,
  col,
  count,
  type DataFrame,
  FunctionError,
  fromColumns,
  fromRows,
  LocalEngine,
  readParquet,
  UnshippableFunctionError,
} from '../../src/index.js';

let directory: string;
let engine: LocalEngine;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tilework-map-'));
  engine = new LocalEngine({ threads: 2, spillDirectory: join(directory, 'spill') });
});
afterAll(async () => {
  await engine.dispose();
  rmSync(directory, { recursive: true, force: true });
});

const numbers = (rows: number): DataFrame<{ x: 'int64' }> =>
  fromColumns({ x: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i)) }, { schema: { x: 'int64' } });

const every = [
  {
    text: 'plain',
    real: 1.5,
    whole: 7,
    flag: true,
    at: new Date('1969-12-31T23:59:59.999Z'),
    list: [1, null, 3],
    parts: { a: 1, b: 'é' },
  },
  { text: null, real: null, whole: null, flag: null, at: null, list: null, parts: null },
  {
    text: 'snö ❄ 𝄞',
    real: Number.NaN,
    whole: 2 ** 40,
    flag: false,
    at: new Date(0),
    list: [],
    parts: { a: null, b: 'x' },
  },
];

describe('a function over rows', () => {
  test('gets rows as objects and gives values or objects', async () => {
    const frame = fromRows([
      { a: 1, b: 'x' },
      { a: 2, b: 'yy' },
    ]);
    const value = frame.apply((row) => Number(row.a) + row.b!.length, { schema: { n: 'int32' } });
    expect(await value.rows({ engine })).toEqual([{ n: 2 }, { n: 4 }]);
    const object = frame.apply(({ a, b }, i) => ({ i, both: `${b}${a}` }), {
      schema: { i: 'int64', both: 'string' },
    });
    expect(await object.rows({ engine })).toEqual([
      { i: 0, both: 'x1' },
      { i: 1, both: 'yy2' },
    ]);
  });

  test('gives every type as it got it', async () => {
    const frame = fromRows(every);
    const schema = await frame.schema();
    expect(await frame.apply((row) => row, { schema }).rows({ engine })).toEqual(await frame.rows());
  });

  test.each([
    ['int8', [-128, 127]],
    ['int16', [-32_768, 32_767]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint8', [0, 255]],
    ['uint16', [0, 65_535]],
    ['uint32', [0, 2 ** 32 - 1]],
    ['int64', [-(2n ** 63n), -1, 0, 2 ** 53 - 1, -(2 ** 53 - 1), 2n ** 63n - 1n]],
    ['uint64', [0, 2n ** 64n - 1n]],
    ['float32', [1.5, -0.25]],
    ['decimal', [1.25, -3.5]],
    ['date', [new Date('1960-02-29'), new Date('2024-02-29')]],
    ['timestamp', [new Date('1960-02-29T12:34:56.789Z'), new Date('2024-02-29T01:02:03Z')]],
    ['timestamptz', [new Date('1960-02-29T12:34:56.789Z')]],
    ['time', ['00:00:00', '23:59:59.5']],
    ['uuid', ['00112233-4455-6677-8899-aabbccddeeff']],
    ['binary', [Uint8Array.of(0, 255), new Uint8Array(0)]],
    ['string', ['', 'a'.repeat(300), 'ünï']],
  ] as const)('gives %s to its limits', async (type, values) => {
    const list: readonly unknown[] = [...values, null];
    const frame = numbers(list.length).apply((row) => list[Number(row.x)] as never, {
      schema: { v: type },
      captured: { list },
    });
    const got = (await frame.rows({ engine })).map(({ v }) =>
      v instanceof Uint8Array ? new Uint8Array(v) : v,
    );
    expect(got).toEqual(list);
    expect(await frame.schema()).toEqual({ v: type });
  });

  test('keeps columns beside new ones where asked', async () => {
    const frame = fromRows(every).select('text', 'real');
    const more = frame.apply((row) => row.text?.length, { schema: { size: 'int32' }, keep: true });
    expect(more.columns).toEqual(['text', 'real', 'size']);
    expect(await more.rows({ engine })).toEqual([
      { text: 'plain', real: 1.5, size: 5 },
      { text: null, real: null, size: null },
      { text: 'snö ❄ 𝄞', real: Number.NaN, size: 8 },
    ]);
    const changed = frame.apply((row) => Number(row.real ?? 0) + 1, {
      schema: { real: 'float64' },
      keep: true,
    });
    expect(changed.columns).toEqual(['text', 'real']);
    expect(await changed.select('real').rows({ engine })).toEqual([
      { real: 2.5 },
      { real: 1 },
      { real: Number.NaN },
    ]);
  });

  test('reads only the columns that it names, and tells at once of one that is none', () => {
    const frame = fromRows([{ delay: 1, origin: 'ORD', unused: 0 }]);
    const plan = frame.apply(({ delay }) => delay, { schema: { v: 'int64' } }).explain();
    expect(plan).toContain('select delay\n');
    expect(() =>
      frame.apply((row) => (row as unknown as { dealy: number }).dealy, { schema: { v: 'int64' } }),
    ).toThrow(ColumnError);
    const all = frame.apply((row) => Object.keys(row).length, { schema: { v: 'int64' } }).explain();
    expect(all).not.toContain('select');
  });

  test('is a limit of rows that are computed', async () => {
    const frame = numbers(200_000).apply(
      (row) => {
        if (Number(row.x) > 10) throw new Error('not wanted');
        return Number(row.x);
      },
      { schema: { v: 'float64' } },
    );
    expect(await frame.head(2).rows({ engine })).toEqual([{ v: 0 }, { v: 1 }]);
    expect(
      await frame
        .select({ w: col('v').mul(2) })
        .limit(2, 3)
        .rows({ engine }),
    ).toEqual([{ w: 6 }, { w: 8 }]);
  });

  test('of a module, and with captured values and functions', async () => {
    const scale = { by: 3 };
    const twice = (n: number): number => 2 * n;
    const captured = numbers(3).apply((row) => twice(Number(row.x)) * scale.by, {
      schema: { v: 'int32' },
      captured: { scale, twice },
    });
    expect(await captured.rows({ engine })).toEqual([{ v: 0 }, { v: 6 }, { v: 12 }]);
    const module = new URL('./programs/row-functions.mjs', import.meta.url);
    const imported = numbers(2).apply({ module, name: 'plusTen' }, { schema: { v: 'int32' } });
    expect(await imported.rows({ engine })).toEqual([{ v: 10 }, { v: 11 }]);
  });
});

describe('a function over batches', () => {
  test('gets typed arrays in the order of rows and gives as many rows as it likes', async () => {
    const frame = numbers(10).mapPartitions(
      ({ rows, firstRow, columns: { x } }) => ({
        first: [firstRow],
        rows: Int32Array.of(rows),
        sum: [x.values.reduce((a, b) => a + b, 0n)],
      }),
      { schema: { first: 'int64', rows: 'int32', sum: 'int64' }, batchRows: 4 },
    );
    expect(await frame.rows({ engine })).toEqual([
      { first: 0, rows: 4, sum: 6 },
      { first: 4, rows: 4, sum: 22 },
      { first: 8, rows: 2, sum: 17 },
    ]);
  });

  test('keeps the order of rows over many batches', async () => {
    const rows = 300_000;
    const frame = numbers(rows).mapPartitions(({ columns: { x } }) => ({ y: x.values }), {
      schema: { y: 'int64' },
      batchRows: 10_000,
    });
    const { columns } = await frame.toColumns({ engine });
    const values = columns[0]!.values as BigInt64Array;
    expect(values.length).toBe(rows);
    expect(values.every((value, i) => value === BigInt(i))).toBe(true);
  });

  test('sees nulls by validity, and values by get', async () => {
    const frame = fromRows(every).mapPartitions(
      ({ rows, columns: { text, real, at } }) => ({
        seen: Array.from(
          { length: rows },
          (_, i) => `${text.get(i)} ${real.isNull(i)} ${at.get(i)?.getTime()}`,
        ),
        real: { values: real.values, valid: real.valid },
        list: [...text].map((value) => (value === null ? null : [value.length])),
      }),
      { schema: { seen: 'string', real: 'float64', list: { list: 'int32' } } },
    );
    expect(await frame.rows({ engine })).toEqual([
      { seen: 'plain false -1', real: 1.5, list: [5] },
      { seen: 'null true undefined', real: null, list: null },
      { seen: 'snö ❄ 𝄞 false 0', real: Number.NaN, list: [8] },
    ]);
  });

  test('may be asynchronous, and take and give Arrow tables', async () => {
    const frame = fromRows(every).select('text', 'whole');
    const table = frame.mapPartitions(
      async (arrow) => {
        await null;
        return arrow.select(['whole']);
      },
      { schema: { whole: 'int64' }, arrow: true },
    );
    expect(await table.rows({ engine })).toEqual([{ whole: 7 }, { whole: null }, { whole: 2 ** 40 }]);
  });

  test('of no rows is not called, and has its schema', async () => {
    const frame = numbers(5)
      .filter(col('x').gt(9))
      .mapPartitions(() => ({ y: ['never'] }), { schema: { y: 'string' } });
    expect(await frame.rows({ engine })).toEqual([]);
    expect(await frame.schema({ engine })).toEqual({ y: 'string' });
    expect(await frame.agg({ n: count() }).rows({ engine })).toEqual([{ n: 0 }]);
  });

  test('is part of a plan like others: twice, below joins, above another, and written to a file', async () => {
    const doubled = numbers(4).apply((row) => 2 * Number(row.x), { schema: { y: 'int64' } });
    const both = doubled.join(
      doubled.apply((row) => Number(row.y) + 1, { schema: { z: 'int64' }, keep: true }),
      {
        on: 'y',
      },
    );
    expect(await both.sort('y').rows({ engine })).toEqual([
      { y: 0, z: 1 },
      { y: 2, z: 3 },
      { y: 4, z: 5 },
      { y: 6, z: 7 },
    ]);
    const path = join(directory, 'both.parquet');
    await doubled.toParquet(path, { engine });
    expect(await (await readParquet(path, { engine })).count({ engine })).toBe(4);
  });
});

describe('a function over groups', () => {
  test('gets the rows of a group in their order', async () => {
    const frame = fromRows([
      { g: 'b', x: 1 },
      { g: null, x: 2 },
      { g: 'b', x: 3 },
      { g: 'a', x: 4 },
      { g: null, x: 5 },
    ]);
    const spread = frame
      .groupBy('g')
      .apply(({ rows, columns: { x } }) => ({ n: [rows, -1], xs: [[...x], []] }), {
        schema: { n: 'int32', xs: { list: 'int64' } },
      })
      .filter(col('n').gt(0));
    expect(await spread.rows({ engine })).toEqual([
      { g: 'a', n: 1, xs: [4] },
      { g: 'b', n: 2, xs: [1, 3] },
      { g: null, n: 2, xs: [2, 5] },
    ]);
  });

  test('that lie in several row groups are whole', async () => {
    const frame = numbers(200_000)
      .groupBy({ g: col('x').mod(3) })
      .apply(({ rows, columns: { x } }) => ({ n: [rows], first: [x.get(0)], last: [x.get(rows - 1)] }), {
        schema: { n: 'int64', first: 'int64', last: 'int64' },
      });
    expect(await frame.sort('g').rows({ engine })).toEqual([
      { g: 0, n: 66_667, first: 0, last: 199_998 },
      { g: 1, n: 66_667, first: 1, last: 199_999 },
      { g: 2, n: 66_666, first: 2, last: 199_997 },
    ]);
  });
});

describe('what goes wrong', () => {
  const failing = async (run: () => Promise<unknown>): Promise<FunctionError> => {
    try {
      await run();
    } catch (error) {
      return error as FunctionError;
    }
    throw new Error('nothing was thrown');
  };

  test('a free variable is refused at once', () => {
    const limit = 3;
    expect(() => numbers(1).apply((row) => Number(row.x) + limit, { schema: { v: 'int32' } })).toThrow(
      UnshippableFunctionError,
    );
    expect(() => numbers(1).mapPartitions(() => ({ v: [limit] }), { schema: { v: 'int32' } })).toThrow(
      /it uses limit.*captured: \{ limit \}/,
    );
  });

  test('a schema that is none', () => {
    expect(() => numbers(1).apply(() => 1, { schema: {} })).toThrow(
      /say what columns the function gives by schema/,
    );
    expect(() => numbers(1).apply(() => 1 as never, { schema: { v: 'float' as never } })).toThrow(
      /column "v" of schema: no column type is called "float"/,
    );
    expect(() =>
      numbers(1).mapPartitions(() => ({ v: [] }), { schema: { v: 'int8' }, batchRows: 0 }),
    ).toThrow(/batchRows is a whole number from 1, not 0/);
  });

  test('what the function throws is told with the row, and its own stack', async () => {
    const frame = numbers(100_000).apply(
      function checked(row) {
        if (Number(row.x) === 70_123) throw new RangeError('not this one');
        return 1;
      },
      { schema: { v: 'int32' } },
    );
    const error = await failing(() => frame.count({ engine }));
    expect(error).toBeInstanceOf(FunctionError);
    expect(error.message).toBe('apply(checked): the function threw in row 70123: RangeError: not this one');
    expect(error.row).toBe(70_123);
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.stack).toMatch(/at checked \(tilework-function-/);
    const batch = numbers(10).mapPartitions(
      () => {
        throw new Error('no');
      },
      { schema: { v: 'int32' }, batchRows: 4 },
    );
    expect((await failing(() => batch.rows({ engine }))).message).toBe(
      'mapPartitions: the function threw in rows 0 to 3: Error: no',
    );
  });

  test.each([
    [
      'a value of another type',
      (): unknown => 'text',
      /apply: column "v", row 0: "text" is no int32; return a value of that type/,
    ],
    [
      'a fraction',
      (): unknown => 1.5,
      /column "v", row 0: 1.5 \(number\) is no int32; round it, or declare 'float64'/,
    ],
    [
      'too large a number',
      (): unknown => 2 ** 31,
      /2147483648 \(number\) is no int32; it is out of the range of int32/,
    ],
    ['no number', (): unknown => Number.NaN, /NaN \(number\) is no int32; round it|NaN/],
    [
      'a promise',
      async (): Promise<unknown> => 1,
      /is no int32; await what is asynchronous in a function of mapPartitions/,
    ],
  ] as const)('%s is no result of a row', async (_, fn, message) => {
    const frame = numbers(2).apply(fn as never, { schema: { v: 'int32' } });
    const error = await failing(() => frame.rows({ engine }));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ name: 'FunctionError', column: 'v', row: 0 });
  });

  test('an object without a column, or none', async () => {
    const without = numbers(1).apply(() => ({ a: 1 }) as never, { schema: { a: 'int32', b: 'int32' } });
    expect((await failing(() => without.rows({ engine }))).message).toMatch(
      /row 0: the function returned an object without "b"; it has a\. Return null/,
    );
    const none = numbers(1).apply(() => 3 as never, { schema: { a: 'int32', b: 'int32' } });
    expect((await failing(() => none.rows({ engine }))).message).toMatch(
      /row 0: the function returned 3 \(number\); return an object with "a", "b"/,
    );
  });

  test.each([
    [
      'nothing',
      (): unknown => undefined,
      /the function returned undefined \(undefined\); return columns by name: \{ "a": \[…\], "b": \[…\] \}/,
    ],
    ['a list', (): unknown => [1], /the function returned an array; return columns by name/],
    [
      'a column less',
      (): unknown => ({ a: [1] }),
      /the function returned no column "b"; its schema has "a", "b"/,
    ],
    [
      'a column more',
      (): unknown => ({ a: [1], b: ['x'], c: [1] }),
      /returned a column "c" that its schema does not have/,
    ],
    [
      'another length',
      (): unknown => ({ a: [1], b: [] }),
      /returned 0 values for column "b", and 1 for "a"; all columns have one length/,
    ],
    ['no list', (): unknown => ({ a: [1], b: 5 }), /column "b" is 5 \(number\); return a typed array/],
    ['another type', (): unknown => ({ a: [1, 'x'], b: ['', ''] }), /column "a", row 1: "x" is no int32/],
  ] as const)('%s is no result of a batch', async (_, fn, message) => {
    const frame = numbers(3).mapPartitions(fn as never, { schema: { a: 'int32', b: 'string' } });
    expect((await failing(() => frame.rows({ engine }))).message).toMatch(message);
  });

  test('a thread that dies is replaced, and the error says whose fault it was', async () => {
    const frame = numbers(2).apply(() => process.exit(3) as never, { schema: { v: 'int32' } });
    expect((await failing(() => frame.rows({ engine }))).name).toBe('ThreadDiedError');
    expect(
      await numbers(2)
        .apply((row) => Number(row.x), { schema: { v: 'int32' } })
        .count({ engine }),
    ).toBe(2);
  });

  test('what throws now and then is tried again where asked', async () => {
    const file = join(directory, 'tried');
    const frame = numbers(1).mapPartitions(
      async () => {
        const { existsSync, writeFileSync } = await import('node:fs');
        if (existsSync(file)) return { v: [1] };
        writeFileSync(file, '');
        throw new Error('the first time');
      },
      { schema: { v: 'int32' }, captured: { file }, retries: 1 },
    );
    expect(await frame.rows({ engine })).toEqual([{ v: 1 }]);
  });

  test('an abort ends it with its reason, and no files are left', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const frame = numbers(300_000).apply(
      (row) => {
        const end = Date.now() + 20;
        while (Number(row.x) % 1000 === 0 && Date.now() < end);
        return 1;
      },
      { schema: { v: 'int32' } },
    );
    const run = frame.count({ engine, signal: abort.signal });
    setTimeout(() => abort.abort(reason), 300);
    expect(await failing(() => run)).toBe(reason);
    expect(mapDirectories()).toEqual([]);
  });

  const mapDirectories = (): string[] =>
    readdirSync(join(directory, 'spill'), { recursive: true })
      .map(String)
      .filter((path) => /map-\w+$/.test(path));

  test('files of functions are gone when their rows have been read', () => {
    expect(mapDirectories()).toEqual([]);
  });
});
