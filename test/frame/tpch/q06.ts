import { col } from '../../../src/frame/index.js';
import type { Tables } from './tables.js';

/** Forecasting revenue change: what small discounts on small quantities cost in 1994. */
export function q06({ lineitem }: Tables) {
  return lineitem
    .filter(
      col('l_shipdate').ge(new Date('1994-01-01')),
      col('l_shipdate').lt(new Date('1995-01-01')),
      col('l_discount').between(0.05, 0.07),
      col('l_quantity').lt(24),
    )
    .agg({ revenue: col('l_extendedprice').mul(col('l_discount')).sum() });
}
