import { col, lit } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Promotion effect: the share of a month's revenue, in percent, that came from promoted parts. */
export function q14({ lineitem, part }: Tables) {
  const [from, to] = [new Date('1995-09-01'), new Date('1995-10-01')];
  const revenue = col('l_extendedprice')
    .mul(lit(1).sub(col('l_discount')))
    .sum();
  return lineitem
    .filter(col('l_shipdate').ge(from), col('l_shipdate').lt(to))
    .join(part, { leftOn: 'l_partkey', rightOn: 'p_partkey' })
    .agg({ promo_revenue: revenue.where(col('p_type').str.startsWith('PROMO')).mul(100).div(revenue) });
}
