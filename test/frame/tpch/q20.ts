import { col } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Potential part promotion: suppliers in Canada with more forest parts in stock than half of what they shipped in 1994. */
export function q20({ supplier, nation, partsupp, part, lineitem }: Tables) {
  const [from, to] = [new Date('1994-01-01'), new Date('1995-01-01')];
  const excess = part
    .filter(col('p_name').str.startsWith('forest'))
    .join(partsupp, { leftOn: 'p_partkey', rightOn: 'ps_partkey' })
    .join(lineitem.filter(col('l_shipdate').ge(from), col('l_shipdate').lt(to)), {
      leftOn: ['p_partkey', 'ps_suppkey'],
      rightOn: ['l_partkey', 'l_suppkey'],
    })
    .groupBy('p_partkey', 'ps_suppkey', 'ps_availqty')
    .agg({ shipped: col('l_quantity').sum() })
    .filter(col('ps_availqty').gt(col('shipped').mul(0.5)));
  return supplier
    .join(nation.filter(col('n_name').eq('CANADA')), { leftOn: 's_nationkey', rightOn: 'n_nationkey' })
    .join(excess, { leftOn: 's_suppkey', rightOn: 'ps_suppkey', how: 'semi' })
    .select('s_name', 's_address')
    .sort('s_name');
}
