import { col, desc, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Returned item reporting: the twenty customers who returned most in a quarter. */
export function q10({ customer, orders, lineitem, nation }: Tables) {
  const [from, to] = [new Date('1993-10-01'), new Date('1994-01-01')];
  return customer
    .join(orders.filter(col('o_orderdate').ge(from), col('o_orderdate').lt(to)), {
      leftOn: 'c_custkey',
      rightOn: 'o_custkey',
    })
    .join(lineitem.filter(col('l_returnflag').eq('R')), { leftOn: 'o_orderkey', rightOn: 'l_orderkey' })
    .join(nation, { leftOn: 'c_nationkey', rightOn: 'n_nationkey' })
    .groupBy('c_custkey', 'c_name', 'c_acctbal', 'c_phone', 'n_name', 'c_address', 'c_comment')
    .agg({
      revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    })
    .select('c_custkey', 'c_name', 'revenue', 'c_acctbal', 'n_name', 'c_address', 'c_phone', 'c_comment')
    .sort(desc('revenue'))
    .limit(20);
}
