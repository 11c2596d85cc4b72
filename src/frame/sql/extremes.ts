/**
 * `argMin` and `argMax`: the value where another is least or greatest, of several such rows that of the first. DuckDB's own functions keep the first
 * that they see, and what several threads have seen is put together in any order.
 */
export type Extreme = 'argMin' | 'argMax';

export const isExtreme = (fn: string): fn is Extreme => fn === 'argMin' || fn === 'argMax';

const NAMES = { argMin: 'arg_min', argMax: 'arg_max' } as const;
const direction = (fn: Extreme): string => (fn === 'argMax' ? ' DESC' : '');

/**
 * As an aggregate in the order of rows, whose numbers `row` has. DuckDB numbers rows in one thread, in their order, and what reads the numbers sees
 * rows as that thread does: the first is kept, at the cost of the numbers. A key of both would cost as much again.
 */
export const inRowOrder = (fn: Extreme, value: string, by: string, row: string): string =>
  `${NAMES[fn]}(${value}, CASE WHEN ${row} > 0 THEN ${by} END)`;

/** As an aggregate of rows that come in any order, of which `order` says the places. */
export const inOrderOf = (fn: Extreme, value: string, by: string, order: string, filter = ''): string =>
  `first(${value} ORDER BY ${by}${direction(fn)}, ${order}) FILTER (WHERE ${both(value, by, filter)})`;

/** As a function over the whole of a partition. */
export const overPartition = (
  fn: Extreme,
  value: string,
  by: string,
  over: { readonly partition: string; readonly order: string; readonly filter: string },
): string => {
  const taken = `CASE WHEN ${both(value, by, over.filter)} THEN ${value} END`;
  const order = `ORDER BY ${by}${direction(fn)} NULLS LAST, ${over.order}`;
  return `first_value(${taken} IGNORE NULLS) OVER (${over.partition} ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`;
};

/** As a function over a frame of rows, whose numbers `row` has. */
export const overFrame = (fn: Extreme, value: string, by: string, row: string): string =>
  `${NAMES[fn]}(${value}, CASE WHEN ${by} IS NOT NULL THEN {'by': ${by}, 'row': ${fn === 'argMax' ? '-' : ''}${row}} END)`;

const both = (value: string, by: string, filter: string): string =>
  `${value} IS NOT NULL AND ${by} IS NOT NULL${filter && ` AND ${filter}`}`;
