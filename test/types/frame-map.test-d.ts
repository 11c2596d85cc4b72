/**
 * What the compiler knows of functions over frames. Checked by `npm run typecheck`; nothing here runs. What must not compile has
 * `@ts-expect-error`.
 */
import type { DataFrame, TileArray } from '../../src/index.js';
import { aggregate, fromArray } from '../../src/index.js';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function is<T extends boolean>(holds: T): void;
/** The type of a column of a frame. */
type C<F, N extends string> = F extends DataFrame<infer S> ? (N extends keyof S ? S[N] : never) : never;

declare const flights: DataFrame<{ delay: 'float64'; origin: 'string'; date: 'timestamp'; id: 'int64' }>;

// Rows are typed by the frame, what a function gives by its schema.
const hours = flights.apply(
  (row, index) => {
    is<Equal<typeof row.delay, number | null>>(true);
    is<Equal<typeof row.origin, string | null>>(true);
    is<Equal<typeof row.date, Date | null>>(true);
    is<Equal<typeof row.id, number | bigint | null>>(true);
    is<Equal<typeof index, number>>(true);
    // @ts-expect-error no column is called so
    row.dealy;
    return { hour: row.date?.getUTCHours(), from: row.origin };
  },
  { schema: { hour: 'int32', from: 'string' } },
);
is<Equal<C<typeof hours, 'hour'>, 'int32'>>(true);
is<Equal<C<typeof hours, 'delay'>, never>>(true);

const kept = flights.apply(({ delay }) => delay, { schema: { late: 'float64' }, keep: true });
is<Equal<C<typeof kept, 'late'>, 'float64'>>(true);
is<Equal<C<typeof kept, 'origin'>, 'string'>>(true);

// @ts-expect-error a string is no int32
flights.apply((row) => row.origin, { schema: { v: 'int32' } });
// @ts-expect-error `b` is missing
flights.apply(() => ({ a: 1 }), { schema: { a: 'int32', b: 'int32' } });

const batches = flights.mapPartitions(
  ({ columns: { delay, date, origin } }) => {
    is<Equal<typeof delay.values, Float64Array>>(true);
    is<Equal<typeof date.values, BigInt64Array>>(true);
    is<Equal<ReturnType<typeof origin.get>, string | null>>(true);
    return { delay: delay.values, date: { values: date.values, valid: date.valid } };
  },
  { schema: { delay: 'float64', date: 'timestamp' } },
);
is<Equal<C<typeof batches, 'date'>, 'timestamp'>>(true);
// @ts-expect-error `v` is missing
flights.mapPartitions(() => ({ w: [1] }), { schema: { v: 'int32' } });

const first = flights
  .groupBy('origin')
  .apply(({ columns: { id } }) => ({ first: [id.get(0)] }), { schema: { first: 'int64' } });
is<Equal<C<typeof first, 'origin'>, 'string'>>(true);
is<Equal<C<typeof first, 'first'>, 'int64'>>(true);

const total = aggregate({
  takes: ['float64'],
  type: 'float64',
  chunk: (x) => {
    is<Equal<typeof x.values, Float64Array>>(true);
    return x.length;
  },
  combine: (parts) => parts.length,
  finalise: (n) => n,
});
const totals = flights.groupBy('origin').agg({ total: total('delay') });
is<Equal<C<typeof totals, 'total'>, 'float64'>>(true);
// @ts-expect-error no column is called so
flights.groupBy('origin').agg({ total: total('dealy') });

declare const grid: TileArray<'float32'>;
is<Equal<C<ReturnType<typeof named>, 'a'>, 'float32'>>(true);
const named = () => fromArray(grid, ['a', 'b']);
