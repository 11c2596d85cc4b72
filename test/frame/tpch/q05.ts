import { col, desc, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Local supplier volume: what suppliers of Asia sold to customers of their own nation in 1994. */
export function q05({ customer, orders, lineitem, supplier, nation, region }: Tables) {
  const [from, to] = [new Date('1994-01-01'), new Date('1995-01-01')];
  return region
    .filter(col('r_name').eq('ASIA'))
    .join(nation, { leftOn: 'r_regionkey', rightOn: 'n_regionkey' })
    .join(customer, { leftOn: 'n_nationkey', rightOn: 'c_nationkey' })
    .join(orders.filter(col('o_orderdate').ge(from), col('o_orderdate').lt(to)), {
      leftOn: 'c_custkey',
      rightOn: 'o_custkey',
    })
    .join(lineitem, { leftOn: 'o_orderkey', rightOn: 'l_orderkey' })
    .join(supplier, { leftOn: ['l_suppkey', 'n_nationkey'], rightOn: ['s_suppkey', 's_nationkey'] })
    .groupBy('n_name')
    .agg({
      revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    })
    .sort(desc('revenue'));
}
