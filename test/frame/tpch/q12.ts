import { col, count } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Shipping modes and order priority: how many late lines of 1994 belonged to urgent orders, by mail and by ship. */
export function q12({ orders, lineitem }: Tables) {
  const urgent = col('o_orderpriority').isIn(['1-URGENT', '2-HIGH']);
  return lineitem
    .filter(
      col('l_shipmode').isIn(['MAIL', 'SHIP']),
      col('l_commitdate').lt(col('l_receiptdate')),
      col('l_shipdate').lt(col('l_commitdate')),
      col('l_receiptdate').ge(new Date('1994-01-01')),
      col('l_receiptdate').lt(new Date('1995-01-01')),
    )
    .join(orders, { leftOn: 'l_orderkey', rightOn: 'o_orderkey' })
    .groupBy('l_shipmode')
    .agg({ high_line_count: count().where(urgent), low_line_count: count().where(urgent.not()) })
    .sort('l_shipmode');
}
