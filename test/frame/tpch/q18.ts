import { col, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Large volume customer: orders of more than 300 pieces. */
export function q18({ customer, orders, lineitem }: Tables) {
  const large = lineitem
    .groupBy('l_orderkey')
    .agg({ sum_qty: col('l_quantity').sum() })
    .filter(col('sum_qty').gt(300));
  return orders
    .join(large, { leftOn: 'o_orderkey', rightOn: 'l_orderkey' })
    .join(customer, { leftOn: 'o_custkey', rightOn: 'c_custkey' })
    .select('c_name', { c_custkey: col('o_custkey') }, 'o_orderkey', 'o_orderdate', 'o_totalprice', 'sum_qty')
    .sort(desc('o_totalprice'), 'o_orderdate')
    .limit(100);
}
