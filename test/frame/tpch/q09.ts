import { col, desc, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Product type profit: what green parts earned, by the supplier's nation and year. */
export function q09({ part, supplier, lineitem, partsupp, orders, nation }: Tables) {
  const price = col('l_extendedprice').mul(lit(1).sub(col('l_discount')));
  return part
    .filter(col('p_name').str.contains('green'))
    .join(lineitem, { leftOn: 'p_partkey', rightOn: 'l_partkey' })
    .join(partsupp, { leftOn: ['p_partkey', 'l_suppkey'], rightOn: ['ps_partkey', 'ps_suppkey'] })
    .join(supplier, { leftOn: 'l_suppkey', rightOn: 's_suppkey' })
    .join(orders, { leftOn: 'l_orderkey', rightOn: 'o_orderkey' })
    .join(nation, { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .groupBy({ nation: col('n_name'), o_year: col('o_orderdate').dt.year() })
    .agg({ sum_profit: price.sub(col('ps_supplycost').mul(col('l_quantity'))).sum() })
    .sort('nation', desc('o_year'));
}
