import { col, desc, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Shipping priority: the ten unshipped orders that are worth most. */
export function q03({ customer, orders, lineitem }: Tables) {
  const day = new Date('1995-03-15');
  return customer
    .filter(col('c_mktsegment').eq('BUILDING'))
    .join(orders.filter(col('o_orderdate').lt(day)), { leftOn: 'c_custkey', rightOn: 'o_custkey' })
    .join(lineitem.filter(col('l_shipdate').gt(day)), { leftOn: 'o_orderkey', rightOn: 'l_orderkey' })
    .groupBy({ l_orderkey: col('o_orderkey') }, 'o_orderdate', 'o_shippriority')
    .agg({
      revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    })
    .select('l_orderkey', 'revenue', 'o_orderdate', 'o_shippriority')
    .sort(desc('revenue'), 'o_orderdate')
    .limit(10);
}
