/** Frames of delayed values and futures: the same on every engine. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { col, count, FunctionError, frameFromDelayed } from '../../src/frame/index.js';
import { Client, compute, delayed, type Engine } from '../../src/index.js';

const schema = { id: 'int32', name: 'string', at: 'timestamp', x: 'float64' } as const;

/** Rows from … to before …, in every form that a part may have. */
const asRows = delayed(function asRows(from: number, to: number) {
  const ids = Array.from({ length: to - from }, (_, i) => from + i);
  return ids.map((id) => ({
    id,
    name: `n${id % 3}`,
    at: new Date(1000 * id),
    ...(id % 4 > 0 && { x: id / 2 }),
  }));
});
const asColumns = delayed(function asColumns(from: number, to: number) {
  const ids = Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    id: ids,
    name: Array.from(ids, (id) => `n${id % 3}`),
    at: BigInt64Array.from(ids, (id) => 1_000_000n * BigInt(id)),
    x: { values: Float64Array.from(ids, (id) => id / 2), valid: Uint8Array.from(ids, (id) => +(id % 4 > 0)) },
  };
});
const arrow = fileURLToPath(import.meta.resolve('apache-arrow'));
const asArrow = delayed(
  async function asArrow(from: number, to: number) {
    const { tableFromArrays, tableToIPC, vectorFromArray, TimestampMicrosecond, Utf8 } = await import(arrow);
    const ids = Array.from({ length: to - from }, (_, i) => from + i);
    return tableToIPC(
      tableFromArrays({
        id: Int32Array.from(ids),
        name: vectorFromArray(
          ids.map((id) => `n${id % 3}`),
          new Utf8(),
        ),
        at: vectorFromArray(
          ids.map((id) => 1000 * id),
          new TimestampMicrosecond(),
        ),
        x: vectorFromArray(ids.map((id) => (id % 4 > 0 ? id / 2 : null))),
      }),
      'stream',
    ) as Uint8Array;
  },
  { captured: { arrow } },
);

const expected = (to: number): object[] =>
  Array.from({ length: to }, (_, id) => ({
    id,
    name: `n${id % 3}`,
    at: new Date(1000 * id),
    x: id % 4 > 0 ? id / 2 : null,
  }));

export function testFrameFromDelayed(engineOf: () => Engine): void {
  test('a frame of delayed rows, columns and Arrow bytes, each a partition', async () => {
    const engine = engineOf();
    const frame = frameFromDelayed([asRows(0, 5), asColumns(5, 10), asRows(10, 10), asArrow(10, 14)], {
      schema,
    });
    expect(await frame.rows({ engine })).toEqual(expected(14));
    expect(await frame.schema({ engine })).toEqual(schema);
    const odd = frame.filter(col('id').mod(2).eq(1)).select('name');
    const groups = odd.groupBy('name').agg({ n: count() }).sort('name');
    const sizes = [2, 3, 2].map((n, i) => ({ name: `n${i}`, n }));
    expect(await groups.rows({ engine, partitions: 3 })).toEqual(sizes);
    using held = await frame.persist({ engine });
    expect(await held.filter(col('x').isNull()).count()).toBe(4);
    expect(frame.explain()).toContain('delayed (4)');
  });

  test('a frame of futures is computed where they are', async () => {
    const client = new Client(engineOf());
    const futures = client.map((n: number) => [{ n }, { n: -n }], [1, 2]);
    const frame = frameFromDelayed(futures, { schema: { n: 'int64' } });
    expect(await frame.rows()).toEqual([{ n: 1 }, { n: -1 }, { n: 2 }, { n: -2 }]);
  });

  test('the rows of partitions are delayed values, of which a frame can be made again', async () => {
    const engine = engineOf();
    const frame = frameFromDelayed([asRows(0, 5), asColumns(5, 9)], { schema });
    const parts = await frame.toDelayed({ engine, partitions: 2 });
    expect(parts).toHaveLength(2);
    const size = delayed((rows: readonly unknown[]) => rows.length);
    const sizes = await compute(parts.map((part) => size(part)));
    expect(sizes.reduce((a, b) => a + b)).toBe(9);
    expect((await compute(parts)).flat()).toEqual(expected(9));
    expect(await frameFromDelayed(parts, { schema }).rows()).toEqual(expected(9));
  });

  test('a part that is something else is named, with what is wrong', async () => {
    const engine = engineOf();
    const part = (value: unknown) =>
      frameFromDelayed([delayed([{ x: 1 }]), delayed(value)], { schema: { x: 'int32' } }).rows({ engine });
    await expect(part([{ x: 1.5 }])).rejects.toThrow(
      /frameFromDelayed: part 1: column "x", row 0: 1.5 .*is no int32; round it/,
    );
    await expect(part([{ x: 1, y: 2 }])).rejects.toThrow(/part 1: row 0 has a column "y" that its schema/);
    await expect(part([3])).rejects.toThrow(FunctionError);
    await expect(part('text')).rejects.toThrow(/part 1/);
    await expect(part({ y: [1] })).rejects.toThrow(/"y"/);
    const failing = delayed(function failing(): never {
      throw new RangeError('no such day');
    });
    await expect(frameFromDelayed([failing()], { schema: { x: 'int32' } }).rows({ engine })).rejects.toThrow(
      /no such day/,
    );
    expect(() => frameFromDelayed([[1] as never], { schema: { x: 'int32' } })).toThrow(
      /part 0 is no delayed value/,
    );
    expect(() => frameFromDelayed([], { schema: { x: 'int32' } })).toThrow(/there is no part/);
    expect(() => frameFromDelayed([delayed([1])], { schema: { x: 'int' as 'int32' } })).toThrow(/"x"/);
  });
}
