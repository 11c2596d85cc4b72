import { col, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Volume shipping: what France and Germany sold to each other, by year. */
export function q07({ supplier, lineitem, orders, customer, nation }: Tables) {
  const both = nation.filter(col('n_name').isIn(['FRANCE', 'GERMANY']));
  const sellers = both.select({ supp_nationkey: col('n_nationkey'), supp_nation: col('n_name') });
  const buyers = both.select({ cust_nationkey: col('n_nationkey'), cust_nation: col('n_name') });
  return lineitem
    .filter(col('l_shipdate').between(new Date('1995-01-01'), new Date('1996-12-31')))
    .join(supplier, { leftOn: 'l_suppkey', rightOn: 's_suppkey' })
    .join(sellers, { leftOn: 's_nationkey', rightOn: 'supp_nationkey' })
    .join(orders, { leftOn: 'l_orderkey', rightOn: 'o_orderkey' })
    .join(customer, { leftOn: 'o_custkey', rightOn: 'c_custkey' })
    .join(buyers, { leftOn: 'c_nationkey', rightOn: 'cust_nationkey' })
    .filter(col('supp_nation').ne(col('cust_nation')))
    .groupBy('supp_nation', 'cust_nation', { l_year: col('l_shipdate').dt.year() })
    .agg({
      revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    })
    .sort('supp_nation', 'cust_nation', 'l_year');
}
