import { col, count } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Order priority checking: how many orders of a quarter had something delivered late, by priority. */
export function q04({ orders, lineitem }: Tables) {
  const [from, to] = [new Date('1993-07-01'), new Date('1993-10-01')];
  const late = lineitem.filter(col('l_commitdate').lt(col('l_receiptdate')));
  return orders
    .filter(col('o_orderdate').ge(from), col('o_orderdate').lt(to))
    .join(late, { leftOn: 'o_orderkey', rightOn: 'l_orderkey', how: 'semi' })
    .groupBy('o_orderpriority')
    .agg({ order_count: count() })
    .sort('o_orderpriority');
}
