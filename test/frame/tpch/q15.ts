import { col, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Top supplier: who shipped most in a quarter. */
export function q15({ lineitem, supplier }: Tables) {
  const [from, to] = [new Date('1996-01-01'), new Date('1996-04-01')];
  const best = lineitem
    .filter(col('l_shipdate').ge(from), col('l_shipdate').lt(to))
    .groupBy('l_suppkey')
    .agg({
      total_revenue: col('l_extendedprice')
        .mul(lit(1).sub(col('l_discount')))
        .sum(),
    })
    .filter(col('total_revenue').eq(col('total_revenue').max().over([])));
  return supplier
    .join(best, { leftOn: 's_suppkey', rightOn: 'l_suppkey' })
    .select('s_suppkey', 's_name', 's_address', 's_phone', 'total_revenue')
    .sort('s_suppkey');
}
