import { col, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** National market share: Brazil's share of the steel sold in America, by year. */
export function q08({ part, supplier, lineitem, orders, customer, nation, region }: Tables) {
  const american = nation
    .join(region.filter(col('r_name').eq('AMERICA')), { leftOn: 'n_regionkey', rightOn: 'r_regionkey' })
    .select({ cust_nationkey: col('n_nationkey') });
  const volume = col('volume');
  return part
    .filter(col('p_type').eq('ECONOMY ANODIZED STEEL'))
    .join(lineitem, { leftOn: 'p_partkey', rightOn: 'l_partkey' })
    .join(supplier, { leftOn: 'l_suppkey', rightOn: 's_suppkey' })
    .join(orders, { leftOn: 'l_orderkey', rightOn: 'o_orderkey' })
    .filter(col('o_orderdate').between(new Date('1995-01-01'), new Date('1996-12-31')))
    .join(customer, { leftOn: 'o_custkey', rightOn: 'c_custkey' })
    .join(american, { leftOn: 'c_nationkey', rightOn: 'cust_nationkey' })
    .join(nation, { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .withColumns({ volume: col('l_extendedprice').mul(lit(1).sub(col('l_discount'))) })
    .groupBy({ o_year: col('o_orderdate').dt.year() })
    .agg({ mkt_share: volume.sum().where(col('n_name').eq('BRAZIL')).div(volume.sum()) })
    .sort('o_year');
}
