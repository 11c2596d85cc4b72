import { col, count, desc } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Suppliers who kept orders waiting: those in Saudi Arabia who alone of several were late. */
export function q21({ supplier, lineitem, orders, nation }: Tables) {
  const late = col('l_receiptdate').gt(col('l_commitdate'));
  const suspects = lineitem
    .filter(late)
    .join(supplier, { leftOn: 'l_suppkey', rightOn: 's_suppkey' })
    .join(nation.filter(col('n_name').eq('SAUDI ARABIA')), { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .join(orders.filter(col('o_orderstatus').eq('F')), { leftOn: 'l_orderkey', rightOn: 'o_orderkey' })
    .select('l_orderkey', 's_name');
  const blamed = lineitem
    .join(suspects, { on: 'l_orderkey', how: 'semi' })
    .groupBy('l_orderkey', 'l_suppkey')
    .agg({ late: late.any() })
    .groupBy('l_orderkey')
    .agg({ suppliers: count(), late: count().where(col('late')) })
    .filter(col('suppliers').gt(1), col('late').eq(1));
  return suspects
    .join(blamed, { on: 'l_orderkey', how: 'semi' })
    .groupBy('s_name')
    .agg({ numwait: count() })
    .sort(desc('numwait'), 's_name')
    .limit(100);
}
